import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def conv(kind, options, x):
    filler = 'weight_filler { type: "xavier" } num_output: 2'
    return run_layer(f'type: "{kind}" convolution_param {{ {filler} {options} }}', x)


def test_shapes_are_lengths_of_each_axis(rng):
    x = rng.normal(size=(1, 3, 5, 6, 7))
    run = conv(
        "NdConvolution",
        "kernel_shape { dim: 1 dim: 2 dim: 3 } stride_shape { dim: 2 dim: 1 dim: 2 } "
        "pad_shape { dim: 0 dim: 1 dim: 1 } group: 1",
        x,
    )
    words = "kernel_size: [1, 2, 3] stride: [2, 1, 2] pad: [0, 1, 1]"
    same = conv("Convolution", words, x)
    for blob, other in zip(run.layer.blobs_, same.layer.blobs_, strict=True):
        assert blob.shape == other.shape
        other.data[...] = blob.data
    same.forward()
    np.testing.assert_array_equal(run.top[0].data, same.top[0].data)


def test_what_was_read_is_read_again_as_caffe_writes_it(rng):
    run = conv("NdConvolution", "kernel_shape { dim: 2 dim: 2 }", rng.normal(size=(1, 3, 5, 6)))
    param = run.layer.layer_param_.convolution_param
    assert list(param.kernel_size) == [2, 2]
    assert not param.HasField("kernel_shape")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("kernel_shape { dim: 2 dim: 2 } kernel_size: 2", "stated in several ways"),
        ("kernel_shape { dim: 2 dim: 2 } pad_shape { dim: 1 }", "don't match"),
        ("kernel_shape { dim: 2 dim: -1 }", "out of range"),
    ],
)
def test_shapes_that_make_no_window(options, message):
    with pytest.raises(LayerError, match=message):
        conv("NdConvolution", options, np.ones((1, 3, 5, 6)))
