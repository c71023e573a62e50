"""The update rules of the solvers, each in one pass over a parameter and its history.

    w        the weights                                      w -= the change
    dw       the gradient as the net added it up; afterwards the change
    h, ...   the history, one or two arrays
    numbers  [scale, decay, l1, ...], then what the rule itself takes

In every rule, g = dw * scale + decay * w, or decay * sign(w) where l1 is not 0. What a rule
computes from g is explained in `solvers/`, with the same operations in the same order. All
arrays are flat, and only range(begin, end) is looked at. A block at a time goes through the
three steps, so that what one has written the next finds in the cache.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.compiled.kernel import exact_kernel, inlined
from blobnet.types import Array

Numbers = tuple[float, ...]

BLOCK = 1024
"""Values; those of four arrays stay in the smallest cache."""


@exact_kernel
def sgd(begin: int, end: int, w: Array, dw: Array, h: Array, numbers: Numbers) -> None:
    of = w.dtype.type
    rate, momentum = of(numbers[3]), of(numbers[4])
    for at in range(begin, end, BLOCK):
        stop = min(at + BLOCK, end)
        change, history = dw[at:stop], h[at:stop]
        _regularize(w[at:stop], change, numbers)
        for i in range(len(change)):
            history[i] = history[i] * momentum + rate * change[i]
            change[i] = history[i]
        _subtract(change, w[at:stop])


@exact_kernel
def nesterov(begin: int, end: int, w: Array, dw: Array, h: Array, numbers: Numbers) -> None:
    of = w.dtype.type
    rate, momentum, momentum_and_one = of(numbers[3]), of(numbers[4]), of(numbers[5])
    for at in range(begin, end, BLOCK):
        stop = min(at + BLOCK, end)
        change, history = dw[at:stop], h[at:stop]
        _regularize(w[at:stop], change, numbers)
        for i in range(len(change)):
            before = momentum * history[i]
            history[i] = before + rate * change[i]
            change[i] = momentum_and_one * history[i] - before
        _subtract(change, w[at:stop])


@exact_kernel
def adagrad(begin: int, end: int, w: Array, dw: Array, h: Array, numbers: Numbers) -> None:
    of = w.dtype.type
    rate, delta = of(numbers[3]), of(numbers[4])
    for at in range(begin, end, BLOCK):
        stop = min(at + BLOCK, end)
        change, squares = dw[at:stop], h[at:stop]
        _regularize(w[at:stop], change, numbers)
        for i in range(len(change)):
            squares[i] += change[i] * change[i]
            change[i] *= rate / (np.sqrt(squares[i]) + delta)
        _subtract(change, w[at:stop])


@exact_kernel
def rmsprop(begin: int, end: int, w: Array, dw: Array, h: Array, numbers: Numbers) -> None:
    of = w.dtype.type
    rate, decay = of(numbers[3]), of(numbers[4])
    rest, delta = of(numbers[5]), of(numbers[6])
    for at in range(begin, end, BLOCK):
        stop = min(at + BLOCK, end)
        change, squares = dw[at:stop], h[at:stop]
        _regularize(w[at:stop], change, numbers)
        for i in range(len(change)):
            squares[i] = squares[i] * decay + rest * change[i] * change[i]
            change[i] *= rate / (np.sqrt(squares[i]) + delta)
        _subtract(change, w[at:stop])


@exact_kernel
def adadelta(
    begin: int, end: int, w: Array, dw: Array, a: Array, b: Array, numbers: Numbers
) -> None:
    of = w.dtype.type
    rate, momentum = of(numbers[3]), of(numbers[4])
    rest, delta = of(numbers[5]), of(numbers[6])
    for at in range(begin, end, BLOCK):
        stop = min(at + BLOCK, end)
        change, gradients, changes = dw[at:stop], a[at:stop], b[at:stop]
        _regularize(w[at:stop], change, numbers)
        for i in range(len(change)):
            gradients[i] = gradients[i] * momentum + rest * change[i] * change[i]
            change[i] *= np.sqrt((changes[i] + delta) / (gradients[i] + delta))
            changes[i] = changes[i] * momentum + rest * change[i] * change[i]
            change[i] *= rate
        _subtract(change, w[at:stop])


@exact_kernel
def adam(begin: int, end: int, w: Array, dw: Array, m: Array, v: Array, numbers: Numbers) -> None:
    of = w.dtype.type
    rate, beta1, rest1 = of(numbers[3]), of(numbers[4]), of(numbers[5])
    beta2, rest2, delta = of(numbers[6]), of(numbers[7]), of(numbers[8])
    for at in range(begin, end, BLOCK):
        stop = min(at + BLOCK, end)
        change, mean, variance = dw[at:stop], m[at:stop], v[at:stop]
        _regularize(w[at:stop], change, numbers)
        for i in range(len(change)):
            mean[i] = mean[i] * beta1 + rest1 * change[i]
            variance[i] = variance[i] * beta2 + rest2 * change[i] * change[i]
            change[i] = rate * mean[i] / (np.sqrt(variance[i]) + delta)
        _subtract(change, w[at:stop])


@inlined
def _regularize(w: Array, dw: Array, numbers: Numbers) -> None:
    scale, decay, l1 = w.dtype.type(numbers[0]), w.dtype.type(numbers[1]), numbers[2]
    if scale != 1:
        for i in range(len(dw)):
            dw[i] *= scale
    if decay == 0:
        return
    if l1 != 0:
        for i in range(len(dw)):
            dw[i] += decay * np.sign(w[i])
    else:
        for i in range(len(dw)):
            dw[i] += decay * w[i]


@inlined
def _subtract(change: Array, w: Array) -> None:
    for i in range(len(change)):
        w[i] -= change[i]
