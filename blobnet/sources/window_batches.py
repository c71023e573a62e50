"""Batches of windows, drawn at random from background and foreground. For WindowData.

Caffe: window_data_layer.cpp.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import absolute, read_file, shown
from blobnet.sources.batches import empty
from blobnet.sources.image import decode_image
from blobnet.sources.source import State, restore_rng
from blobnet.sources.window_file import WindowFile, WindowRow
from blobnet.sources.window_transformer import WindowTransformer
from blobnet.types import Array, Shape


class ImageList(Protocol):
    """What names images: a file, with its own name."""

    @property
    def name(self) -> str:
        """How messages call it."""

    @property
    def paths(self) -> list[str]:
        """Those of the images."""


class WindowImages:
    """The image files of a window file, from disk or, where asked for, from memory."""

    def __init__(self, windows: ImageList, root: str = "", *, in_memory: bool = False) -> None:
        self._name = windows.name
        self._paths = [absolute(root + path, DataError) for path in windows.paths]
        self._files: list[bytes] | None = None
        if in_memory:
            self._files = [self._read(path) for path in self._paths]

    def decode(self, index: int) -> Array:
        """(3, height, width), uint8. Raises DataError."""
        path = self._paths[index]
        data = self._files[index] if self._files is not None else self._read(path)
        try:
            return decode_image(data, "color")
        except DataError as error:
            raise DataError(f"{self._name}, image # {index}, {shown(path)}: {error}") from error

    def _read(self, path: Path) -> bytes:
        try:
            return read_file(
                path,
                DataError,
                fix="the path is root_folder and the path in the window file, put together as "
                "they stand; relative ones are taken from the folder where the net was made",
            )
        except DataError as error:
            raise DataError(f"{self._name}: Could not open or find file {error}") from error


class WindowTargets(Protocol):
    """What besides its pixels a window is in a batch."""

    @property
    def shapes(self) -> list[Shape]:
        """Of one window: of each top behind the first."""

    def write(self, window: WindowRow, flip: bool, out: list[Array], item: int) -> None:
        """Fill an item of arrays of those shapes, which are 0."""


class WindowLabels:
    """The class, for WindowData."""

    shapes: ClassVar[list[Shape]] = [()]

    def write(self, window: WindowRow, flip: bool, out: list[Array], item: int) -> None:
        out[0][item] = window.label


class WindowBatches:
    """Batches of `batch_size` windows; `num_foreground` of them come last and are foreground.

    Of each there are the pixels, and what `targets` says: their class, by itself. `rng` is where
    drawing begins; it is copied, not drawn from. Raises DataError where a kind of windows is wanted
    that the file has none of.
    """

    def __init__(
        self,
        windows: WindowFile,
        images: WindowImages,
        transformer: WindowTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        num_foreground: int,
        targets: WindowTargets | None = None,
    ) -> None:
        self._windows, self._images, self._transformer = windows, images, transformer
        self._sizes = batch_size - num_foreground, num_foreground
        self._targets = targets if targets is not None else WindowLabels()
        self._rng = copy.deepcopy(rng)
        self._check(windows)

    def shapes(self) -> list[Shape]:
        items = (self._transformer.shape, *self._targets.shapes)
        return [(sum(self._sizes), *shape) for shape in items]

    @property
    def draws(self) -> np.random.Generator:
        return self._rng

    def skip_batch(self) -> None:
        """Nothing: which windows come is drawn for each batch by itself."""

    def read(self) -> list[Array]:
        data, *targets = (empty(shape, self._transformer.dtype) for shape in self.shapes())
        for target in targets:
            target[...] = 0
        for i, (window, flip) in enumerate(self._draw()):
            image = self._images.decode(window.image)
            try:
                self._transformer.write(image, window, flip, data[i])
            except DataError as error:
                raise DataError(f"{self._windows.name}, line {window.line}: {error}") from error
            self._targets.write(window, flip, targets, i)
        return [data, *targets]

    def get_state(self) -> State:
        return {"rng": self._rng.bit_generator.state}

    def set_state(self, state: State) -> None:
        restore_rng(self._rng, state)

    def close(self) -> None:
        """Nothing: no file stays open."""

    def _draw(self) -> list[tuple[WindowRow, bool]]:
        """The windows of a batch, and whether to flip them."""
        drawn = []
        kinds = (self._windows.background, self._windows.foreground)
        for size, windows in zip(self._sizes, kinds, strict=True):
            choices = [max(len(windows), 1), 1 + self._transformer.mirror]
            for index, flip in self._rng.integers(choices, size=(size, 2)).tolist():
                drawn.append((WindowRow(*windows[index].tolist()), bool(flip)))
        return drawn

    def _check(self, windows: WindowFile) -> None:
        kinds = ("background", "foreground")
        for kind, size in zip(kinds, self._sizes, strict=True):
            if size and not len(getattr(windows, kind)):
                raise DataError(
                    explain(
                        f"{windows.name}: no {kind} windows",
                        expected=f"{size} of them in each batch",
                        fix="look at fg_threshold, bg_threshold and fg_fraction",
                    )
                )
