"""The compiled updates against the steps that they stand for: the same bits."""

import numpy as np
import pytest

import blobnet
from blobnet.ops import launch, parallel, update_rules, updates
from blobnet.ops.jit import compiled
from blobnet.solvers import sgd
from tests.solver.training import assert_same_bits, make_solver, weights_of

pytestmark = pytest.mark.skipif(compiled("updates_kernel") is None, reason="numba is not at hand")

RULES = {
    "SGD": "momentum: 0.9",
    "Nesterov": "momentum: 0.7",
    "AdaGrad": "delta: 1e-3",
    "RMSProp": "rms_decay: 0.9",
    "AdaDelta": "momentum: 0.95 delta: 1e-5",
    "Adam": "momentum: 0.9 momentum2: 0.99",
}
COMMON = [
    "",
    "weight_decay: 0.03",
    'weight_decay: 0.03 regularization_type: "L1" iter_size: 3',
    "iter_size: 2 clip_gradients: 0.01",
]


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


def solver_of(rule: str, settings: str = "", **options) -> blobnet.Solver:
    return make_solver(settings=f'type: "{rule}" {RULES[rule]} {settings}', **options)


def state_of(solver: blobnet.Solver) -> list[np.ndarray]:
    diffs = [blob.diff.copy() for blob in solver.net.learnable_params]
    return [*weights_of(solver), *diffs, *(array.copy() for array in solver.history_)]


def odd_gradients(solver: blobnet.Solver, rng: np.random.Generator) -> None:
    """Large, small and undefined numbers, here and there."""
    for blob in solver.net.learnable_params:
        blob.diff[...] = rng.normal(size=blob.shape) * 10.0 ** rng.integers(-30, 5, blob.shape)
        blob.diff.flat[0] = rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0])
        blob.data.flat[-1] = rng.choice([np.nan, np.inf, 0.0, -0.0])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("settings", COMMON)
@pytest.mark.parametrize("rule", RULES)
def test_a_kernel_gives_the_bits_of_the_steps(rule, settings, dtype, monkeypatch):
    states = []
    for in_one_pass in (True, False):
        solver = solver_of(rule, settings, dtype=dtype)
        if not in_one_pass:
            monkeypatch.setattr(sgd, "update_in_one_pass", lambda *args: False)
        solver.step(3)
        states.append(state_of(solver))
    assert_same_bits(*states)


@pytest.mark.parametrize("regularization", ["L1", "L2"])
@pytest.mark.parametrize("rule", RULES)
def test_nan_and_infinity_go_the_same_way(rule, regularization, monkeypatch):
    states = []
    for in_one_pass in (True, False):
        solver = solver_of(rule, f'weight_decay: 0.03 regularization_type: "{regularization}"')
        if not in_one_pass:
            monkeypatch.setattr(sgd, "update_in_one_pass", lambda *args: False)
        for seed in range(5):
            odd_gradients(solver, np.random.default_rng(seed))
            solver.apply_update()
        states.append(state_of(solver))
    for one, other in zip(*states, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("rule", RULES)
def test_threads_do_not_matter(rule, monkeypatch, shared_work):
    monkeypatch.setattr(launch, "LINE", 3)
    states = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        solver = solver_of(rule, "weight_decay: 0.03")
        solver.step(3)
        states.append(state_of(solver))
    assert set(shared_work) == {2, 3}
    for state in states[1:]:
        assert_same_bits(state, states[0])


# --- when the steps run ---------------------------------------------------------------------------


@pytest.fixture
def kernel_calls(monkeypatch) -> list[str]:
    """The rules of the kernels that were called."""
    calls: list[str] = []
    update_in_one_pass = updates.update_in_one_pass

    def spy(rule, *args):
        calls.append(rule.__name__)
        update_in_one_pass(rule, *args)

    monkeypatch.setattr(updates, "update_in_one_pass", spy)
    return calls


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_kernel(rule, kernel_calls):
    solver = solver_of(rule)
    solver.step(1)
    assert kernel_calls == [rule.lower()] * len(solver.net.learnable_params)


@pytest.mark.parametrize("step", ["normalize", "regularize", "compute_update_value"])
@pytest.mark.parametrize("where", ["in a subclass", "in the class", "in the solver"])
def test_a_step_of_ones_own_is_what_runs(step, where, kernel_calls, monkeypatch):
    seen = []
    written = getattr(blobnet.AdamSolver, step)

    def own(self, *args):
        seen.append(step)
        written(self, *args)

    solver = solver_of("Adam", "weight_decay: 0.01")
    if where == "in a subclass":
        solver.__class__ = type("Own", (blobnet.AdamSolver,), {step: own})
    elif where == "in the class":
        monkeypatch.setattr(blobnet.AdamSolver, step, own)
    else:
        monkeypatch.setattr(solver, step, lambda *args: own(solver, *args))
    solver.step(2)
    assert len(seen) == 2 * len(solver.net.learnable_params)
    assert not kernel_calls


def test_a_subclass_that_changes_no_step_keeps_the_kernel(kernel_calls):
    solver = solver_of("SGD")
    solver.__class__ = type("Own", (blobnet.SGDSolver,), {"clip_gradients": lambda self: None})
    solver.step(1)
    assert kernel_calls


def test_a_rule_of_ones_own_is_left_to_numpy(kernel_calls):
    def adam(*args):
        return update_rules.adam(*args)

    solver, plain = solver_of("Adam"), solver_of("Adam")
    rule = blobnet.AdamSolver.rule._replace(function=adam)
    solver.__class__ = type("Own", (blobnet.AdamSolver,), {"rule": rule})
    solver.step(3)
    assert not kernel_calls
    plain.step(3)
    assert_same_bits(weights_of(solver), weights_of(plain))


def test_debug_info_looks_at_the_changes_before_they_are_made(kernel_calls, caplog):
    caplog.set_level("INFO", "blobnet.net")
    solver = solver_of("SGD", "debug_info: true display: 2")
    solver.step(1)
    before = weights_of(solver)
    assert "[Update]" in caplog.text
    assert not kernel_calls
    solver.step(1)
    assert kernel_calls
    diffs = [blob.diff for blob in solver.net.learnable_params]
    after = [old - diff for old, diff in zip(before, diffs, strict=True)]
    assert_same_bits(weights_of(solver), after)


def test_history_of_another_layout_is_left_to_the_steps(kernel_calls):
    solver, plain = solver_of("SGD"), solver_of("SGD")
    solver.history_[0] = np.zeros(solver.history_[0].shape[::-1], "f4").T
    solver.step(3)
    assert not kernel_calls
    plain.step(3)
    assert_same_bits(weights_of(solver), weights_of(plain))
