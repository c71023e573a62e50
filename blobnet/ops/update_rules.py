"""The update rules of the solvers, each a function: (g, *memory, *numbers) -> (change, *memory).

    g        the gradient, after clipping, averaging and weight decay
    memory   what the rule keeps for every weight, all 0 before the first update
    numbers  the rate first, then what the rule's solver makes of its settings
    change   what is subtracted from the weight

numpy calls a rule with arrays, a compiled kernel with the numbers of one weight after the other:
the same operations in the same order, so the same bits. The parameters are called as in the
formulas of `solvers/`, which say where the rules come from; rest is 1 - decay, rest1 is 1 - beta1.
"""

from __future__ import annotations

import numpy as np

from blobnet.types import Array


def sgd(g: Array, h: Array, rate: float, momentum: float) -> tuple[Array, Array]:
    h = h * momentum + rate * g
    return h, h


def nesterov(
    g: Array, h: Array, rate: float, momentum: float, momentum_and_one: float
) -> tuple[Array, Array]:
    before = momentum * h
    h = before + rate * g
    return momentum_and_one * h - before, h


def adagrad(g: Array, h: Array, rate: float, delta: float) -> tuple[Array, Array]:
    h = h + g * g
    return g * (rate / (np.sqrt(h) + delta)), h


def rmsprop(
    g: Array, h: Array, rate: float, decay: float, rest: float, delta: float
) -> tuple[Array, Array]:
    h = h * decay + rest * g * g
    return g * (rate / (np.sqrt(h) + delta)), h


def adadelta(
    g: Array, a: Array, b: Array, rate: float, momentum: float, rest: float, delta: float
) -> tuple[Array, Array, Array]:
    a = a * momentum + rest * g * g
    u = g * np.sqrt((b + delta) / (a + delta))
    b = b * momentum + rest * u * u
    return u * rate, a, b


def adam(
    g: Array,
    m: Array,
    v: Array,
    rate: float,
    beta1: float,
    rest1: float,
    beta2: float,
    rest2: float,
    delta: float,
) -> tuple[Array, Array, Array]:
    m = m * beta1 + rest1 * g
    v = v * beta2 + rest2 * g * g
    return rate * m / (np.sqrt(v) + delta), m, v
