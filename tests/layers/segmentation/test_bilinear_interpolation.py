import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("by", ["factor", "blob"])
def test_corners_on_corners(by, rng):
    x = rng.normal(size=(2, 3, 3, 4))
    options = "bilinear_interpolation_param { interpolation_factor: 2 }" if by == "factor" else ""
    others = () if by == "factor" else (np.ones((1, 1, 6, 8)),)
    run = run_layer(f'type: "BilinearInterpolation" {options}', x, *others)
    y, dy = np.empty((2, 3, 6, 8)), rng.normal(size=(2, 3, 6, 8))
    dx = np.zeros_like(x)
    for i, j in np.ndindex(6, 8):
        row, column = i * 2 / 5, j * 3 / 7
        above, left = math.floor(row), math.floor(column)
        y[:, :, i, j] = 0
        for r, c in ((above, left), (above, left + 1), (above + 1, left), (above + 1, left + 1)):
            share = (1 - abs(row - r)) * (1 - abs(column - c))
            if share > 1e-12:
                y[:, :, i, j] += share * x[:, :, r, c]
                dx[:, :, r, c] += share * dy[:, :, i, j]
    np.testing.assert_allclose(run.top[0].data, y, rtol=1e-5, atol=1e-6)
    run.top[0].diff[...] = dy
    run.backward([True] * len(run.bottom))
    np.testing.assert_allclose(run.bottom[0].diff, dx, rtol=1e-5, atol=1e-6)
    assert not any(blob.diff.any() for blob in run.bottom[1:])


def test_without_a_factor_the_size_stays(rng):
    x = rng.normal(size=(1, 1, 3, 4))
    np.testing.assert_allclose(run_layer('type: "BilinearInterpolation"', x).top[0].data, x)


def test_settings_without_a_sense():
    text = 'type: "BilinearInterpolation" bilinear_interpolation_param { interpolation_factor: 0 }'
    with pytest.raises(LayerError, match="interpolation_factor must be positive"):
        run_layer(text, np.ones((1, 1, 2, 2)))
    with pytest.raises(LayerError, match="must have 4 axes"):
        run_layer('type: "BilinearInterpolation"', np.ones((2, 2)))
