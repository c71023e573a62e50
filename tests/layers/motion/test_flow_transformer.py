import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def transformed(x, flow, **more):
    return run_layer('name: "st" type: "FlowTransformer"', x, flow, **more)


def pixel(x, row, column):
    """0 around the image."""
    height, width = x.shape
    return x[row, column] if 0 <= row < height and 0 <= column < width else 0.0


def test_each_pixel_is_fetched_along_its_arrow(rng):
    x, flow = rng.normal(size=(2, 3, 4, 5)), 2 * rng.normal(size=(2, 2, 4, 5))
    run = transformed(x, flow)
    run.top[0].diff[...] = dy = rng.normal(size=x.shape)
    run.backward()
    dflow = np.zeros(flow.shape)
    for n, c, s, t in np.ndindex(x.shape):
        row, column = s + flow[n, 1, s, t], t + flow[n, 0, s, t]
        top, left = math.floor(row), math.floor(column)
        down, right = row - top, column - left
        near = [[pixel(x[n, c], top + i, left + j) for j in (0, 1)] for i in (0, 1)]
        upper = near[0][0] * (1 - right) + near[0][1] * right
        lower = near[1][0] * (1 - right) + near[1][1] * right
        y = upper * (1 - down) + lower * down
        np.testing.assert_allclose(run.top[0].data[n, c, s, t], y, atol=1e-12)
        dflow[n, 1, s, t] += dy[n, c, s, t] * (lower - upper)
        across = (near[0][1] - near[0][0]) * (1 - down) + (near[1][1] - near[1][0]) * down
        dflow[n, 0, s, t] += dy[n, c, s, t] * across
    np.testing.assert_allclose(run.bottom[1].diff, dflow, atol=1e-12)


def test_the_image_does_not_learn(rng):
    run = transformed(rng.normal(size=(1, 1, 3, 3)), np.zeros((1, 2, 3, 3)))
    assert list(run.propagate_down()) == [False, True]
    run.top[0].diff[...] = 1
    run.backward([True, True])
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize("far", [1e30, float("nan"), float("inf")])
def test_what_is_far_away_is_nothing(far, rng):
    x = rng.normal(size=(1, 1, 3, 3))
    run = transformed(x, np.full((1, 2, 3, 3), far))
    run.top[0].diff[...] = 1
    run.backward()
    assert not run.top[0].data.any()
    assert not run.bottom[1].diff.any()


@pytest.mark.parametrize("shape", [(1, 2, 3, 4), (1, 1, 3, 3), (2, 2, 3, 3)])
def test_what_does_not_fit(shape):
    with pytest.raises(LayerError, match="flow field and U should be the same"):
        transformed(np.ones((1, 1, 3, 3)), np.ones(shape))
