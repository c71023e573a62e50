import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def mil(options, x):
    return run_layer(f'type: "MIL" mil_param {{ {options} }}', x)


def test_the_largest_of_so_many_rows_and_no_rest(rng):
    x = rng.normal(size=(7, 2))
    run = mil("context_per_roi: 3", x)
    assert run.top[0].shape == (2, 2, 1, 1)
    for n, c in np.ndindex(2, 2):
        assert run.top[0].data[n, c] == max(x[3 * n + k, c] for k in range(3))
    run.top[0].diff[...] = [[[[1]], [[2]]], [[[3]], [[4]]]]
    run.backward()
    for row, c in np.ndindex(7, 2):
        is_best = row < 6 and x[row, c] == run.top[0].data[row // 3, c]
        assert run.bottom[0].diff[row, c] == (2 * (row // 3) + c + 1 if is_best else 0)


def test_all_that_are_equal_get_the_gradient():
    run = mil("context_per_roi: 2", [[1.0], [1.0]])
    run.top[0].diff[...] = 5
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[5], [5]])


@pytest.mark.parametrize(
    ("options", "x", "words"),
    [
        ("", np.ones((2, 2)), "(?s)has to be said.*context_per_roi"),
        ("context_per_roi: 2 type: NOR", np.ones((2, 2)), "of another fork"),
        ("context_per_roi: 2", np.ones((2, 2, 2)), "scores of an instance"),
        ("context_per_roi: 2", np.ones(2), "scores of an instance"),
    ],
)
def test_what_makes_no_sense(options, x, words):
    with pytest.raises(LayerError, match=words):
        mil(options, x)
