import math

import numpy as np
import pytest

from blobnet import SolverError, parse_solver
from blobnet.solver_policies import momentum, weight_decay


def solver_of(settings):
    return parse_solver(f'base_lr: 0.1 lr_policy: "fixed" {settings}')


def test_both_are_constant_where_nothing_is_said():
    solver = solver_of("momentum: 0.9 weight_decay: 0.01")
    assert {momentum(solver, i) for i in range(5)} == {solver.momentum}
    assert {weight_decay(solver, i) for i in range(5)} == {solver.weight_decay}


def test_poly_goes_from_one_to_the_other():
    solver = solver_of(
        'max_iter: 10 momentum: 0.5 max_momentum: 0.9 momentum_policy: "poly" momentum_power: 2 '
        'weight_decay: 0.1 max_weight_decay: 0.3 weight_decay_policy: "poly" weight_decay_power: 3'
    )
    expected = [0.5 + 0.4 * (i / 10) ** 2 for i in range(11)]
    np.testing.assert_allclose([momentum(solver, i) for i in range(11)], expected, rtol=1e-6)
    expected = [0.1 + 0.2 * (i / 10) ** 3 for i in range(11)]
    np.testing.assert_allclose([weight_decay(solver, i) for i in range(11)], expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("most", "expected"), [("", (1 - math.sqrt(0.1) / 2) ** 2), ("max_momentum: 0.7", 0.7)]
)
def test_opt_depends_on_the_rate(most, expected):
    solver = solver_of(f'momentum: 0.9 momentum_policy: "opt" {most}')
    assert momentum(solver, 3) == pytest.approx(expected)


def test_momentum_grows_with_the_rate_that_warms_up():
    solver = solver_of("momentum: 0.9 warmup_iter: 4 warmup_start_lr: 0.02")
    found = [momentum(solver, i) for i in range(6)]
    expected = [0.9, 0.9 * 2, 0.9 * 6 / 4, 0.9 * 8 / 6, 0.9, 0.9]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_warm_up_from_zero_cannot_have_momentum():
    solver = solver_of("momentum: 0.9 warmup_iter: 4")
    with pytest.raises(SolverError, match="warms up from 0"):
        momentum(solver, 0)
    assert momentum(solver_of("warmup_iter: 4"), 0) == 0


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ('momentum_policy: "pole"', 'momentum policy: "pole"(.*\n)*.*mean poly'),
        ('momentum_policy: "poly"', "needs max_iter"),
        ('weight_decay_policy: "opt"', 'weight decay policy: "opt"(.*\n)*.*fixed, poly'),
        ('weight_decay_policy: "poly"', "needs max_iter"),
    ],
)
def test_what_makes_no_sense_is_refused(settings, complaint):
    policy = momentum if settings.startswith("momentum") else weight_decay
    with pytest.raises(SolverError, match=complaint):
        policy(solver_of(settings), 0)
