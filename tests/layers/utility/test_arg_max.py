import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def arg_max(options, x, **more):
    return run_layer(f'name: "best" type: "ArgMax" argmax_param {{ {options} }}', x, **more)


def best_of(values, k):
    """[(value, position)], the largest first, the later of equal ones first."""
    return sorted(((v, i) for i, v in enumerate(values)), reverse=True)[:k]


def with_ties(shape, rng):
    return rng.integers(-2, 3, size=shape).astype(float)


@pytest.mark.parametrize("shape", [(2, 7), (2, 3, 4), (2, 3, 2, 2), (2, 2, 2, 1, 2), (1, 5)])
@pytest.mark.parametrize("top_k", [1, 2, 3])
@pytest.mark.parametrize("out_max_val", [False, True])
def test_of_all_values_of_an_item(shape, top_k, out_max_val, rng):
    x = with_ties(shape, rng)
    run = arg_max(f"top_k: {top_k} out_max_val: {str(out_max_val).lower()}", x)
    expected_shape = [shape[0], 1 + out_max_val, top_k] + [1] * (len(shape) - 3)
    assert run.top[0].shape == tuple(expected_shape)
    for item, y in zip(x, run.top[0].data, strict=True):
        best = best_of(item.ravel(), top_k)
        np.testing.assert_array_equal(y[0].ravel(), [position for _, position in best])
        if out_max_val:
            np.testing.assert_array_equal(y[1].ravel(), [value for value, _ in best])


@pytest.mark.parametrize("axis", [0, 1, 2, 3, -1, -3, -4])
@pytest.mark.parametrize("top_k", [1, 2, 3])
@pytest.mark.parametrize("out_max_val", [False, True])
def test_along_an_axis(axis, top_k, out_max_val, rng):
    x = with_ties((3, 5, 4, 3), rng)
    run = arg_max(f"axis: {axis} top_k: {top_k} out_max_val: {str(out_max_val).lower()}", x)
    lines, found = np.moveaxis(x, axis, -1), np.moveaxis(run.top[0].data, axis, -1)
    assert found.shape == (*lines.shape[:-1], top_k)
    for place in itertools.product(*map(range, lines.shape[:-1])):
        best = best_of(lines[place], top_k)
        expected = [value if out_max_val else position for value, position in best]
        np.testing.assert_array_equal(found[place], expected)


@pytest.mark.parametrize("top_k", [1, 2])
def test_of_equal_values_the_one_further_back_comes_first(top_k):
    run = arg_max(f"top_k: {top_k}", [[1.0, 7.0, 0.0, 7.0, 7.0]])
    np.testing.assert_array_equal(run.top[0].data.ravel(), [4, 3][:top_k])


@pytest.mark.parametrize("top_k", [1, 2])
def test_nan_counts_as_the_largest(top_k):
    run = arg_max(f"top_k: {top_k}", [[1.0, np.nan, np.inf, 0.0]])
    np.testing.assert_array_equal(run.top[0].data.ravel(), [1, 2][:top_k])


@pytest.mark.parametrize("options", ["", "top_k: 2", "axis: 1", "axis: -1 out_max_val: true"])
def test_new_batch_sizes_and_none(options, rng):
    run = arg_max(options, rng.normal(size=(4, 3, 5)))
    for size in (1, 0, 6):
        run.bottom[0].reshape(size, 3, 5)
        run.bottom[0].data[...] = rng.normal(size=(size, 3, 5))
        run.forward()
        assert run.top[0].shape[0] == size


def test_of_an_item_that_is_one_number():
    run = arg_max("out_max_val: true", [5.0, 6.0])
    np.testing.assert_array_equal(run.top[0].data, [[[0], [5]], [[0], [6]]])


def test_in_float32_too(rng):
    run = arg_max("top_k: 2 out_max_val: true", rng.normal(size=(2, 5)), dtype=np.float32)
    assert run.top[0].data.dtype == np.float32


def test_no_gradient_can_be_asked_for(rng):
    run = arg_max("", rng.normal(size=(2, 3)))
    assert run.propagate_down() == [False]
    run.backward()
    with pytest.raises(LayerError, match=r'"best".*cannot compute gradients'):
        run.backward([True])


def test_at_least_one_value_is_asked_for(rng):
    with pytest.raises(LayerError, match=r'"best": top k must not be less than 1'):
        arg_max("top_k: 0", rng.normal(size=(2, 3)))


@pytest.mark.parametrize(
    ("options", "words"),
    [("top_k: 7", "flattened bottom blob per instance"), ("top_k: 4 axis: 1", "the axis")],
)
def test_more_than_there_are_is_refused(options, words, rng):
    with pytest.raises(LayerError, match=rf'"best": top_k must be less.*{words}\.\n.*at most'):
        arg_max(options, rng.normal(size=(2, 3, 2)))


def test_more_than_there_are_now_is_refused_too(rng):
    run = arg_max("top_k: 3", rng.normal(size=(2, 3)))
    run.bottom[0].reshape(2, 2)
    with pytest.raises(LayerError, match="top_k must be less"):
        run.forward()


@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_out_of_range_is_refused(axis, rng):
    with pytest.raises(LayerError, match=r'"best".*out of range'):
        arg_max(f"axis: {axis}", rng.normal(size=(2, 3)))


def test_a_single_number_has_no_items():
    with pytest.raises(LayerError, match=r'"best".*out of range'):
        arg_max("", np.float64(1))


def test_it_cannot_work_in_place(rng):
    with pytest.raises(LayerError, match=r'"best".*does not allow in-place'):
        arg_max("axis: 1 top_k: 3", rng.normal(size=(2, 3)), in_place=True)
