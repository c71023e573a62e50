import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

PARAM = 'type: "MaskResize" mask_resize_param {{ {} }}'


def value(plane, y, x):
    """Between four pixels; up to half a pixel beside the image it is that of the edge."""
    height, width = plane.shape
    if not (-0.5 <= y <= height - 0.5 and -0.5 <= x <= width - 0.5):
        return 0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    h, w = int(y), int(x)
    below, right = min(h + 1, height - 1), min(w + 1, width - 1)
    upper = plane[h, w] * (1 - (x - w)) + plane[h, right] * (x - w)
    lower = plane[below, w] * (1 - (x - w)) + plane[below, right] * (x - w)
    return upper * (1 - (y - h)) + lower * (y - h)


@pytest.mark.parametrize("size", [(14, 14), (3, 4), (21, 40), (1, 1)])
def test_it_is_what_loops_give(size, rng):
    x = rng.normal(size=(2, 2, 21, 20)).astype(np.float32)
    run = run_layer(
        PARAM.format("output_height: {} output_width: {}".format(*size)), x, dtype=np.float32
    )
    expected = np.zeros((2, 2, *size))
    for n, c, i, j in np.ndindex(*expected.shape):
        expected[n, c, i, j] = value(x[n, c], i * 21 / size[0], j * 20 / size[1])
    np.testing.assert_allclose(run.top[0].data, expected, atol=2e-5)


@pytest.mark.parametrize(
    ("factors", "size"),
    [
        ("factor_height: 2.5 factor_width: 0.5", (52, 10)),
        ("factor_width: 1.26", (3, 25)),
        ("factor_height: 0.999 factor_width: 0", (20, 4)),
    ],
)
def test_factors_count_where_they_are_stated(factors, size, rng):
    x = rng.normal(size=(1, 2, 21, 20))
    run = run_layer(PARAM.format(f"output_height: 3 output_width: 4 {factors}"), x)
    same = run_layer(PARAM.format("output_height: {} output_width: {}".format(*size)), x)
    np.testing.assert_array_equal(run.top[0].data, same.top[0].data)


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ("factor_height: 0.01", "no pixel is left"),
        ("factor_width: 1e9", "out of range"),
        ("factor_width: nan", "out of range"),
    ],
)
def test_factors_that_make_no_size(factors, message):
    text = PARAM.format(f"output_height: 3 output_width: 4 {factors}")
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(text, np.ones((1, 1, 5, 5)))


def test_beyond_the_last_center_there_is_half_a_pixel():
    """Rows 0, 0.4, 0.8, 1.2, 1.6: the last two come from beyond the last row, one from too far."""
    run = run_layer(PARAM.format("output_height: 5 output_width: 1"), [[[[10.0], [20.0]]]])
    np.testing.assert_allclose(run.top[0].data.reshape(-1), [10, 14, 18, 20, 0])


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ("", (1, 1, 2, 2), "must be > 0"),
        ("output_height: 3", (1, 1, 2, 2), "must be > 0"),
        ("output_height: 3 output_width: 3", (1, 2, 2), "4 axes"),
        ("output_height: 3 output_width: 3", (1, 1, 0, 2), "no pixel"),
    ],
)
def test_bad_input_is_refused(text, shape, message):
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(PARAM.format(text), np.zeros(shape))
