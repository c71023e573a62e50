import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

IDENTITY = [[1, 0, 0, 0, 1, 0]]


def transform(u, theta, options="", **more):
    text = f'name: "it" type: "SpatialTransformer" st_param {{ {options} }}'
    return run_layer(text, u, theta, **more)


def oracle(u, theta, height, width):
    """The output, pixel by pixel, of full thetas."""
    v = np.zeros((*u.shape[:2], height, width))
    for n, c, s, t in np.ndindex(*v.shape):
        place = np.array([2 * s / height - 1, 2 * t / width - 1, 1])
        row, column = theta[n].reshape(2, 3) @ place
        row, column = (row + 1) / 2 * u.shape[2], (column + 1) / 2 * u.shape[3]
        for i in (math.floor(row), math.floor(row) + 1):
            for j in (math.floor(column), math.floor(column) + 1):
                if 0 <= i < u.shape[2] and 0 <= j < u.shape[3]:
                    v[n, c, s, t] += (1 - abs(row - i)) * (1 - abs(column - j)) * u[n, c, i, j]
    return v


def test_the_identity_changes_nothing(rng):
    u = rng.normal(size=(1, 2, 4, 6))
    np.testing.assert_allclose(transform(u, IDENTITY).top[0].data, u)


@pytest.mark.parametrize(("options", "size"), [("", (5, 4)), ("output_H: 3 output_W: 7", (3, 7))])
def test_each_pixel_is_read_where_theta_says(options, size, rng):
    u, theta = rng.normal(size=(3, 2, 5, 4)), rng.normal(size=(3, 6))
    run = transform(u, theta, options)
    np.testing.assert_allclose(run.top[0].data, oracle(u, theta, *size), atol=1e-12)


def test_thetas_may_be_fixed(rng):
    u, theta = rng.normal(size=(3, 2, 5, 4)), rng.normal(size=(3, 6))
    theta[:, [0, 4]] = [0.5, -1]
    fixed = transform(u, theta[:, [1, 2, 3, 5]], "theta_1_1: 0.5 theta_2_2: -1")
    free = transform(u, theta)
    np.testing.assert_array_equal(fixed.top[0].data, free.top[0].data)
    for run in (fixed, free):
        run.top[0].diff[...] = np.arange(120).reshape(3, 2, 5, 4)
        run.backward()
    np.testing.assert_array_equal(fixed.bottom[1].diff, free.bottom[1].diff[:, [1, 2, 3, 5]])


def test_an_image_may_go_without_gradient(rng):
    run = transform(rng.normal(size=(1, 2, 4, 6)), IDENTITY, "to_compute_dU: false")
    assert run.propagate_down() == [False, True]
    run.top[0].diff[...] = 1
    run.bottom[0].diff[...] = 7
    run.backward([True, True])
    np.testing.assert_array_equal(run.bottom[0].diff, 0)


@pytest.mark.parametrize(
    ("shape", "theta", "options", "message"),
    [
        ((2, 1, 3, 3), (2, 5), "", "theta is not six"),
        ((2, 1, 3, 3), (1, 6), "", "theta is not six"),
        ((2, 1, 3, 3), (2, 6), "theta_1_1: 1", "theta is not six"),
        ((2, 3, 3), (2, 6), "", "must have 4 axes"),
        ((2, 1, 3, 3), (2, 6), 'transform_type: "tps"', "only supports affine"),
        ((2, 1, 3, 3), (2, 6), 'sampler_type: "nearest"', "only supports bilinear"),
        ((2, 1, 3, 3), (2, 6), "output_H: 0", "at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(shape, theta, options, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        transform(np.zeros(shape), np.zeros(theta), options)
