"""What the last test has said: a confusion matrix, and the images that were recognized worst."""

from __future__ import annotations

import heapq
from itertools import count
from typing import Any

import numpy as np

from blobnet.errors import NetError
from blobnet.net import Net
from blobnet.ops.overflow import overflow_allowed
from blobnet.reports.confusion import Classifying, Confusion
from blobnet.types import Array
from blobnet.watch.numbers import image, plain

MOST_CLASSES = 40  # of a matrix that is shown
_WORST = 12


class Examination:
    """Looks on while a test net is tested; a test is over when `finish` is called.

    told  in JSON's types what the last finished test said; None before, and where no layer of the
          net compares scores with labels
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self.told: dict[str, Any] | None = None
        try:
            self._confusion: Confusion | None = Confusion(net)
        except NetError:
            self._confusion = None
            return
        self._row = net.layer_names.index(self._confusion.layer)
        self._images = _first_images(net)
        self._counter = count()
        self._worst: list[tuple[float, int, dict[str, Any]]] = []
        net.callbacks.after_forward.append(self._look)

    def _look(self, position: int) -> None:
        if self._confusion is None or position != self._row:
            return
        wired = self._net.wired[position]
        if not isinstance(wired.layer, Classifying):
            return
        true, taken, classes = wired.layer.classified(wired.bottom)
        self._confusion.add(true, taken, classes)
        scores = wired.bottom[0].data
        if self._images and scores.ndim == 2 and len(true) == len(scores):
            self._remember(scores, true, taken)

    def _remember(self, scores: Array, true: Array, taken: Array) -> None:
        images = self._net.blobs[self._images].data
        shares = _shares(scores)
        right = shares[np.arange(len(true)), true]
        for item in np.argsort(right)[:_WORST]:
            badness = 1 - float(right[item])
            if len(self._worst) == _WORST and badness <= self._worst[0][0]:
                return
            told = {
                "true": int(true[item]),
                "taken": int(taken[item]),
                "share": plain(right[item]),
                "taken_share": plain(shares[item, taken[item]]),
                "image": image(images[item]),
            }
            entry = (badness, -next(self._counter), told)
            if len(self._worst) < _WORST:
                heapq.heappush(self._worst, entry)
            else:
                heapq.heapreplace(self._worst, entry)

    def finish(self, iteration: int | None) -> None:
        """The test is over; what follows is another one. Without an iteration it is forgotten."""
        if self._confusion is None or not self._confusion.matrix.size:
            return
        if iteration is not None:
            matrix = self._confusion.matrix
            self.told = {
                "iteration": iteration,
                "items": int(matrix.sum()),
                "accuracy": self._confusion.accuracy,
                "matrix": matrix.tolist() if len(matrix) <= MOST_CLASSES else None,
                "worst": [told for _, _, told in sorted(self._worst, reverse=True)],
            }
        self._confusion.matrix = np.zeros((0, 0), np.int64)
        self._worst = []


def _shares(scores: Array) -> Array:
    """Scores as probabilities: such they are, or a softmax makes them so."""
    with overflow_allowed():
        are_shares = bool((scores >= 0).all()) and np.allclose(scores.sum(axis=1), 1, atol=1e-3)
        if are_shares:
            return scores
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _first_images(net: Net) -> str:
    """The first blob whose items are images of one or three channels; none is ''."""
    for name, blob in net.blobs.items():
        if blob.num_axes == 4 and blob.shape[1] in (1, 3) and min(blob.shape[2:]) > 1:
            return name
    return ""
