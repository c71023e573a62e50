"""Which classes a net takes for which: counted over the batches of a test, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import NetError, did_you_mean, explain
from blobnet.limits import check_bytes
from blobnet.net import Net
from blobnet.types import Array


@runtime_checkable
class Classifying(Protocol):
    """A layer that compares scores with labels."""

    def classified(self, bottom: Blobs) -> tuple[Array, Array, int]:
        """The true class of each item that counts, the class it was taken for, both (items,) of
        whole numbers; and how many classes there are."""


class ClassScores(NamedTuple):
    """How well one class is found; None where there is nothing to divide by.

    precision  the share of the items taken for it that are of it
    recall     the share of its items that were taken for it
    f1         the harmonic mean of both
    support    how many items are of it
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int


class Confusion:
    """A matrix that is counted while a net runs, for a `with` block around its forwards.

    matrix  (classes, classes): rows are true classes, columns what they were taken for
    layer   the name of the layer whose scores are looked at
    """

    def __init__(self, net: Net, layer: str = "") -> None:
        self._net = net
        self._index = _classifying_layer(net, layer)
        self.layer = net.layer_names[self._index]
        self.matrix = np.zeros((0, 0), np.int64)

    def __enter__(self) -> Confusion:
        self._net.callbacks.after_forward.append(self._look)
        return self

    def __exit__(self, *exc: object) -> None:
        self._net.callbacks.after_forward.remove(self._look)

    def _look(self, index: int) -> None:
        """Right behind the layer: in the inference mode its bottoms' memory is another's soon."""
        wired = self._net.wired[index]
        if index == self._index and isinstance(wired.layer, Classifying):
            self.add(*wired.layer.classified(wired.bottom))

    def add(self, true: Array, taken: Array, classes: int) -> None:
        """Count items. Raises NetError where the number of classes changes, or is too large."""
        self._make_room(classes)
        np.add.at(self.matrix, (true, taken), 1)

    def tell(self) -> tuple[int, Array, Array]:
        """For a matrix in another process: the number of classes, where items are and how many.

        They are not counted here any more.
        """
        classes, places = len(self.matrix), np.flatnonzero(self.matrix)
        counts = self.matrix.flat[places]
        self.matrix = np.zeros((0, 0), np.int64)
        return classes, places, counts

    def hear(self, told: tuple[int, Array, Array]) -> None:
        """Count what another process has told. Raises NetError as `add` does."""
        classes, places, counts = told
        self._make_room(classes)
        self.matrix.flat[places] += counts

    def _make_room(self, classes: int) -> None:
        if not self.matrix.size:
            check_bytes(8 * classes**2, f"a matrix of {classes} x {classes} classes", NetError)
            self.matrix = np.zeros((classes, classes), np.int64)
        if len(self.matrix) != classes:
            what = f"layer '{self.layer}': the number of classes changes from batch to batch"
            raise NetError(explain(what, expected=len(self.matrix), got=classes))

    def by_class(self) -> list[ClassScores]:
        """The scores of each class."""
        right, true, taken = (
            self.matrix.diagonal(),
            self.matrix.sum(axis=1),
            self.matrix.sum(axis=0),
        )
        return [_scores(int(r), int(t), int(p)) for r, t, p in zip(right, true, taken, strict=True)]

    @property
    def accuracy(self) -> float | None:
        """The share of all items that were taken for what they are."""
        return _share(int(self.matrix.trace()), int(self.matrix.sum()))

    def mean(self) -> ClassScores:
        """The mean over the classes that have items; of precisions, over those that have one."""
        scores = [one for one in self.by_class() if one.support]
        return ClassScores(
            _mean([one.precision for one in scores]),
            _mean([one.recall for one in scores]),
            _mean([one.f1 for one in scores]),
            int(self.matrix.sum()),
        )

    def mistakes(self) -> Iterator[tuple[int, int, int]]:
        """(true class, taken for, how many), the most frequent first."""
        off = self.matrix.copy()
        np.fill_diagonal(off, 0)
        for place in np.argsort(-off, axis=None, kind="stable"):
            true, taken = divmod(int(place), len(off))
            if not off[true, taken]:
                return
            yield true, taken, int(off[true, taken])


def _classifying_layer(net: Net, name: str) -> int:
    """The layer that is asked for; else, of those that count the best score only, the last one.

    Raises NetError where there is none.
    """
    found = [i for i, wired in enumerate(net.wired) if isinstance(wired.layer, Classifying)]
    names = [net.layer_names[index] for index in found]
    if name and name in names:
        return found[names.index(name)]
    if name or not found:
        what = f"layer '{name}' compares no scores" if name else "no layer compares scores"
        raise NetError(
            explain(
                f"{what} with labels",
                expected=f"one of {', '.join(names)}"
                if names
                else "an Accuracy layer in phase TEST",
                fix=did_you_mean(name, names)
                if names
                else 'layer { name: "accuracy" type: "Accuracy" bottom: "SCORES" bottom: "LABELS" '
                'top: "accuracy" include { phase: TEST } }',
            )
        )
    best = min(_top_k(net, index) for index in found)
    return [index for index in found if _top_k(net, index) == best][-1]


def _top_k(net: Net, index: int) -> int:
    return int(getattr(net.layers[index], "top_k", 1))


def _scores(right: int, true: int, taken: int) -> ClassScores:
    return ClassScores(
        _share(right, taken), _share(right, true), _share(2 * right, true + taken), true
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
