import math

import numpy as np
import pytest

from blobnet import SolverError, parse_solver
from blobnet.lr_policies import LR_POLICIES, current_step, learning_rate

SETTINGS = {
    "fixed": "",
    "step": "gamma: 0.5 stepsize: 7",
    "exp": "gamma: 0.97",
    "inv": "gamma: 0.05 power: 0.75",
    "multistep": "gamma: 0.3 stepvalue: 3 stepvalue: 10 stepvalue: 11 stepvalue: 25",
    "poly": "power: 1.5 max_iter: 40",
    "sigmoid": "gamma: -0.2 stepsize: 15",
    "plateau": "gamma: 0.5 plateau_winsize: 2",
    "multifixed": "stagelr: 0.001 stageiter: 4 stagelr: 0.02 stageiter: 9 stagelr: 5 stageiter: 20",
}


def solver_of(policy, settings):
    return parse_solver(f'base_lr: 0.1 lr_policy: "{policy}" {settings}')


def rates(solver, count):
    return [learning_rate(solver, iteration) for iteration in range(count)]


def caffe_rates(solver, count):
    """Caffe's own function, which keeps its place in `current_step` from call to call."""
    step, rates = 0, []
    for i in range(count):
        if solver.lr_policy == "step":
            step = i // solver.stepsize
        elif step < len(solver.stepvalue) and i >= solver.stepvalue[step]:
            step += 1
        rates.append(solver.base_lr * caffe_factor(solver, i, step))
    return rates


def caffe_factor(solver, i, step):
    match solver.lr_policy:
        case "fixed" | "plateau":  # tests/reports/test_plateau.py has what the losses change
            return 1
        case "step" | "multistep":
            return solver.gamma**step
        case "exp":
            return solver.gamma**i
        case "inv":
            return (1 + solver.gamma * i) ** -solver.power
        case "poly":
            return (1 - i / solver.max_iter) ** solver.power
        case "multifixed":
            stages = [*solver.stageiter]
            while len(stages) > 1 and i > stages[0]:
                del stages[0]
            return solver.stagelr[-len(stages)] / solver.base_lr
        case "sigmoid":
            return 1 / (1 + math.exp(-solver.gamma * (i - solver.stepsize)))


def test_every_policy_is_tested():
    assert {*SETTINGS, "plateau"} == set(LR_POLICIES)  # tests/reports/test_plateau.py has that


@pytest.mark.parametrize("policy", SETTINGS)
def test_rates_are_those_of_caffe(policy):
    solver = solver_of(policy, SETTINGS[policy])
    np.testing.assert_allclose(rates(solver, 40), caffe_rates(solver, 40), rtol=1e-12)


@pytest.mark.parametrize(
    "stepvalues", [[0], [5, 5], [5, 5, 5], [5, 6, 7], [9, 4], [0, 1, 1], [3, 3, 20, 20]]
)
def test_multistep_passes_one_stepvalue_per_iteration(stepvalues):
    values = " ".join(f"stepvalue: {value}" for value in stepvalues)
    solver = solver_of("multistep", f"gamma: 0.5 {values}")
    np.testing.assert_allclose(rates(solver, 30), caffe_rates(solver, 30), rtol=1e-12)


def test_a_rate_depends_on_the_iteration_alone():
    solver = solver_of("multistep", SETTINGS["multistep"])
    forwards = rates(solver, 30)
    assert [learning_rate(solver, i) for i in reversed(range(30))] == forwards[::-1]


def test_poly_ends_at_zero_and_stays_there():
    solver = solver_of("poly", SETTINGS["poly"])
    assert learning_rate(solver, 40) == 0
    assert learning_rate(solver, 55) == 0


def test_sigmoid_far_from_its_middle_is_flat():
    solver = solver_of("sigmoid", "gamma: 5 stepsize: 1000")
    assert learning_rate(solver, 0) == pytest.approx(0, abs=1e-300)
    assert learning_rate(solver, 10_000) == solver.base_lr


@pytest.mark.parametrize(
    ("policy", "settings", "iteration", "steps"),
    [
        ("step", "stepsize: 7", 6, 0),
        ("step", "stepsize: 7", 21, 3),
        ("multistep", "stepvalue: 7 stepvalue: 9", 9, 2),
        ("fixed", "stepvalue: 7", 9, 0),
        ("inv", "stepsize: 7", 9, 0),
    ],
)
def test_current_step_is_what_caffe_counts(policy, settings, iteration, steps):
    assert current_step(solver_of(policy, settings), iteration) == steps


def test_an_unknown_policy_is_refused_with_the_nearest_names():
    with pytest.raises(SolverError, match=r'policy: "setp"\n.*fixed, step, exp.*\n.*mean step'):
        learning_rate(solver_of("setp", ""), 0)


def test_no_policy_at_all_lists_them():
    with pytest.raises(SolverError, match=r'policy: ""\n.*fixed, step, exp, inv'):
        learning_rate(parse_solver("base_lr: 1"), 0)


@pytest.mark.parametrize(
    ("policy", "settings", "field"),
    [
        ("step", "gamma: 0.1", "stepsize"),
        ("step", "gamma: 0.1 stepsize: -3", "stepsize"),
        ("poly", "power: 1", "max_iter"),
    ],
)
def test_a_missing_setting_is_named(policy, settings, field):
    with pytest.raises(SolverError, match=rf'"{policy}" needs {field}.*\n.*at least 1\n.*got'):
        learning_rate(solver_of(policy, settings), 3)


@pytest.mark.parametrize(
    ("policy", "settings", "iteration"),
    [
        ("exp", "gamma: 10", 1000),  # overflows
        ("inv", "gamma: -1 power: 0.5", 3),  # a root of a negative number
        ("inv", "gamma: -1 power: 1", 1),  # a division by zero
        ("fixed", "base_lr: nan", 0),
        ("fixed", "base_lr: inf", 0),
    ],
)
def test_a_rate_that_is_no_number_is_refused(policy, settings, iteration):
    solver = solver_of(policy, "")
    solver.MergeFrom(parse_solver(settings))
    with pytest.raises(SolverError, match=rf'iteration {iteration}: .*\n.*"{policy}" with base_lr'):
        learning_rate(solver, iteration)


@pytest.mark.parametrize("settings", ["", "stagelr: 1", "stagelr: 1 stageiter: 2 stageiter: 3"])
def test_multifixed_needs_pairs(settings):
    with pytest.raises(SolverError, match='"multifixed" needs as many stagelr as stageiter'):
        learning_rate(solver_of("multifixed", settings), 0)


def test_a_warm_up_comes_before_the_policy():
    solver = solver_of("fixed", "warmup_iter: 4 warmup_start_lr: 0.02")
    np.testing.assert_allclose(rates(solver, 6), [0.02, 0.04, 0.06, 0.08, 0.1, 0.1], rtol=1e-6)


def test_a_ramp_comes_before_the_policy():
    solver = solver_of("step", "gamma: 0.1 stepsize: 6 rampup_interval: 5 rampup_lr: 0.05")
    expected = [0.05 + 0.05 * (i / 5) ** 2 for i in range(5)] + [0.1, 0.01]
    np.testing.assert_allclose(rates(solver, 7), expected, rtol=1e-6)


def test_no_rate_is_less_than_min_lr():
    solver = solver_of("exp", "gamma: 0.5 min_lr: 0.03 rampup_interval: 2")
    np.testing.assert_allclose(rates(solver, 4), [0.03, 0.03, 0.03, 0.03], rtol=1e-6)
    solver = solver_of("poly", "power: 2 max_iter: 10 min_lr: 0.02")
    expected = [0.02 + 0.08 * (1 - i / 10) ** 2 for i in range(11)] + [0.02]
    np.testing.assert_allclose(rates(solver, 12), expected, rtol=1e-6)
