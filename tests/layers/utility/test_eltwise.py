import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet import LayerError
from blobnet.testing import LayerRun, check_gradients, run_layer

SHAPE = (2, 3, 4)


def eltwise(options, *bottom, **more):
    text = f'name: "elt" type: "Eltwise" eltwise_param {{ {options} }}'
    return run_layer(text, *bottom, **more)


def coeff_text(coeffs):
    return " ".join(f"coeff: {value}" for value in coeffs)


def some_distance_apart(shape, seed):
    """Numbers that stay in order, and do not reach 0, when one of them moves a little."""
    count = math.prod(shape)
    spread = np.linspace(-2, 2, 2 * (count // 2 + 1))
    return np.random.default_rng(seed).permutation(spread)[:count].reshape(shape)


@settings(deadline=None)
@given(
    operation=st.sampled_from(["PROD", "SUM", "MAX"]),
    shape=st.lists(st.integers(0, 3), min_size=0, max_size=4),
    count=st.integers(2, 5),
    coeffs=st.lists(st.sampled_from([-1, 0, 0.5, 1, 2]), min_size=5, max_size=5),
    use_coeffs=st.booleans(),
    stable=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_operation_value_by_value(operation, shape, count, coeffs, use_coeffs, stable, seed):
    bottoms = some_distance_apart((count, *shape), seed)
    options = f"operation: {operation} stable_prod_grad: {str(stable).lower()} "
    coeffs = coeffs[:count] if use_coeffs and operation == "SUM" else []
    run = eltwise(options + coeff_text(coeffs), *bottoms)
    for index in np.ndindex(tuple(shape)):
        values = [x[index] for x in bottoms]
        expected = {
            "PROD": math.prod(values),
            "SUM": sum(c * v for c, v in zip(coeffs or [1] * count, values, strict=True)),
            "MAX": max(values),
        }[operation]
        assert run.top[0].data[index] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    check_gradients(run)


def test_a_sum_is_the_default(rng):
    x, y = rng.normal(size=(2, *SHAPE))
    np.testing.assert_allclose(eltwise("", x, y).top[0].data, x + y)


@pytest.mark.parametrize(
    ("values", "argmax"), [((1, 1), 1), ((1, 1, 1), 1), ((1, 0, 1), 0), ((0, 1, 2, 2), 2)]
)
def test_of_equal_values_one_gets_the_gradient(values, argmax):
    run = eltwise("operation: MAX", *([value] for value in values))
    run.top[0].diff[...] = 5
    run.backward()
    gradients = [blob.diff[0] for blob in run.bottom]
    assert gradients == [5 if i == argmax else 0 for i in range(len(values))]


def test_a_comparison_with_nan_is_false():
    run = eltwise("operation: MAX", [np.nan, 1, 1], [2, np.nan, 2], [1, 3, np.nan])
    np.testing.assert_array_equal(run.top[0].data, [2, np.nan, 2])


def test_coefficients_beside_a_maximum_change_nothing():
    run = eltwise("operation: MAX coeff: 9 coeff: -9", [1, 2], [3, 1])
    np.testing.assert_array_equal(run.top[0].data, [3, 2])


def test_the_stable_gradient_of_a_product_bears_zeros():
    for stable, expected in (("true", [6, 0]), ("false", [np.nan, 0])):
        run = eltwise(f"operation: PROD stable_prod_grad: {stable}", [0, 2], [3, 0], [2, 5])
        run.top[0].diff[...] = 1
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_a_bottom_that_wants_no_gradient_is_skipped(rng):
    for operation in ("SUM", "PROD", "MAX"):
        run = eltwise(f"operation: {operation}", *rng.normal(size=(3, *SHAPE)))
        run.top[0].diff[...] = 1
        run.backward([False, True, False])
        assert not run.bottom[0].diff.any()
        assert run.bottom[1].diff.any()
        assert not run.bottom[2].diff.any()


def test_infinities_make_no_warning():
    values = [np.inf, -np.inf, 0, 3e38]
    for operation in ("SUM", "PROD", "MAX"):
        run = eltwise(f"operation: {operation}", values, values[::-1], values, dtype=np.float32)
        run.top[0].diff[...] = np.inf
        run.backward()


def test_a_product_may_work_in_place_as_long_as_no_gradient_is_asked_for():
    run = eltwise("operation: PROD", [1.0, 2], [3.0, 4])
    in_place = LayerRun(run.layer, run.bottom, [run.bottom[0]])
    in_place.forward()
    np.testing.assert_array_equal(run.bottom[0].data, [3, 8])
    with pytest.raises(LayerError, match=r'"elt".*in place.*\n.*name of its own'):
        in_place.backward()


@pytest.mark.parametrize("operation", ["SUM", "MAX", "SORT", "STOCHASTIC_SUM"])
def test_others_cannot_work_in_place(operation):
    run = eltwise(f"operation: {operation}", [1.0], [2.0])
    with pytest.raises(LayerError, match=r'"elt".*in place.*\n.*name of its own'):
        run.layer.initialize(run.bottom, [run.bottom[0]])


def test_other_shapes_are_refused(rng):
    with pytest.raises(LayerError, match=r'"elt".*\n.*\(2, 3\).*\n.*bottom\[2\].*\(3, 2\)'):
        eltwise("", np.ones((2, 3)), np.ones((2, 3)), np.ones((3, 2)))


def test_one_coefficient_for_each_bottom():
    with pytest.raises(LayerError, match="takes one coefficient per bottom blob"):
        eltwise("coeff: 1 coeff: 2 coeff: 3", [1.0], [2.0])


def test_a_product_takes_no_coefficients():
    with pytest.raises(LayerError, match="only takes coefficients for summation"):
        eltwise("operation: PROD coeff: 1 coeff: 2", [1.0], [2.0])


def test_one_bottom_is_not_enough():
    with pytest.raises(LayerError, match=r"Eltwise Layer takes at least 2 bottom blob\(s\)"):
        eltwise("", [1.0])


# --- of forks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stable", ["true", "false"])
def test_caffe_windows_sort_is_a_product_of_values_plus_1(stable, rng):
    xs = [rng.uniform(0.5, 2, SHAPE) for _ in range(3)]
    run = eltwise(f"operation: SORT stable_prod_grad: {stable}", *xs)
    np.testing.assert_allclose(run.top[0].data, (1 + xs[0]) * (1 + xs[1]) * (1 + xs[2]))
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_allclose(run.bottom[1].diff, 2 * (1 + xs[0]) * (1 + xs[2]))


def test_a_stochastic_sum_takes_whole_bottoms_with_their_probabilities():
    run = eltwise("operation: STOCHASTIC_SUM coeff: 0.25 coeff: 1 coeff: 0", *[np.ones(5)] * 3)
    seen = []
    for _ in range(400):
        run.forward()
        run.top[0].diff[...] = 7
        run.backward()
        first = run.top[0].data[0] - 1  # the second is always in the sum, the third never
        seen.append(first)
        np.testing.assert_array_equal(run.top[0].data, 1 + first)
        for blob, is_in in zip(run.bottom, (first, 1, 0), strict=True):
            np.testing.assert_array_equal(blob.diff, 7 * is_in)
    assert set(seen) == {0, 1}
    assert abs(np.mean(seen) - 0.25) < 5 * (0.25 * 0.75 / 400) ** 0.5


def test_a_stochastic_sum_is_its_mean_in_a_test(rng):
    xs = [rng.normal(size=SHAPE) for _ in range(2)]
    run = eltwise("operation: STOCHASTIC_SUM coeff: 0.25 coeff: 0.5", *xs, phase="TEST")
    np.testing.assert_allclose(run.top[0].data, 0.25 * xs[0] + 0.5 * xs[1])


@pytest.mark.parametrize("coeffs", [None, (2.0, -0.5)])
@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_the_last_bottom_may_have_the_factors(lead, coeffs, rng):
    x, z = rng.normal(size=(2, 2, 3, 4))
    c = rng.normal(size=(2, *lead))
    stated = "" if coeffs is None else f"coeff: {coeffs[0]} coeff: {coeffs[1]}"
    run = run_layer(f'type: "Eltwise" eltwise_param {{ coeff_blob: true {stated} }}', x, z, c)
    run.top[0].diff[...] = dy = rng.normal(size=x.shape)
    for blob in run.bottom:
        blob.diff[...] = 9
    run.layer.backward(run.top, [True] * 3, run.bottom)
    first, second = coeffs or (1, 1)
    for at in np.ndindex(x.shape):
        here = at[: len(lead)]
        one, two = first * c[(0, *here)], second * c[(1, *here)]
        assert run.top[0].data[at] == pytest.approx(one * x[at] + two * z[at])
        assert run.bottom[0].diff[at] == pytest.approx(one * dy[at])
        assert run.bottom[1].diff[at] == pytest.approx(two * dy[at])
    assert not run.bottom[2].diff.any()


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        ("coeff_blob: true", (3,), "the coefficients do not fit"),
        ("coeff_blob: true", (2, 2), "the coefficients do not fit"),
        ("coeff_blob: true", (), "the coefficients do not fit"),
        ("coeff_blob: true operation: PROD", (2,), "only implemented for the SUM"),
        ("coeff_blob: true coeff: [1, 2, 3]", (2,), "one coefficient per bottom"),
    ],
)
def test_factors_that_do_not_fit(options, shape, words):
    with pytest.raises(LayerError, match=words):
        run_layer(
            f'type: "Eltwise" eltwise_param {{ {options} }}',
            np.ones((3, 4)), np.ones((3, 4)), np.ones(shape),
        )  # fmt: skip


@pytest.mark.parametrize("operation", ["SUM", "PROD", "MAX"])
def test_ones_behind_up_to_four_axes_do_not_count(operation, rng):
    """Blobs of 2014 had four axes: dqn-in-the-caffe multiplies (N, 18) by (N, 18, 1, 1)."""
    x, other = rng.normal(size=(2, 2, 3))
    text = f'type: "Eltwise" eltwise_param {{ operation: {operation} }}'
    runs = [run_layer(text, x, other.reshape(shape)) for shape in ((2, 3), (2, 3, 1, 1))]
    for run in runs:
        run.top[0].diff[...] = x
        run.backward()
    assert runs[1].top[0].shape == (2, 3)
    np.testing.assert_array_equal(runs[1].top[0].data, runs[0].top[0].data)
    for index in (0, 1):
        diffs = [run.bottom[index].diff.ravel() for run in runs]
        np.testing.assert_array_equal(*diffs)


@pytest.mark.parametrize("shape", [(3, 2), (2, 3, 1, 2), (2, 3, 1, 1, 1), (1, 2, 3), (3,)])
def test_shapes_that_differ_by_more_are_refused(shape):
    with pytest.raises(LayerError, match="all bottoms must have the same shape"):
        run_layer('type: "Eltwise"', np.ones((2, 3)), np.ones(shape))


@pytest.mark.parametrize("operation", ["SUM", "PROD", "PROD stable_prod_grad: false", "MAX"])
@pytest.mark.parametrize(
    ("axis", "small"), [("", (2,)), ("axis: 1", (3, 4)), ("axis: -1", (4,)), ("axis: 2", ())]
)
def test_a_second_bottom_of_fewer_axes_is_spread(operation, axis, small, rng):
    """Synopsys: a mean for each channel, a number for all."""
    x, other, last = rng.normal(size=(2, 3, 4)), rng.normal(size=small), rng.normal(size=(2, 3, 4))
    text = f'type: "Eltwise" eltwise_param {{ operation: {operation} {axis} }}'
    run = run_layer(text, x, other, last)
    first = {"": 0, "axis: 1": 1, "axis: -1": 2, "axis: 2": 2}[axis]
    wide = np.empty_like(x)
    for index in np.ndindex(x.shape):
        wide[index] = other[index[first : first + len(small)]]
    full = run_layer(f'type: "Eltwise" eltwise_param {{ operation: {operation} }}', x, wide, last)
    np.testing.assert_allclose(run.top[0].data, full.top[0].data)
    for each in (run, full):
        each.top[0].diff[...] = last
        each.backward()
    for index in (0, 2):
        np.testing.assert_allclose(run.bottom[index].diff, full.bottom[index].diff)
    dx = np.zeros(small)
    for index in np.ndindex(x.shape):
        dx[index[first : first + len(small)]] += full.bottom[1].diff[index]
    np.testing.assert_allclose(run.bottom[1].diff, dx)


def test_axes_that_are_none_of_the_first_bottom():
    with pytest.raises(LayerError, match=r"same shape\n.*from axis 1 on\n.*\(4,\)"):
        run_layer('type: "Eltwise" eltwise_param { axis: 1 }', np.ones((2, 3)), np.ones(4))
