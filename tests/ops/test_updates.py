"""Rules that run on single numbers, on arrays and in a kernel: the same bits."""

import math

import numpy as np
import pytest

from blobnet.ops import update_rules, updates
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed

RULES = {
    "sgd": (1, (0.1, 0.9)),
    "nesterov": (1, (0.1, 0.9, 1.9)),
    "adagrad": (1, (0.1, 1e-8)),
    "rmsprop": (1, (0.1, 0.99, 0.01, 1e-8)),
    "adadelta": (2, (0.1, 0.95, 0.05, 1e-6)),
    "adam": (2, (0.1, 0.9, 0.1, 0.999, 0.001, 1e-8)),
}
"""Name to how many arrays it keeps, and the numbers that it takes."""

NOTHING = updates.Regularization(scale=1.0, decay=0.0, is_l1=False)

needs_kernels = pytest.mark.skipif(
    compiled("updates_kernel") is None, reason="numba is not at hand"
)


def arrays_of(name, dtype, rng, size=5000):
    """A gradient of all magnitudes, and memory as a training may have left it."""
    gradient = rng.normal(size=size) * 10.0 ** rng.integers(-8, 4, size)
    gradient[::7] = 0
    memory = [np.square(rng.normal(size=size)) for _ in range(RULES[name][0])]
    return [array.astype(dtype) for array in (gradient, *memory)]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", RULES)
def test_arrays_change_as_each_number_by_itself(name, dtype, rng):
    rule, numbers = getattr(update_rules, name), RULES[name][1]
    diff, *memory = arrays_of(name, dtype, rng)
    of = np.dtype(dtype).type
    rows = zip(diff, *memory, strict=True)
    singly = [rule(*row, *map(of, numbers)) for row in rows]
    updates.make_change(rule, diff, memory, numbers)
    for array, expected in zip((diff, *memory), zip(*singly, strict=True), strict=True):
        assert array.tobytes() == np.array(expected, dtype).tobytes()


@needs_kernels
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("delta", [None, 0.0])
def test_a_kernel_makes_the_same_change(name, dtype, delta, rng):
    """Without delta, a gradient that was always 0 is divided by 0: NaN from both."""
    rule, numbers = getattr(update_rules, name), RULES[name][1]
    if delta is not None:
        numbers = (*numbers[:-1], delta)
    diff, *memory = arrays_of(name, dtype, rng)
    for array in memory:
        array[::7] = 0
    w = rng.normal(size=diff.size).astype(dtype)
    in_kernel = [array.copy() for array in (w, diff, *memory)]
    updates.update_in_one_pass(rule, in_kernel, NOTHING, updates.of_type(w.dtype, numbers))
    with overflow_allowed():
        updates.make_change(rule, diff, memory, numbers)
    for array, expected in zip(in_kernel, (w - diff, diff, *memory), strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("name", RULES)
def test_a_single_number_keeps_its_type(name):
    rule, numbers = getattr(update_rules, name), RULES[name][1]
    alone = [np.array(0.3, "f4") for _ in range(1 + RULES[name][0])]
    in_a_row = [np.full(3, 0.3, "f4") for _ in alone]
    for diff, *memory in (alone, in_a_row):
        updates.make_change(rule, diff, memory, numbers)
    for one, three in zip(alone, in_a_row, strict=True):
        assert one.tobytes() == three[:1].tobytes()


def test_a_rule_returns_and_leaves_alone_what_it_is_given():
    change, mean, square = update_rules.adam(2.0, 0.0, 0.0, 0.1, 0.9, 0.1, 0.75, 0.25, 0.0)
    assert (mean, square) == (0.2, 1.0)
    assert math.isclose(change, 0.02)
    g, h = np.ones(3), np.ones(3)
    update_rules.sgd(g, h, 0.1, 0.9)
    assert g.tolist() == h.tolist() == [1, 1, 1]


@needs_kernels
def test_a_function_of_another_module_has_no_kernel():
    arrays = [[np.zeros(3), np.zeros(3), np.zeros(3)]]
    assert updates.can_update_in_one_pass(update_rules.sgd, arrays)
    assert not updates.can_update_in_one_pass(lambda g, h: (g, h), arrays)
