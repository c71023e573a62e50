import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

CLIP = (2, 3, 4, 5, 6)
WINDOW = "kernel_size: 3 kernel_depth: 2 stride: 2 temporal_stride: 1 pad: 1 temporal_pad: 1"


def convolution(options, x, message="convolution3d_param"):
    fillers = 'weight_filler { type: "gaussian" std: 1 } bias_filler { type: "uniform" max: 1 }'
    return run_layer(f'name: "conv1a" type: "Convolution3D" {message} {{ {options} {fillers} }}', x)


def plain_loops(x, weight, bias, stride, pad):
    padded = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in pad)))
    places = [
        (n - k) // s + 1 for n, k, s in zip(padded.shape[2:], weight.shape[2:], stride, strict=True)
    ]
    y = np.empty((len(x), len(weight), *places))
    for place in itertools.product(*map(range, places)):
        seen = padded[
            (
                ...,
                *(
                    slice(p * s, p * s + k)
                    for p, s, k in zip(place, stride, weight.shape[2:], strict=True)
                ),
            )
        ]
        y[(..., *place)] = np.einsum("ncijk,ocijk->no", seen, weight) + bias
    return y


@pytest.mark.parametrize("message", ["convolution3d_param", "convolution_param"])
@pytest.mark.parametrize("group", ["", "filter_group: 2"])
def test_the_sums_of_each_window(message, group, rng):
    x = rng.normal(size=CLIP)
    run = convolution(f"num_output: 4 {WINDOW} {group}", x, message)
    weight, bias = (blob.data for blob in run.layer.blobs_)
    assert weight.shape == (4, 3, 2, 3, 3)
    assert bias.shape == (1, 1, 1, 1, 4)
    expected = plain_loops(x, weight, bias.reshape(-1), stride=(1, 2, 2), pad=(1, 1, 1))
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-10, atol=1e-10)


def test_the_net_of_c3d_has_its_shapes():
    x = np.zeros((1, 3, 16, 32, 32), np.float32)
    run = convolution("num_output: 8 kernel_size: 3 kernel_depth: 3 pad: 1 temporal_pad: 1", x)
    assert run.top[0].shape == (1, 8, 16, 32, 32)


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        (f"num_output: 3 filter_group: 2 {WINDOW}", CLIP, "multiple of filter_group"),
        ("num_output: 3 kernel_size: 2", CLIP, "must be nonzero"),
        (f"{WINDOW}", CLIP, "num_output must be at least 1"),
        (f"num_output: 2 {WINDOW}", CLIP[1:], "must have 5 axes"),
        ("num_output: 2 kernel_size: 9 kernel_depth: 1", CLIP, "does not fit"),
    ],
)
def test_what_is_refused(options, shape, words):
    with pytest.raises(LayerError, match=words):
        convolution(options, np.zeros(shape))


def test_height_and_width_share_a_setting():
    with pytest.raises(LayerError, match="specified once"):
        convolution(
            "num_output: 2 kernel_depth: 1 kernel_size: 2 kernel_size: 3",
            np.zeros(CLIP),
            "convolution_param",
        )
