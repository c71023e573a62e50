"""Weights as a filler left them, and weights that are no numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from blobnet.doctor.case import Case
from blobnet.doctor.finding import CERTAIN, LIKELY, VERY_LIKELY, Finding, several
from blobnet.net import Net
from blobnet.types import Array

_LEAST = 200  # values of a blob from which its distribution is told
_LEAST_NORMAL = 1000  # for a normal one, which small trained layers may come near to
_MOST = 20000
_DISTANCE = 1.63  # times 1 / sqrt(n): Kolmogorov and Smirnov, 1 in 100
_STD = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Of gaussian fillers in published nets."""
_OF_UNIFORM, _OF_NORMAL = 9 / 5, 3.0
"""The fourth moment over the squared variance."""
_FEWEST_ROWS = 8  # outputs or inputs, to compare them
_SKEW = 12  # of mean squares of few values: their own fourth moment


def examine(case: Case) -> Iterator[Finding]:
    """Layers whose weights are not finite, all the same, or distributed as fillers do it."""
    if case.weights_path is None:
        return
    net = case.net
    broken, constant, filled = [], [], []
    for name, values in _learned(net, case):
        if not np.isfinite(values).all():
            broken.append(name)
        elif values.size > 1 and values.min() == values.max():
            constant.append(name)
        elif (filler := filler_of(values)) is not None:
            filled.append((name, filler))
    if broken:
        yield Finding(
            "weights are infinite or undefined",
            several(broken),
            "the training diverged: take an earlier snapshot, and train with a smaller base_lr",
            CERTAIN,
        )
    if constant:
        yield Finding(
            "all weights of a layer are the same: its outputs are, too",
            several(constant),
            "state a weight_filler (xavier, msra): the default fills with 0; then train again",
            VERY_LIKELY,
        )
    if filled:
        yield _never_trained(filled, sum(1 for _ in _learned(net, case)))


def _learned(net: Net, case: Case) -> Iterator[tuple[str, Array]]:
    """The first blob of each layer that the file has and that is learned, if it is a matrix."""
    for param in net.all_params:
        values = param.blob.data
        is_first = param.index == 0 and param.owner is None and param.spec.lr_mult != 0
        stored = case.adapted.get(param.layer_name, {}).get(0)
        if is_first and values.ndim > 1 and stored is not None and stored.fits(values.shape):
            yield param.layer_name, values


def filler_of(values: Array) -> str | None:
    """In words, which filler has left these weights, (outputs, inputs, ...); None: trained.

    Drawn weights follow the filler's distribution as a whole, and every output and every input
    have the same share of large ones; training favours some.
    """
    if values.size < _LEAST:
        return None
    flat = np.asarray(values, np.float64).reshape(-1)
    sample = np.sort(flat[:: -(-flat.size // _MOST)])
    fan_in = values.size / values.shape[0]
    fan_out = values.size / values.shape[1]
    top, std = float(np.abs(flat).max()), float(flat.std())
    for fan in (fan_in, fan_out, (fan_in + fan_out) / 2):
        limit = math.sqrt(3 / fan)
        if (
            limit * (1 - 50 / flat.size) <= top <= limit * (1 + 1e-6)
            and _fits(sample, ((sample + limit) / (2 * limit)).clip(0, 1))
            and _is_even(values, limit**2 / 3, _OF_UNIFORM)
        ):
            return f"xavier, within {limit:.4g}"
    if values.size < _LEAST_NORMAL:
        return None
    for drawn in (*_STD, math.sqrt(2 / fan_in), math.sqrt(2 / fan_out), math.sqrt(1 / fan_in)):
        if (
            abs(std / drawn - 1) < 3 / math.sqrt(2 * flat.size)
            and _fits(sample, _normal(sample / drawn))
            and _is_even(values, drawn**2, _OF_NORMAL)
        ):
            return f"gaussian, std {drawn:.4g}"
    return None


def _is_even(values: Array, variance: float, fourth: float) -> bool:
    """Whether the mean square of each output's weights, and of each input's, is as chance has it.

    And that at each place of the kernel: a trained one favours some.

    fourth  the fourth moment over the squared variance, of the distribution
    """
    squares = np.asarray(values, np.float64).reshape(*values.shape[:2], -1) ** 2 / variance
    for axis in range(3):
        others = tuple(each for each in range(3) if each != axis)
        means = squares.mean(others)
        if len(means) < _FEWEST_ROWS:
            continue
        deviation = (fourth - 1) / (squares.size / len(means))
        spread = float(((means - 1) ** 2).mean()) / deviation
        if spread > 1 + 4 * math.sqrt((2 + _SKEW * deviation) / len(means)):
            return False
    return True


def _fits(sample: Array, expected: Array) -> bool:
    """Whether sorted values follow a distribution; `expected` is its value at each of them."""
    steps = np.arange(len(sample) + 1) / len(sample)
    distance = max(np.abs(expected - steps[:-1]).max(), np.abs(expected - steps[1:]).max())
    return bool(distance < _DISTANCE / math.sqrt(len(sample)))


def _normal(x: Array) -> Array:
    """The normal distribution's share below each value."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])


def _never_trained(filled: list[tuple[str, str]], learned: int) -> Finding:
    names = [name for name, _ in filled]
    evidence = several([f"{name}: {filler}" for name, filler in filled])
    if len(filled) == learned:
        return Finding(
            "these weights were never trained: all are as a filler left them",
            evidence,
            "take the file of a later snapshot; see that the log tells of iterations and a rate",
            VERY_LIKELY,
        )
    return Finding(
        f"{len(names)} of {learned} layers never trained: as a filler left them",
        evidence,
        "look at their lr_mult, and whether a loss reaches them: blobnet gradients SOLVER OUT.png",
        LIKELY,
    )
