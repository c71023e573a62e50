import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.ops.window import Window
from blobnet.testing import run_layer
from tests.ops.plain_loops import places_of


def depthwise(options, x, **more):
    text = f'name: "dw" type: "ConvolutionDepthwise" convolution_param {{ {options} }}'
    return run_layer(text, x, **more)


def plain(x, weight, bias, window):
    """The sum over each window of each channel, in loops."""
    places = window.output_size(x.shape[2:])
    y = np.zeros((*x.shape[:2], *places))
    for n, c, row, column in places_of(y.shape):
        y[n, c, row, column] = bias[c]
        for i, j in np.ndindex(window.kernel):
            at = row * window.stride[0] + i * window.dilation[0] - window.pad[0]
            beside = column * window.stride[1] + j * window.dilation[1] - window.pad[1]
            if 0 <= at < x.shape[2] and 0 <= beside < x.shape[3]:
                y[n, c, row, column] += weight[c, 0, i, j] * x[n, c, at, beside]
    return y


@pytest.mark.parametrize(
    ("options", "window"),
    [
        ("kernel_size: 3 pad: 1 stride: 2", Window((3, 3), (2, 2), (1, 1), (1, 1))),
        ("kernel_h: 1 kernel_w: 3 pad_h: 0 pad_w: 2", Window((1, 3), (1, 1), (0, 2), (1, 1))),
        ("kernel_size: 2 dilation: 2 num_output: 99", Window((2, 2), (1, 1), (0, 0), (2, 2))),
        ("kernel_size: 2 group: 2 num_output: 3", Window((2, 2), (1, 1), (0, 0), (1, 1))),
    ],
)
def test_each_channel_is_seen_by_its_filter(options, window, rng):
    x = rng.normal(size=(2, 3, 6, 5))
    run = depthwise(options, x)
    weight, bias = (blob.data for blob in run.layer.blobs_)
    assert weight.shape == (3, 1, *window.kernel)
    weight[...], bias[...] = rng.normal(size=weight.shape), rng.normal(size=3)
    run.forward()
    np.testing.assert_allclose(run.top[0].data, plain(x, weight, bias, window), atol=1e-12)


def test_without_a_bias(rng):
    run = depthwise("kernel_size: 2 bias_term: false", rng.normal(size=(1, 3, 4, 4)))
    assert [blob.shape for blob in run.layer.blobs_] == [(3, 1, 2, 2)]


NET = """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 4, 6, 6] } } }
    layer { name: "dw" type: "ConvolutionDepthwise" bottom: "x" top: "y"
      convolution_param { kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "scale" type: "Scale" bottom: "y" top: "y"
      scale_param { filler { type: "uniform" min: -2 max: 2 } } }
    layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
"""


def test_in_the_inference_mode_it_takes_in_what_is_behind(rng):
    x = rng.normal(size=(1, 4, 6, 6)).astype("f4")
    plain_net, fused = (
        Net(parse_net(NET), phase="TEST", seed=1, inference=i) for i in (False, True)
    )
    expected = plain_net.forward(x=x)["y"]
    assert 0 < np.count_nonzero(expected) < expected.size
    np.testing.assert_allclose(fused.forward(x=x)["y"], expected, atol=1e-6)


def test_images_are_needed():
    with pytest.raises(LayerError, match="must have 4 axes"):
        depthwise("kernel_size: 2", np.zeros((2, 3, 4)))
