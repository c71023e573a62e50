"""Image files of a list in turn from each class, and the weights of classes.

Caffe: image_data_layer.cpp of happynear/caffe-windows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.proto import Datum
from blobnet.sources.batches import DatumBatches
from blobnet.sources.image_list import ImageList, ImageListSource
from blobnet.sources.source import RecordSource, State
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape


class BalancedImages(ImageListSource):
    """One image of each class, then another of each: of a class all, before one comes again.

    seed  decides the random orders, of each class and of each of its rounds

    Raises DataError where a class from 0 to the largest has no image.
    """

    def __init__(self, images: ImageList, folder: Path, root: str, seed: int) -> None:
        super().__init__(images, folder, root)
        labels = images.labels
        counts = np.bincount(np.maximum(labels, 0))
        if labels.min() < 0 or not counts.all():
            wrong = int(labels.min()) if labels.min() < 0 else int(counts.argmin())
            raise DataError(
                explain(
                    f"{images.name}: classes cannot be balanced",
                    expected="labels from 0, and an image of each up to the largest",
                    got=f"label {wrong}" + " without an image" * (wrong >= 0),
                    fix="number the classes without a gap, or leave balance_class out",
                )
            )
        self._seed = seed
        self._members = np.split(np.argsort(labels, kind="stable"), np.cumsum(counts)[:-1])
        self._class, self._rounds = 0, [0] * len(counts)
        self._places = [0] * len(counts)
        self._orders: dict[int, Array] = {}

    def get_state(self) -> State:
        return {
            "seed": self._seed,
            "class": self._class,
            "rounds": list(self._rounds),
            "places": list(self._places),
            "image": self._images.paths[self._index()],
        }

    def set_state(self, state: State) -> None:
        numbers = [state["seed"], state["class"], *state["rounds"], *state["places"]]
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError("no places in a list")
        self._seed, self._class = state["seed"], state["class"]
        self._rounds, self._places = list(state["rounds"]), list(state["places"])
        self._orders = {}
        sizes = [len(members) for members in self._members]
        fits = len(self._rounds) == len(self._places) == len(sizes) > self._class
        fits = fits and all(at < size for at, size in zip(self._places, sizes, strict=True))
        if not fits or self._images.paths[self._index()] != state["image"]:
            raise DataError(
                explain(
                    f"{self.name}: reading cannot go on where it was: the list has changed",
                    expected=f'"{state["image"]}" as the next image of class {self._class}',
                    fix="resume with the list of that training",
                )
            )

    def _index(self) -> int:
        members, its = self._members[self._class], self._class
        if its not in self._orders:
            rng = np.random.default_rng([self._seed, its, self._rounds[its]])
            self._orders[its] = rng.permutation(members)
        return int(self._orders[its][self._places[its]])

    def _advance(self) -> None:
        its = self._class
        self._places[its] += 1
        if self._places[its] == len(self._members[its]):
            self._places[its] = 0
            self._rounds[its] += 1
            self._orders.pop(its, None)
        self._class = (its + 1) % len(self._members)


class WeighedImages(DatumBatches):
    """Batches with the weight of each image's class: its share of images, upside down.

    labels  of all images of the list: a class as large as the mean of all weighs 1
    """

    def __init__(
        self,
        open_source: Callable[[], RecordSource],
        decode: Callable[[Datum], Array],
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        labels: Array,
    ) -> None:
        super().__init__(open_source, decode, transformer, rng, batch_size=batch_size)
        counts = np.bincount(labels)
        self._weights = len(labels) / len(counts) / np.maximum(counts, 1)

    def shapes(self) -> list[Shape]:
        data, label = super().shapes()
        return [data, label, label]

    def read(self) -> list[Array]:
        data, label = super().read()
        return [data, label, self._weights[label.astype(np.intp)].astype(label.dtype)]
