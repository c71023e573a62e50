"""Connectionist temporal classification: how probable a text is where nobody knows its places.

A.Graves et al., Connectionist Temporal Classification (2006): a path has a class or the blank for
each step; without repetitions and blanks it reads as a text. All sums are of logarithms.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blobnet.types import Array

IndexArray = NDArray[np.intp]

IMPOSSIBLE = -np.inf
"""The logarithm of no probability at all."""


class Texts(NamedTuple):
    """What each of N sequences shall read as.

    classes  (N, L): the text, then anything
    lengths  (N,): how much of `classes` is text
    steps    (N,): how many steps the sequence has, at least 1
    """

    classes: IndexArray
    lengths: IndexArray
    steps: IndexArray


class _States(NamedTuple):
    """Where a path can stand: before, on and behind each class of a text; all (N, 2 L + 1)."""

    classes: IndexArray  # the blank at even places
    exists: NDArray[np.bool_]
    is_last: NDArray[np.bool_]  # the text may end here
    may_stay: NDArray[np.bool_]
    may_skip: NDArray[np.bool_]  # to here from two places before


def log_softmax(x: Array) -> Array:
    """The logarithms of the softmax over the last axis, in float64."""
    shifted = x.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True, initial=IMPOSSIBLE)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def ctc(log_y: Array, texts: Texts, blank: int, *, merges: bool = True) -> tuple[Array, Array]:
    """The logarithm of each text's probability, (N,), and how often which class is passed.

    log_y   (T, N, C): logarithms of probabilities
    merges  whether what stands twice in succession is read once

    The second, (T, N, C), is the share of each class at each step among all paths that read so;
    0 behind the last step, and where a text has no path.
    """
    states = _states(texts, blank, merges=merges)
    emitted = np.take_along_axis(log_y, states.classes[None], axis=2)
    np.copyto(emitted, IMPOSSIBLE, where=~states.exists)
    alpha = _forward(emitted, states)
    beta = _backward(emitted, states, texts.steps)
    last = np.take_along_axis(alpha, (texts.steps - 1)[None, :, None], axis=0)[0]
    log_p = np.logaddexp.reduce(np.where(states.is_last, last, IMPOSSIBLE), axis=1)
    alpha += beta
    alpha -= np.where(log_p > IMPOSSIBLE, log_p, 0)[None, :, None]
    alpha[:, ~(log_p > IMPOSSIBLE)] = IMPOSSIBLE  # NaN, too
    return log_p, _by_class(np.exp(alpha), states, log_y.shape[2])


def _states(texts: Texts, blank: int, *, merges: bool) -> _States:
    num, length = texts.classes.shape
    place = np.arange(2 * length + 1)
    end = 2 * texts.lengths[:, None]
    classes = np.full((num, 2 * length + 1), blank, np.intp)
    classes[:, 1::2] = texts.classes
    exists = place <= end
    classes[~exists] = blank
    is_blank = np.broadcast_to(place % 2 == 0, classes.shape)
    may_skip = ~is_blank & (place > 1)
    if merges:
        may_skip[:, 2:] &= classes[:, 2:] != classes[:, :-2]
    is_last = exists & (place >= end - 1)
    return _States(classes, exists, is_last, is_blank | merges, may_skip)


def _forward(emitted: Array, states: _States) -> Array:
    """alpha[t, n, s]: of all beginnings of paths that stand at s after step t."""
    alpha = np.full_like(emitted, IMPOSSIBLE)
    alpha[:1, :, :2] = emitted[:1, :, :2]
    for t in range(1, len(emitted)):
        before, now = alpha[t - 1], alpha[t]
        np.copyto(now, before, where=states.may_stay)
        now[:, 1:] = np.logaddexp(now[:, 1:], before[:, :-1])
        skipped = np.where(states.may_skip[:, 2:], before[:, :-2], IMPOSSIBLE)
        now[:, 2:] = np.logaddexp(now[:, 2:], skipped)
        now += emitted[t]
    return alpha


def _backward(emitted: Array, states: _States, steps: IndexArray) -> Array:
    """beta[t, n, s]: of all ends of paths that stood at s after step t; without that step."""
    beta = np.full_like(emitted, IMPOSSIBLE)
    at_end = np.where(states.is_last, 0, IMPOSSIBLE)
    for t in range(len(emitted) - 1, -1, -1):
        if t + 1 < len(emitted):
            behind, now = beta[t + 1] + emitted[t + 1], beta[t]
            np.copyto(now, behind, where=states.may_stay)
            now[:, :-1] = np.logaddexp(now[:, :-1], behind[:, 1:])
            skipped = np.where(states.may_skip[:, 2:], behind[:, 2:], IMPOSSIBLE)
            now[:, :-2] = np.logaddexp(now[:, :-2], skipped)
        np.copyto(beta[t], at_end, where=(steps == t + 1)[:, None])
    return beta


def _by_class(passed: Array, states: _States, num_classes: int) -> Array:
    """The sums over all places with one class."""
    num_steps, num, _ = passed.shape
    sums = np.zeros((num_steps, num, num_classes))
    items = np.arange(num)
    for place in range(passed.shape[2]):  # each place has one class an item: no two meet
        sums[:, items, states.classes[:, place]] += passed[:, :, place]
    return sums
