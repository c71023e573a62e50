import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def local(x, options, **more):
    text = (
        'name: "it" type: "Local" local_param { weight_filler { type: "gaussian" } '
        f'bias_filler {{ type: "gaussian" }} {options} }}'
    )
    return run_layer(text, x, **more)


@pytest.mark.parametrize(
    ("options", "kernel", "stride", "pad", "places"),
    [
        ("num_output: 3 kernel_size: 2", 2, 1, 0, (4, 5)),
        ("num_output: 2 kernel_size: 3 stride: 2 pad: 1", 3, 2, 1, (3, 3)),
        ("num_output: 1 kernel_size: 3 bias_term: false", 3, 1, 0, (3, 4)),
    ],
)
def test_each_place_has_weights_of_its_own(options, kernel, stride, pad, places, rng):
    x = rng.normal(size=(2, 2, 5, 6))
    run = local(x, options)
    weight, *bias = (blob.data for blob in run.layer.blobs_)
    assert weight.shape == (len(weight), 1, 2 * kernel**2, places[0] * places[1])
    assert run.top[0].shape == (2, len(weight), *places)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    for n, m, h, w in np.ndindex(*run.top[0].shape):
        p = h * places[1] + w
        expected = bias[0][0, 0, m, p] if bias else 0.0
        for c, i, j in np.ndindex(2, kernel, kernel):
            k = (c * kernel + i) * kernel + j
            expected += weight[m, 0, k, p] * padded[n, c, h * stride + i, w * stride + j]
        np.testing.assert_allclose(run.top[0].data[n, m, h, w], expected)


def test_equal_weights_make_a_convolution(rng):
    x, weight = rng.normal(size=(2, 3, 6, 6)), rng.normal(size=(4, 3, 3, 3))
    run = local(x, "num_output: 4 kernel_size: 3 pad: 1 bias_term: false")
    run.layer.blobs_[0].data[...] = weight.reshape(4, 1, 27, 1)
    run.forward()
    plain = run_layer(
        'type: "Convolution" convolution_param { num_output: 4 kernel_size: 3 pad: 1 }', x
    )
    plain.layer.blobs_[0].data[...] = weight
    plain.forward()
    np.testing.assert_allclose(run.top[0].data, plain.top[0].data, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ("num_output: 1 kernel_size: 7", (1, 1, 6, 8), "smaller than kernel size"),
        ("kernel_size: 2", (1, 1, 6, 8), "must be at least 1"),
        ("num_output: 1", (1, 1, 6, 8), "must be at least 1"),
        ("num_output: 1 kernel_size: 2 stride: 0", (1, 1, 6, 8), "must be at least 1"),
        ("num_output: 1 kernel_size: 2", (6, 8), "must have 4 axes"),
    ],
)
def test_what_does_not_fit_is_refused(options, shape, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        local(np.zeros(shape), options)


def test_another_image_size_is_refused_later():
    run = local(np.zeros((1, 1, 4, 4)), "num_output: 1 kernel_size: 2")
    run.bottom[0].reshape((1, 1, 5, 4))
    with pytest.raises(LayerError, match="Input size incompatible with weights"):
        run.forward()
