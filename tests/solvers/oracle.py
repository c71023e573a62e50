"""Update rules in plain Python, one number at a time, against a solver's arrays in float64."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

import numpy as np

import blobnet
from tests.solver.training import make_solver

Rule = Callable[[blobnet.Solver, float, float, dict[str, float], int], float]
"""(settings, gradient, rate, memory, t counted from 1) -> what is subtracted from the weight."""

LR_MULTS, DECAY_MULTS = (1, 2, 0.5, 0), (1, 0, 3, 1)

NET = f"""
    layer {{ name: "data" type: "Input" top: "x" top: "y"
      input_param {{ shape {{ dim: 1 dim: 4 }} shape {{ dim: 1 dim: 2 }} }} }}
    layer {{ name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
      param {{ lr_mult: {LR_MULTS[0]} decay_mult: {DECAY_MULTS[0]} }}
      param {{ lr_mult: {LR_MULTS[1]} decay_mult: {DECAY_MULTS[1]} }}
      inner_product_param {{ num_output: 3 }} }}
    layer {{ name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
      param {{ lr_mult: {LR_MULTS[2]} decay_mult: {DECAY_MULTS[2]} }}
      param {{ lr_mult: {LR_MULTS[3]} decay_mult: {DECAY_MULTS[3]} }}
      inner_product_param {{ num_output: 2 }} }}
    layer {{ name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "y" top: "loss" }}
"""


def check_rule(
    settings: str, rule: Rule, slots: tuple[str, ...], rng: np.random.Generator, steps: int = 9
) -> None:
    """Give a solver the same gradients as the rule; compare weights and history after each step.

    slots  the names under which the rule keeps its memory, in the order of `history_`
    """
    solver = make_solver(NET, settings, dtype=np.float64)
    params = solver.net.learnable_params
    for blob in params:
        blob.data[...] = rng.normal(size=blob.shape)
    weights = [blob.data.copy() for blob in params]
    memory = [[defaultdict(float) for _ in range(array.size)] for array in weights]
    for iteration in range(steps):
        gradients = [rng.normal(size=array.shape) for array in weights]
        for blob, gradient in zip(params, gradients, strict=True):
            blob.diff[...] = gradient
        solver.apply_update()
        clip(solver.param, gradients)
        for i, (array, gradient) in enumerate(zip(weights, gradients, strict=True)):
            for k, at in enumerate(np.ndindex(array.shape)):
                g = regularized(solver.param, gradient[at], array[at], DECAY_MULTS[i])
                rate = solver.param.base_lr * LR_MULTS[i]
                array[at] -= rule(solver.param, g, rate, memory[i][k], iteration + 1)
        assert solver.iter == iteration + 1
        compare(solver, weights, memory, slots)


def clip(param, gradients) -> None:
    """The sum over iter_size passes is what the limit is for, not their mean."""
    norm = math.sqrt(sum(g * g for array in gradients for g in array.ravel().tolist()))
    if 0 <= param.clip_gradients < norm:
        for array in gradients:
            array *= param.clip_gradients / norm


def regularized(param, gradient, weight, decay_mult) -> float:
    gradient = gradient / param.iter_size
    decay = param.weight_decay * decay_mult
    if param.regularization_type == "L2":
        return gradient + decay * weight
    return gradient + decay * math.copysign(weight != 0, weight)


def compare(solver, weights, memory, slots) -> None:
    close = {"rtol": 1e-9, "atol": 1e-12}
    for blob, array in zip(solver.net.learnable_params, weights, strict=True):
        np.testing.assert_allclose(blob.data, array, **close)
    assert len(solver.history_) == len(slots) * len(weights)
    for s, slot in enumerate(slots):
        for i, array in enumerate(weights):
            history = solver.history_[s * len(weights) + i]
            assert history.shape == array.shape
            kept = np.reshape([cell[slot] for cell in memory[i]], array.shape)
            np.testing.assert_allclose(history, kept, **close)
