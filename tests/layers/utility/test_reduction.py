import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

OPERATIONS = {
    "SUM": lambda values: sum(values),
    "ASUM": lambda values: sum(abs(v) for v in values),
    "SUMSQ": lambda values: sum(v * v for v in values),
    "MEAN": lambda values: sum(values) / len(values),
}
AXES = [0, 1, 2, -1, -2, -3]


def reduction(options, x, **more):
    return run_layer(f'name: "sum" type: "Reduction" reduction_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("coeff", [1, -2.5, 0])
def test_all_axes_from_one_on_become_one_number(operation, axis, coeff, rng):
    x = rng.normal(size=(2, 3, 4))
    run = reduction(f"operation: {operation} axis: {axis} coeff: {coeff}", x)
    kept = x.shape[: axis % 3]
    assert run.top[0].shape == kept
    for place in itertools.product(*map(range, kept)):
        expected = coeff * OPERATIONS[operation](x[place].ravel())
        np.testing.assert_allclose(run.top[0].data[place], expected, rtol=1e-12)


def test_the_sum_of_everything_unless_stated(rng):
    x = rng.normal(size=(2, 3))
    run = run_layer('type: "Reduction"', x)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, x.sum())


def test_the_sign_of_0_is_0():
    run = reduction("operation: ASUM coeff: 2", [-3.0, 0.0, -0.0, 5.0, np.nan])
    run.top[0].diff[...] = 10
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [-20, 0, 0, 20, 0])


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_values_are_added_up_exactly_enough(operation, dtype, rng):
    x = rng.random(size=(2, 100_000)) + 1
    run = reduction(f"operation: {operation} axis: 1", x, dtype=dtype)
    expected = [OPERATIONS[operation](np.asarray(row, np.longdouble)) for row in x]
    np.testing.assert_allclose(run.top[0].data, expected, rtol=20 * np.finfo(dtype).eps)


def test_new_sizes(rng):
    run = reduction("operation: MEAN axis: 1", rng.normal(size=(2, 3, 4)))
    for shape in ((5, 3, 2), (1, 1, 1), (2, 7, 3)):
        run.bottom[0].reshape(shape)
        run.bottom[0].data[...] = rng.normal(size=shape)
        run.forward()
        np.testing.assert_allclose(run.top[0].data, run.bottom[0].data.mean(axis=(1, 2)))


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
@pytest.mark.parametrize("axis", [0, 1])
def test_the_sum_of_nothing_is_0(operation, shape, axis):
    run = reduction(f"operation: {operation} axis: {axis}", np.empty(shape))
    assert run.top[0].shape == shape[:axis]
    np.testing.assert_array_equal(run.top[0].data, 0)
    run.backward()


def test_it_may_be_a_loss(rng):
    x = rng.normal(size=(2, 3))
    run = run_layer('type: "Reduction" loss_weight: 0.5 reduction_param { operation: SUMSQ }', x)
    np.testing.assert_allclose(run.forward(), 0.5 * (x * x).sum())
    check_gradients(run)


def test_no_gradient_where_none_is_wanted(rng):
    run = reduction("", rng.normal(size=(2, 3)))
    run.bottom[0].diff[...] = 77
    run.backward([False])
    np.testing.assert_array_equal(run.bottom[0].diff, 77)


@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_out_of_range_is_refused(axis, rng):
    with pytest.raises(LayerError, match=r'"sum".*out of range'):
        reduction(f"axis: {axis}", rng.normal(size=(2, 3)))


def test_it_cannot_work_in_place(rng):
    with pytest.raises(LayerError, match=r'"sum".*does not allow in-place'):
        reduction("", rng.normal(size=(2, 3)), in_place=True)
