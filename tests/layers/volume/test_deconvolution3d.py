import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

OPTIONS = (
    "num_output: 2 kernel_size: 3 kernel_depth: 2 stride: 2 temporal_stride: 3 pad: 1 "
    'weight_filler { type: "gaussian" std: 1 } bias_filler { value: 3 }'
)


def deconvolution(options, x, more=""):
    return run_layer(
        f'name: "up" type: "Deconvolution3D" convolution3d_param {{ {options} }} {more}', x
    )


def test_each_value_lays_its_filter(rng):
    x = rng.normal(size=(2, 3, 2, 3, 4))
    run = deconvolution(OPTIONS, x)
    weight, bias = (blob.data for blob in run.layer.blobs_)
    assert weight.shape == (3, 2, 2, 3, 3)
    assert bias.shape == (1, 1, 1, 1, 2)
    whole = np.zeros((2, 2, 5, 7, 9))
    for length, row, column in itertools.product(range(2), range(3), range(4)):
        part = np.einsum("nc,coijk->noijk", x[:, :, length, row, column], weight)
        at = np.s_[:, :, 3 * length : 3 * length + 2, 2 * row : 2 * row + 3]
        whole[at][..., 2 * column : 2 * column + 3] += part
    expected = whole[..., 1:-1, 1:-1] + 3
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-10, atol=1e-10)


def test_whether_there_is_a_bias_stands_in_convolution_param():
    x = np.zeros((1, 1, 1, 1, 1))
    assert len(deconvolution(OPTIONS + " bias_term: false", x).layer.blobs_) == 2
    without = deconvolution(OPTIONS, x, "convolution_param { bias_term: false }")
    assert len(without.layer.blobs_) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("num_output: 2 kernel_size: 2 kernel_depth: 1 pad: 3", "leaves nothing"),
        ("num_output: 2 kernel_depth: 1", "must be nonzero"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        deconvolution(options, np.zeros((1, 1, 2, 2, 2)))
