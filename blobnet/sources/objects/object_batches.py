"""Batches of images with the boxes of objects. For ImageGtData, DetectionData and EvalData."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from blobnet.errors import DataError
from blobnet.sources.batches import empty
from blobnet.sources.objects.anchor_maps import CHANNELS, Map, Rules, sizes_of, write_labels
from blobnet.sources.objects.object_file import ObjectFile
from blobnet.sources.objects.rounds import Order as Order
from blobnet.sources.objects.rounds import RoundBatches
from blobnet.sources.objects.scene import Scene, Span, put
from blobnet.sources.window_batches import WindowImages
from blobnet.types import Array, DType

_NOTHING_OF_MSCNN = (0, 1, 1, 2, 2, 1, 1)
_NOTHING = -1


class Recipe(Protocol):
    """How images are changed, and how large a batch is."""

    def begin(self, rng: np.random.Generator) -> None:
        """A batch begins: what is drawn once for it."""

    def first(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """The image as it is shown, before its size in the batch matters."""

    def template(self, scene: Scene) -> tuple[int, int]:
        """Height and width of a batch, from its first image."""

    def second(
        self, scene: Scene, template: tuple[int, int], rng: np.random.Generator
    ) -> tuple[Scene, tuple[float, float]]:
        """The image as it will be there, and what it is to be shown around."""


class Output(NamedTuple):
    """What a batch is made of besides the images.

    maps, rules  the anchors whose labels are tops, and what they are
    columns      of the top with true boxes: [image, x1, y1, x2, y2, class, ignored, difficult]; 7
                 or 8, 0 for no such top
    sizes        whether a top has height and width of each image
    mean, scale  pixels are (x - mean) * scale; mean (3, 1, 1) or None
    smallest     width and height of objects that are not ignored; None: nor are those beside
    """

    maps: list[Map]
    rules: Rules
    columns: int
    sizes: bool
    mean: Array | None
    scale: float
    smallest: tuple[float, float] | None


class ObjectBatches(RoundBatches):
    """Batches of `batch_size` images in an order that is drawn anew when all have been seen.

    `rng` is where drawing begins; it is copied, not drawn from.
    """

    def __init__(
        self,
        file: ObjectFile,
        images: WindowImages,
        recipe: Recipe,
        output: Output,
        order: Order,
        rng: np.random.Generator,
        *,
        batch_size: int,
        dtype: DType,
    ) -> None:
        self._file, self._images, self._recipe, self._output = file, images, recipe, output
        self._dtype = dtype
        super().__init__(order, rng, batch_size)

    def read(self) -> list[Array]:
        self._recipe.begin(self._rng)
        data: Array | None = None
        labels: list[Array] = []
        rows, sizes = [], []
        for item in range(self._batch_size):
            scene = self._recipe.first(self._next(), self._rng)
            if data is None:
                height, width = self._recipe.template(scene)
                data = empty((self._batch_size, 3, height, width), self._dtype)
                data.fill(0)
                labels = [
                    empty((self._batch_size, CHANNELS, *size), np.dtype(np.float32))
                    for size in sizes_of(self._output.maps, height, width)
                ]
            scene, centre = self._recipe.second(scene, data.shape[2:], self._rng)
            scene, *place = put(scene, centre, self._rng, data[item])
            self._normalize(data[item], place)
            scene = self._ignoring(scene, data.shape[2:])
            its = [label[item] for label in labels]
            write_labels(scene, (place[0], place[1]), self._output.maps, self._output.rules, its)
            rows.append(self._rows(item, scene))
            sizes.append(data.shape[2:])
        if data is None:
            raise DataError("a batch of no images")
        tops = [data, *(label.astype(self._dtype) for label in labels)]
        if self._output.columns:
            tops.append(self._truth(rows))
        if self._output.sizes:
            tops.append(np.array(sizes, self._dtype).reshape(-1, 2, 1, 1))
        return tops

    def _next(self) -> Scene:
        index = self._advance()
        image = self._images.decode(index)
        objects = self._file.objects[index]
        return Scene(
            image,
            objects[:, 3:].astype(np.float32),
            self._file.regions[index].astype(np.float32),
            objects[:, 0],
            objects[:, 1] != 0,
            objects[:, 2] != 0,
        )

    def _normalize(self, image: Array, place: list[Span]) -> None:
        """Only where there is an image; beside it is 0."""
        across, down = place
        its = image[:, down.to : down.to + down.length, across.to : across.to + across.length]
        if self._output.mean is not None:
            its -= self._output.mean
        its *= self._dtype.type(self._output.scale)

    def _ignoring(self, scene: Scene, template: tuple[int, ...]) -> Scene:
        """Objects are to be ignored whose middle is not in the batch, or that are too small."""
        if self._output.smallest is None:
            return scene
        boxes, size = scene.boxes, np.array(template[::-1], np.float32)
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        sides = boxes[:, 2:] - boxes[:, :2] + np.float32(1)
        smallest = np.array(self._output.smallest, np.float32)
        beside = ((middle < 0) | (middle >= size) | (sides < smallest)).any(axis=1)
        return replace(scene, ignored=scene.ignored | beside)

    def _rows(self, item: int, scene: Scene) -> Array:
        columns = scene.classes, scene.ignored, scene.difficult
        rows = np.column_stack([np.full(len(scene.boxes), item), scene.boxes, *columns])
        found: Array = rows[:, : self._output.columns]
        return found

    def _truth(self, rows: list[Array]) -> Array:
        found = np.concatenate(rows).astype(self._dtype)
        if not len(found):
            columns = self._output.columns
            nothing = _NOTHING_OF_MSCNN if columns == len(_NOTHING_OF_MSCNN) else _NOTHING
            found = np.full((1, columns), nothing, self._dtype)
        return found.reshape(*found.shape, 1, 1)
