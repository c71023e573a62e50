"""Rates by the sizes of weights and gradients, against plain Python."""

import math

import numpy as np
import pytest

from blobnet import SolverError
from tests.solver.training import make_solver
from tests.solvers.oracle import DECAY_MULTS, LR_MULTS, NET

BASE = "momentum: 0.9 weight_decay: 0.05 "


def norm(values):
    return math.sqrt(sum(x * x for x in np.ravel(values).tolist()))


class Plain:
    """One weight blob and its update, written down as the forks have it."""

    def __init__(self, solver, index):
        self.param, self.index = solver.param, index
        self.w = solver.net.learnable_params[index].data.copy()
        self.h = np.zeros_like(self.w)
        self.likeness = 0.0

    def step(self, g):
        param, mult = self.param, LR_MULTS[self.index]
        decay = param.weight_decay * DECAY_MULTS[self.index]
        if param.local_lr_auto and mult > 0:
            mult = 1.0
            if norm(self.w) and norm(g):
                mult = param.local_gw_ratio * norm(self.w)
                mult /= norm(g) + param.weight_decay * norm(self.w)
        g = g + decay * self.w
        rate = param.base_lr * mult
        if param.larc:
            rate = self.larc(g, mult)
        self.h = param.momentum * self.h + rate * g
        self.w = self.w - self.h

    def larc(self, g, mult):
        param = self.param
        if mult > 0:
            mult = 1.0
            if norm(self.w) and norm(g):
                mult = (1 - param.momentum) * param.larc_eta * norm(self.w) / norm(g)
            if param.larc_turbo:
                both = norm(g) * norm(self.h)
                cosine = sum((g * self.h).ravel()) / both if both else 0.0
                self.likeness = 0.95 * self.likeness + 0.05 * cosine
                mult -= 0.9 * self.likeness
        return min(param.base_lr, mult) if param.larc_policy == "clip" else param.base_lr * mult


@pytest.mark.parametrize(
    "settings",
    [
        "local_lr_auto: true local_gw_ratio: 0.1",
        "larc: true larc_eta: 0.1",
        'larc: true larc_eta: 0.1 larc_policy: "clip"',
        'larc: true larc_eta: 3 larc_policy: "clip"',
        "larc: true larc_eta: 0.1 larc_turbo: true",
    ],
)
def test_updates(settings, rng):
    solver = make_solver(NET, BASE + settings, dtype=np.float64)
    params = solver.net.learnable_params
    for blob in params[1:]:  # the first stays 0: a blob without a size of its own
        blob.data[...] = rng.normal(size=blob.shape)
    plain = [Plain(solver, index) for index in range(len(params))]
    for _ in range(5):
        for blob, one in zip(params, plain, strict=True):
            blob.diff[...] = gradient = rng.normal(size=blob.shape)
            one.step(gradient)
        solver.apply_update()
    for blob, one in zip(params, plain, strict=True):
        np.testing.assert_allclose(blob.data, one.w, rtol=1e-9, atol=1e-12)


def test_what_turbo_remembers_is_in_the_state(rng):
    solver = make_solver(NET, BASE + "larc: true larc_turbo: true")
    for _ in range(2):
        for blob in solver.net.learnable_params:
            blob.data[...] = blob.diff[...] = rng.normal(size=blob.shape)
        solver.apply_update()
    state = solver.get_state()
    assert any(state["larc"])
    other = make_solver(NET, BASE + "larc: true larc_turbo: true")
    other.set_state(state)
    assert other.get_state()["larc"] == state["larc"]


def test_an_unknown_policy_is_refused():
    with pytest.raises(SolverError, match=r'larc policy: "clop"(.*\n)*.*mean clip'):
        make_solver(NET, 'larc: true larc_policy: "clop"')


def test_other_rules_say_what_they_do_not_heed(caplog):
    make_solver(NET, 'type: "Nesterov" local_lr_auto: true')
    assert "local_lr_auto: only SGD heeds it, not Nesterov" in caplog.text
