import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SETTINGS = "region_height: 3 region_width: 4 data_height: 20 data_width: 15"


def cut(x, points, goals, options="", **more):
    text = f'type: "SubRegion" sub_region_param {{ {SETTINGS} {options} }}'
    return run_layer(text, x, points, goals, **more)


def start(point, data, size, region):
    return math.floor((point / data + 0.5) * size - region // 2)


def oracle(x, points):
    """(N, P, C, 3, 4): each piece, pixel by pixel."""
    num, channels, height, width = x.shape
    pieces = np.zeros((num, points.shape[1] // 2, channels, 3, 4))
    for n, i, c, h, w in np.ndindex(*pieces.shape):
        column = start(points[n, 2 * i], 15, width, 4) + w
        row = start(points[n, 2 * i + 1], 20, height, 3) + h
        if 0 <= row < height and 0 <= column < width:
            pieces[n, i, c, h, w] = x[n, c, row, column]
    return pieces


@pytest.mark.parametrize("as_dim", ["", "as_dim: 1", "as_dim: 0"])
def test_pieces_are_cut_around_points(as_dim, rng):
    x, points = rng.normal(size=(2, 3, 8, 9)), rng.uniform(-12, 12, (2, 10))
    points[0, :2] = 500  # far beside the image
    run = cut(x, points, points, as_dim)
    pieces = oracle(x, points)
    if as_dim == "as_dim: 0":
        expected = pieces.swapaxes(0, 1).reshape(10, 3, 3, 4)
    else:
        expected = pieces.reshape(2, 15, 3, 4)
    np.testing.assert_array_equal(run.top[0].data, expected)
    assert run.top[0].data.any()
    ones = np.ones_like(x)
    run.top[0].diff[...] = 1
    run.backward()
    expected = np.zeros_like(x)
    for n, i, h, w in np.ndindex(2, 5, 3, 4):
        column = start(points[n, 2 * i], 15, 9, 4) + w
        row = start(points[n, 2 * i + 1], 20, 8, 3) + h
        if 0 <= row < 8 and 0 <= column < 9:
            expected[n, :, row, column] += ones[n, :, row, column]
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_the_other_tops_tell_where_the_pieces_are():
    x = np.zeros((1, 1, 8, 9))
    run = cut(x, [[2.0, -4]], [[3.0, -1]], num_top=3)
    # column floor((2 / 15 + .5) * 9 - 2) = 3, row floor((-4 / 20 + .5) * 8 - 1) = 1
    middle = np.array([(3 + 2 + 0.5) / 9 * 15, (1 + 1.5 + 0.5) / 8 * 20])
    np.testing.assert_allclose(run.top[2].data, [middle])
    np.testing.assert_allclose(run.top[1].data, [[3 + 7 - middle[0], -1 + 10 - middle[1]]])


def test_bottoms_that_do_not_fit_are_refused():
    with pytest.raises(LayerError, match="able to divided by 2"):
        cut(np.zeros((1, 1, 8, 9)), [[1.0, 2, 3]], [[1.0, 2, 3]])
    with pytest.raises(LayerError, match="a point in bottom"):
        cut(np.zeros((1, 1, 8, 9)), [[1.0, np.nan]], [[1.0, 2]])
    with pytest.raises(LayerError, match="region_height must be at least 1"):
        run_layer('type: "SubRegion"', np.zeros((1, 1, 8, 9)), [[1.0, 2]], [[1.0, 2]])
