import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPES = [(2, 3, 8, 8), (2, 2, 8, 8), (2, 3, 4, 4), (2, 1, 2, 2)]


def corners(place, scale, size):
    """The two places that an index of the large map lies between, with their shares."""
    at = (place - (scale - 1) / 2) / scale
    before, behind = max(math.floor(at), 0), max(math.ceil(at), 0)
    behind = behind if behind < size else before
    share = at - before if behind != before else 0
    return [(before, 1 - share), (behind, share)]


def expected(bottom, pixels):
    columns, normals = [], []
    for n, of_image in enumerate(pixels):
        for pixel in of_image:
            i, j = divmod(int(pixel), 8)
            column = []
            for x in bottom[1:]:
                scale, size = 8 // x.shape[2], x.shape[2]
                for channel in x[n]:
                    column.append(
                        sum(
                            channel[r, c] * a * b
                            for r, a in corners(i, scale, size)
                            for c, b in corners(j, scale, size)
                        )
                    )
            columns.append(column)
            normals.append(bottom[0][n, :, i, j])
    return columns, normals


@pytest.fixture
def bottom(rng):
    return [rng.normal(size=shape) for shape in SHAPES]


def hyper_columns(bottom, options=""):
    return run_layer(f'name: "h" type: "HyperColumns" hypercolumns_param {{ {options} }}', *bottom)


def test_all_pixels(bottom):
    run = hyper_columns(bottom, "is_train: false skip_ratio: 1")
    columns, normals = expected(bottom, [range(64)] * 2)
    np.testing.assert_allclose(run.top[0].data, columns)
    np.testing.assert_array_equal(run.top[1].data, normals)


def test_pixels_that_have_a_normal_are_drawn(bottom):
    bottom[0][:, :, :4] = 0
    bottom[0][0, 1, 7] = np.nan
    bottom[0][1, 1, 4] = 0  # one 0 of three is a normal
    run = hyper_columns(bottom, "is_train: true sample_num: 20")
    assert [blob.shape for blob in run.top] == [(40, 6), (40, 3)]
    seen = set()
    for _ in range(20):
        run.forward()
        found = [
            [int(np.flatnonzero((image == row[:, None, None]).all(axis=0))[0]) for row in rows]
            for image, rows in zip(bottom[0], run.top[1].data.reshape(2, 20, 3), strict=True)
        ]
        assert all(len(set(pixels)) == 20 for pixels in found)
        np.testing.assert_allclose(run.top[0].data, expected(bottom, found)[0])
        seen |= {(n, pixel) for n in (0, 1) for pixel in found[n]}
    assert seen == {(0, pixel) for pixel in range(32, 56)} | {(1, p) for p in range(32, 64)}


def test_the_gradient_of_drawn_pixels(bottom, rng):
    run = hyper_columns(bottom, "is_train: true sample_num: 50")
    dy = run.top[0].diff[...] = rng.normal(size=(100, 6))
    run.backward([False, True, True, True])
    normals = run.top[1].data.reshape(2, 50, 3)
    begin = 0
    for blob in run.bottom[1:]:
        dx, size = np.zeros(blob.shape), blob.shape[2]
        for n, k in np.ndindex(2, 50):
            pixel = np.flatnonzero((bottom[0][n] == normals[n, k][:, None, None]).all(axis=0))[0]
            for r, a in corners(pixel // 8, 8 // size, size):
                for c, b in corners(pixel % 8, 8 // size, size):
                    dx[n, :, r, c] += a * b * dy[50 * n + k, begin : begin + blob.shape[1]]
        np.testing.assert_allclose(blob.diff, dx, atol=1e-12)
        begin += blob.shape[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("skip_ratio: 2", "only a skip_ratio of 1 is known"),
        ("is_train: true", "sample_num must be positive"),
        ("is_train: true sample_num: 65", r"too few pixels have a normal\n.*65 .*\n.*64"),
    ],
)
def test_settings_without_a_sense(options, message, bottom):
    with pytest.raises(LayerError, match=message):
        hyper_columns(bottom, options)


@pytest.mark.parametrize("shape", [(1, 2, 4, 4), (2, 2, 9, 8), (2, 2, 4)])
def test_a_map_that_does_not_fit(shape, bottom):
    with pytest.raises(LayerError, match=r"a map does not fit\n.*\n.*bottom\[1\]"):
        hyper_columns([bottom[0], np.ones(shape)])
