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


@pytest.mark.parametrize("options", ["", "type: MAX"])
def test_the_largest_of_all_places(options, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = mil(options, x)
    assert run.top[0].shape == (2, 3, 1, 1)
    run.top[0].diff[...] = dy = rng.normal(size=(2, 3, 1, 1))
    run.backward()
    for n, c in np.ndindex(2, 3):
        assert run.top[0].data[n, c] == max(x[n, c].ravel())
        for at in np.ndindex(4, 5):
            is_best = x[n, c][at] == run.top[0].data[n, c]
            assert run.bottom[0].diff[n, c][at] == (dy[n, c] if is_best else 0)


def test_whether_any_place_is_true(rng):
    x = rng.uniform(size=(2, 3, 2, 3))
    run = mil("type: NOR", x)
    run.top[0].diff[...] = dy = rng.normal(size=(2, 3, 1, 1))
    run.backward()
    for n, c in np.ndindex(2, 3):
        none = 1.0
        for value in x[n, c].ravel():
            none *= 1 - value
        np.testing.assert_allclose(run.top[0].data[n, c], 1 - none)
        for at in np.ndindex(2, 3):
            expected = dy[n, c] * none / (1 - x[n, c][at])
            np.testing.assert_allclose(run.bottom[0].diff[n, c][at], expected)


def test_what_is_certain_gets_the_whole_gradient():
    run = mil("type: NOR", [[[[1.0, 0.5]]]])
    run.top[0].diff[...] = 3
    run.backward()
    assert run.top[0].data.ravel().tolist() == [1]
    np.testing.assert_array_equal(run.bottom[0].diff.ravel(), [3, 0])


@pytest.mark.parametrize(
    ("options", "x", "words"),
    [
        ("context_per_roi: 0", np.ones((2, 2)), "context_per_roi is of R.CNN"),
        ("context_per_roi: 2 type: NOR", np.ones((2, 2)), "without a type"),
        ("type: NOR", np.full((1, 1, 2, 2), 1.5), "mil_prob not <= 1(.|\n)*1.5"),
        ("type: NOR", np.full((1, 1, 2, 2), -0.5), "not >= 0"),
        ("type: NOR", np.full((1, 1, 2, 2), np.nan), "mil_prob"),
        ("", np.ones(2), "scores of an instance"),
        ("", np.ones((2, 2, 0)), "there are no places"),
        ("context_per_roi: 2", np.ones((2, 2, 2)), "scores of an instance"),
        ("context_per_roi: 2", np.ones(2), "scores of an instance"),
    ],
)
def test_what_makes_no_sense(options, x, words):
    with pytest.raises(LayerError, match=words):
        mil(options, x)
