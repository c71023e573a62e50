import numpy as np
import pytest

from blobnet.testing import run_layer

OPTIONS = "num_output: 6 group: 6 kernel_size: 3 stride: 2 pad: 1"


def layer(type_name, options, *bottoms, **more):
    text = f'name: "dw" type: "{type_name}" convolution_param {{ {options} }}'
    return run_layer(text, *bottoms, **more)


@pytest.mark.parametrize("options", [OPTIONS, "num_output: 4 group: 2 kernel_size: 2"])
def test_it_is_a_convolution(options, rng):
    x = rng.normal(size=(2, 6, 7, 5))
    runs = [layer(name, options, x) for name in ("DepthwiseConvolution", "Convolution")]
    weights = [rng.normal(size=blob.shape) for blob in runs[0].layer.blobs_]
    dy = rng.normal(size=runs[0].top[0].shape)
    for run in runs:
        for blob, values in zip(run.layer.blobs_, weights, strict=True):
            blob.data[...] = values
        run.forward()
        run.top[0].diff[...] = dy
        run.backward()
    ours, convolution = runs
    np.testing.assert_array_equal(ours.top[0].data, convolution.top[0].data)
    np.testing.assert_array_equal(ours.bottom[0].diff, convolution.bottom[0].diff)
    for blob, same in zip(ours.layer.blobs_, convolution.layer.blobs_, strict=True):
        np.testing.assert_array_equal(blob.diff, same.diff)


def test_every_channel_has_a_filter_of_its_own(rng):
    x = rng.normal(size=(1, 6, 5, 5))
    run = layer("DepthwiseConvolution", OPTIONS, x)
    assert run.layer.blobs_[0].shape == (6, 1, 3, 3)
    weight = run.layer.blobs_[0].data
    weight[...] = rng.normal(size=weight.shape)
    run.forward()
    for c in range(6):  # the window in the middle sees no padding
        expected = (x[0, c, 1:4, 1:4] * weight[c, 0]).sum()
        np.testing.assert_allclose(run.top[0].data[0, c, 1, 1], expected, rtol=1e-12)
