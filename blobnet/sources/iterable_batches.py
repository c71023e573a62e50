"""Batches from Python objects that hand out images with their labels."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.sources.batches import PIECE, empty
from blobnet.sources.source import State, restore_rng, whole_number
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape

_NUMBERS = "buif"  # kinds of numpy types


class ItemSource:
    """The items of an iterable, round after round, from any of them on.

    iterable  one of these, the first that fits:
              an iterator: it can be gone through once
              what can be iterated over again and again, as a data loader; sequences go by index
              what has a length and can be indexed, as a data set
              what can be called, as a generator function: gives one of these for each round
    """

    def __init__(self, iterable: Any) -> None:
        self.kind = type(iterable).__name__
        self._iterable = iterable
        self._taken = 0  # items, from an iterator
        self._begin = self._how_to_begin()

    def begin(self, start: int) -> Iterator[Any]:
        """A round's items, from that number on."""
        return self._begin(start)

    def _how_to_begin(self) -> Callable[[int], Iterator[Any]]:
        iterable = self._iterable
        if isinstance(iterable, Iterator):
            return self._go_on
        if isinstance(iterable, Iterable) and not isinstance(iterable, (Sequence, Mapping)):
            return self._iterate
        no_data_set = isinstance(iterable, (str, bytes, Mapping, type))
        if not no_data_set and hasattr(iterable, "__getitem__") and hasattr(iterable, "__len__"):
            return self._by_index
        if callable(iterable):
            return self._call
        raise self._refuse()

    def _go_on(self, start: int) -> Iterator[Any]:
        if start < self._taken:
            raise DataError(
                explain(
                    "an iterator cannot begin again",
                    got=f"a {self.kind}, {self._taken} items of which have been taken; the next "
                    f"one needed is item {start}",
                    fix="hand over what can: a list, a data set, or the generator function itself "
                    "in place of what it returns",
                )
            )
        return self._rest(start)

    def _rest(self, start: int) -> Iterator[Any]:
        for item in self._iterable:
            self._taken += 1
            if self._taken > start:
                yield item

    def _by_index(self, start: int) -> Iterator[Any]:
        return (self._iterable[number] for number in range(start, len(self._iterable)))

    def _iterate(self, start: int) -> Iterator[Any]:
        return islice(iter(self._iterable), start, None)

    def _call(self, start: int) -> Iterator[Any]:
        return ItemSource(self._iterable()).begin(start)

    def _refuse(self) -> LayerError:
        return LayerError(
            explain(
                "nothing to iterate over",
                expected="(image, label) pairs in a list, a data set, a data loader, or a function "
                "that yields them",
                got=self.kind,
            )
        )


class IterableBatches:
    """Batches of transformed images and their labels, over the ends of rounds.

    items        (image, label) pairs, or mappings with the two `names`; the image (channels,
                 height, width). With one more axis in front, an item is several images, and has
                 as many labels
    image_shape  what an image must have after the transformation
    rng          where random crops and flips begin; it is copied, not drawn from
    """

    def __init__(
        self,
        items: ItemSource,
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        image_shape: Shape,
        batch_size: int,
        names: Sequence[str] = ("data", "label"),
    ) -> None:
        self._items, self._transformer = items, transformer
        self._image_shape, self._batch_size, self._names = image_shape, batch_size, names
        self._rng = copy.deepcopy(rng)
        self._round: Iterator[Any] | None = None  # begun when the first item is wanted
        self._item = self._image = 0  # the next: its number in the round, and within that item
        self._images = self._labels = np.empty(0)  # of that item, where it has been taken

    def shapes(self) -> list[Shape]:
        return [(self._batch_size, *self._image_shape), (self._batch_size,)]

    def read(self) -> list[Array]:
        data_shape, label_shape = self.shapes()
        data = empty(data_shape, self._transformer.dtype)
        labels = empty(label_shape, self._transformer.dtype)
        for start in range(0, self._batch_size, PIECE):
            end = min(start + PIECE, self._batch_size)
            images, of_images = self._take(end - start)
            with overflow_allowed():  # what is too large for the dtype is infinite there
                labels[start:end] = of_images
            self._transformer.transform(images, self._rng, data[start:end])
        return [data, labels]

    @property
    def draws(self) -> np.random.Generator:
        return self._rng

    def skip_batch(self) -> None:
        """Take the items of a batch: only they say how many images each of them is."""
        for start in range(0, self._batch_size, PIECE):
            self._take(min(PIECE, self._batch_size - start))

    def _take(self, count: int) -> tuple[list[Array], list[Array]]:
        """The next images and their labels, over the ends of items."""
        images: list[Array] = []
        labels: list[Array] = []
        while len(images) < count:
            if self._image >= len(self._images):
                self._take_item()
            end = self._image + count - len(images)
            images.extend(self._images[self._image : end])
            labels.extend(self._labels[self._image : end])
            self._image = min(end, len(self._images))
            if self._image == len(self._images):
                self._item, self._image, self._images = self._item + 1, 0, np.empty(0)
        return images, labels

    def get_state(self) -> State:
        return {
            "rng": self._rng.bit_generator.state,
            "item": self._item,
            "image": self._image,
        }

    def set_state(self, state: State) -> None:
        restore_rng(self._rng, state)
        self._item, self._image = whole_number(state, "item"), whole_number(state, "image")
        self._round, self._images = None, np.empty(0)

    def close(self) -> None:
        self._round = None

    def _take_item(self) -> None:
        """The item at the position, or the first one where there are no more."""
        if self._round is None:
            self._round = self._items.begin(self._item)
        for item in self._round:
            self._images, self._labels = self._unpack(item)
            return
        if self._item == 0:
            raise DataError(explain("the iterable is empty", got=f"a {self._items.kind}"))
        self._item = self._image = 0
        self._round = None
        self._take_item()

    # --- items --------------------------------------------------------------------------------

    def _unpack(self, item: Any) -> tuple[Array, Array]:
        """Images (n, channels, height, width) and labels (n,)."""
        if isinstance(item, Mapping) and all(name in item for name in self._names):
            pair = [item[name] for name in self._names]
        elif isinstance(item, (tuple, list)) and len(item) == 2:
            pair = list(item)
        else:
            raise self._refuse(
                "not an image with its label",
                f"(image, label), or a mapping with {' and '.join(map(repr, self._names))}",
                type(item).__name__,
            )
        images, labels = self._numbers(pair[0]), self._numbers(pair[1])
        if images.ndim not in (3, 4) or not images.size:
            raise self._refuse(
                "not an image, nor several",
                "shape (channels, height, width), or another axis in front",
                f"shape {images.shape}",
                "image[None] has an axis for its one channel" if images.ndim == 2 else None,
            )
        images = images.reshape(-1, *images.shape[-3:])
        if labels.size != len(images):
            raise self._refuse("not one label for each image", len(images), labels.shape)
        self._check_shape(images.shape[1:])
        return images.copy(), labels.reshape(len(images))  # the giver may use its memory again

    def _numbers(self, values: Any) -> Array:
        try:
            array = np.asarray(values)
        except ValueError as error:
            raise self._refuse("not an array", "rows of one length", error) from error
        if array.dtype.kind not in _NUMBERS:
            raise self._refuse("not an array of numbers", "integers or floats", array.dtype)
        return array

    def _check_shape(self, given: Shape) -> None:
        try:
            shape = self._transformer.output_shape(given)
        except LayerError as error:
            raise LayerError(f"item {self._item}: {error}") from error
        if shape != self._image_shape:
            channels_last = given[2] == self._image_shape[0] != given[0]
            raise self._refuse(
                "an image of another shape than the layer's",
                f"{self._image_shape}, which are channels, height and width",
                shape if shape == given else f"{shape} after the transformation",
                "put the channels first: image.transpose(2, 0, 1)" if channels_last else None,
            )

    def _refuse(
        self, what: str, expected: object, got: object, fix: str | None = None
    ) -> LayerError:
        return LayerError(
            explain(f"item {self._item}: {what}", expected=expected, got=got, fix=fix)
        )
