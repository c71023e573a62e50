import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def resample(options, *bottoms):
    return run_layer(f'name: "r" type: "Resample" resample_param {{ {options} }}', *bottoms)


def triangle(x):
    return max(0.0, 1 - abs(x))


def cubic(x):
    x = abs(x)
    if x <= 1:
        return x * x * (1.5 * x - 2.5) + 1
    return x * (x * (-0.5 * x + 2.5) - 4) + 2 if x < 2 else 0.0


def nearest_whole(x):
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


def plain_loops(x, height, width, kind, antialias):
    """FlowNet2's loops over all pixels."""
    fx, fy = x.shape[3] / width, x.shape[2] / height
    stretched = antialias and max(fx, fy) > 1
    ax, ay = (1 / fx, 1 / fy) if stretched else (1.0, 1.0)
    coefficient, size = (triangle, 2) if kind == "LINEAR" else (cubic, 4)
    rx = 2 if fx < 1 else math.ceil(size / ax)
    ry = 2 if fy < 1 else math.ceil(size / ay)
    y = np.zeros((*x.shape[:2], height, width))
    for row in range(height):
        for column in range(width):
            down, across = row * fy + fx / 2 - 0.5, column * fx + fy / 2 - 0.5
            i, j = nearest_whole(down), nearest_whole(across)
            if kind == "NEAREST":
                i, j = min(max(i, 0), x.shape[2] - 1), min(max(j, 0), x.shape[3] - 1)
                y[:, :, row, column] = x[:, :, i, j]
                continue
            total, weights = 0, 0
            for p in range(max(0, i - ry), min(x.shape[2], i + ry + 1)):
                for q in range(max(0, j - rx), min(x.shape[3], j + rx + 1)):
                    w = coefficient(ax * (across - q)) * coefficient(ay * (down - p))
                    total, weights = total + w * x[:, :, p, q], weights + w
            y[:, :, row, column] = total / weights if weights else 0
    return y


@pytest.mark.parametrize("antialias", ["true", "false"])
@pytest.mark.parametrize("kind", ["NEAREST", "LINEAR", "CUBIC"])
@pytest.mark.parametrize("size", [(12, 14), (3, 3), (4, 5), (13, 3), (2, 14), (6, 7), (1, 1)])
def test_as_in_plain_loops(size, kind, antialias, rng):
    x = rng.normal(size=(2, 3, 6, 7))
    options = f"height: {size[0]} width: {size[1]} type: {kind} antialias: {antialias}"
    expected = plain_loops(x, *size, kind, antialias == "true")
    actual = resample(options, x).top[0].data
    np.testing.assert_allclose(actual, expected, rtol=2e-5, atol=2e-5)


def test_a_second_bottom_may_give_the_size(rng):
    x = rng.normal(size=(2, 3, 6, 7))
    by_bottom = resample("", x, np.zeros((1, 1, 4, 5))).top[0].data
    by_field = resample("height: 4 width: 5", x).top[0].data
    np.testing.assert_array_equal(by_bottom, by_field)


def test_a_constant_image_stays_constant():
    for kind in ("LINEAR", "CUBIC"):
        y = resample(f"height: 5 width: 5 type: {kind}", np.full((1, 1, 11, 11), 3.0)).top[0].data
        np.testing.assert_allclose(y, 3, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("height: 4", "must be at least 1"),
        ("height: 4 width: 4 type: AREA", "only CUBIC, LINEAR and NEAREST"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        resample(options, np.zeros((1, 1, 3, 3)))
