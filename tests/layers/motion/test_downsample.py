import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer


def downsample(options, *bottoms):
    return run_layer(f'name: "d" type: "Downsample" {options}', *bottoms)


def plain_loops(x, height, width):
    """FlowNet2's loops, for one channel."""
    across, down = (x.shape[1] - 1) / (width - 1), (x.shape[0] - 1) / (height - 1)
    y = np.empty((height, width))
    for row in range(height):
        for column in range(width):
            at_row, at_column = row * down, column * across
            total, known, unknown = 0.0, 0.0, 0.0
            for p in range(x.shape[0]):
                for q in range(x.shape[1]):
                    if abs(q - math.floor(at_column + 0.5)) > math.ceil(across):
                        continue
                    w = max(0, 1 - abs(q - at_column) / across)
                    w *= max(0, 1 - abs(p - at_row) / down)
                    if np.isnan(x[p, q]):
                        unknown += w
                    else:
                        total, known = total + w * x[p, q], known + w
            is_lost = not known or unknown / known > 0.5
            y[row, column] = np.nan if is_lost else total / known
    return y


@pytest.mark.parametrize("size", [(3, 4), (2, 2), (4, 6), (6, 9)])
@pytest.mark.parametrize("lost", [0, 0.2])
def test_as_in_plain_loops(size, lost, rng):
    x = rng.normal(size=(2, 3, 6, 9))
    x[rng.random(x.shape) < lost] = np.nan
    run = downsample(f"downsample_param {{ top_height: {size[0]} top_width: {size[1]} }}", x)
    if size == (6, 9):
        np.testing.assert_array_equal(run.top[0].data, x)
        return
    expected = [[plain_loops(channel, *size) for channel in image] for image in x]
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-5, atol=1e-5)


def test_what_is_unknown_has_no_gradient(rng):
    x = rng.normal(size=(1, 1, 5, 5))
    x[0, 0, 1, 3] = np.nan
    run = downsample("downsample_param { top_height: 2 top_width: 2 }", x)
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff[0, 0, 1, 3] == 0
    assert run.bottom[0].diff.sum() == pytest.approx(4)


def test_the_size_may_be_that_of_another_bottom(rng):
    x = rng.normal(size=(1, 2, 6, 9))
    run = downsample("", x, np.zeros((3, 1, 4, 5)))
    assert run.top[0].shape == (1, 2, 4, 5)
    check_gradients(run)


@pytest.mark.parametrize(
    ("options", "words"),
    [("", "top_height > 0"), ("downsample_param { top_height: 1 top_width: 3 }", "two of them")],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        downsample(options, np.zeros((1, 1, 4, 4)))
