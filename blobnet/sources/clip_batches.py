"""Batches of clips: which frames, read and transformed."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.sources.batches import empty
from blobnet.sources.clips import C3D_FRAMES, ClipList, Video, read_frames
from blobnet.sources.image import ColorMode
from blobnet.sources.image_list import ImageListSource
from blobnet.sources.source_batches import SourceBatches
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape


class _Order(ImageListSource):
    """The clips of a list in its order, or in a new one for each round."""

    def index(self) -> int:
        return self._index()

    def advance(self) -> None:
        self._advance()


class Frames(Protocol):
    """Which frames a clip has."""

    def read(self, path: Path, number: int, rng: np.random.Generator, /) -> Array:
        """The clip, (channels, length, height, width), or an image (channels, height, width).

        number  what stands beside its path in the list
        """


class ClipBatches(SourceBatches[_Order]):
    """Batches of clips. A crop and a flip are the same for all frames of a clip.

    folder      where relative paths begin; `root` is put in front of every path of the list
    shuffling   where shuffling begins; None: the list's order
    rng         where random frames, crops and flips begin; it is copied, not drawn from
    mean        (channels, length, height, width), subtracted before the crop; None: none
    label_axes  axes of 1 behind those of the labels
    """

    def __init__(
        self,
        clips: ClipList,
        frames: Frames,
        folder: Path,
        root: str,
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        shuffling: np.random.Generator | None = None,
        mean: Array | None = None,
        label_axes: int = 0,
        with_label: bool = True,
    ) -> None:
        super().__init__(_Order(clips, folder, root, shuffling), rng, batch_size)
        self._clips, self._folder, self._root = clips, folder, root
        self._transformer, self._mean, self._label_axes = transformer, mean, label_axes
        self._with_label, self._frames = with_label, frames

    def shapes(self) -> list[Shape]:
        clip = self._clip(self._source.index(), copy.deepcopy(self._rng))
        shape = self._output_shape(clip)
        label = (*self._clips.labels.shape[1:], *(1,) * self._label_axes)
        return [(self._batch_size, *shape), (self._batch_size, *label)][: 1 + self._with_label]

    def read(self) -> list[Array]:
        batch: list[Array] = []
        for n in range(self._batch_size):
            index = self._source.index()
            clip = self._clip(index, self._rng)
            shape = self._output_shape(clip)
            if not batch:
                label = (*self._clips.labels.shape[1:], *(1,) * self._label_axes)
                dtype = self._transformer.dtype
                batch = [empty((self._batch_size, *each), dtype) for each in (shape, label)]
            if batch[0].shape[1:] != shape:
                raise DataError(
                    explain(
                        self._named(index, "the clip has another size than the batch's first"),
                        expected=batch[0].shape[1:],
                        got=shape,
                        fix="set new_height and new_width",
                    )
                )
            if self._mean is not None:
                clip = clip - self._mean
            flat = clip.reshape(-1, *clip.shape[-2:])
            out = batch[0][n : n + 1].reshape(1, len(flat), *shape[-2:])
            self._transformer.transform([flat], self._rng, out)
            batch[1][n] = self._clips.labels[index].reshape(batch[1].shape[1:])
            self._source.advance()
        return batch[: 1 + self._with_label]

    def _clip(self, index: int, rng: np.random.Generator) -> Array:
        path = self._folder / (self._root + self._clips.paths[index])
        try:
            return self._frames.read(path, self._clips.starts[index], rng)
        except DataError as error:
            raise DataError(self._named(index, str(error))) from error

    def _output_shape(self, clip: Array) -> Shape:
        if self._mean is not None and self._mean.shape != clip.shape:
            raise LayerError(
                explain(
                    "the mean file does not fit the clips",
                    expected=f"a mean of shape {clip.shape}, as clips have before the crop",
                    got=f"shape {self._mean.shape}",
                )
            )
        flat = clip.reshape(-1, *clip.shape[-2:])
        _, *size = self._transformer.output_shape(flat.shape)
        return (*clip.shape[:-2], *size)

    def _named(self, index: int, what: str) -> str:
        return f"{self._clips.name}, line {index + 1}: {what}"


@dataclass(frozen=True)
class VolumeFrames:
    """C3D's: a run of frames, (3, length, height, width).

    The number beside a path is the first frame; with `jitter` it is how many frames there are, and
    the first is drawn: of videos always, of images in training. `rate` is how many frames on the
    next one is: so many, or with `draws_rate` at most so many.
    """

    length: int
    size: tuple[int, int]
    are_images: bool
    jitter: bool
    rate: int
    draws_rate: bool
    is_training: bool

    def read(self, path: Path, start: int, rng: np.random.Generator) -> Array:
        rate = int(rng.integers(self.rate)) + 1 if self.draws_rate else self.rate
        reach = self.length * rate
        if self.are_images:
            if self.jitter:
                start = _drawn(start, reach, rng) + 1 if self.is_training else 0
            numbers = range(start, start + reach, rate)
            paths = [path / (C3D_FRAMES % number) for number in numbers]
            found = read_frames(paths, "color", self.size)
        else:
            video = Video(path)
            if self.jitter:
                start = _drawn(video.frames, reach, rng)
            if not 0 <= start <= video.frames - reach:
                raise _too_few(video.frames, start + reach)
            found = video.read(range(start, start + reach, rate), self.size)
        return np.ascontiguousarray(found.transpose(1, 0, 2, 3))


@dataclass(frozen=True)
class SegmentFrames:
    """TSN's: some frames from each of several parts of a video, as the channels of one image.

    The number beside a path is how many frames there are. Of a part, the first frame is drawn in
    training, and else from the middle; of parts that are too short it is the video's first, or
    `first_of_short`, counted from 1.
    """

    segments: int
    length: int
    size: tuple[int, int]
    pattern: str
    is_flow: bool
    is_gray: bool
    is_training: bool
    first_of_short: int = 1

    @property
    def channels(self) -> int:
        """How many an image of all frames has."""
        of_frame = 2 if self.is_flow else 1 if self.is_gray else 3
        return self.segments * self.length * of_frame

    def read(self, path: Path, frames: int, rng: np.random.Generator) -> Array:
        part = frames // self.segments
        room = part - self.length + 1
        numbers: list[int] = []
        for segment in range(self.segments):
            offset = int(rng.integers(room)) if self.is_training and room > 0 else room // 2
            first = 1 + offset + segment * part if room > 0 else self.first_of_short
            numbers += range(first, first + self.length)
        if self.is_flow:
            names = [self.pattern % (axis, number) for number in numbers for axis in "xy"]
        else:
            names = [self.pattern % number for number in numbers]
        mode: ColorMode = "gray" if self.is_flow or self.is_gray else "color"
        found = read_frames([path / name for name in names], mode, self.size)
        image: Array = found.reshape(-1, *found.shape[2:])
        return image


def _drawn(frames: int, reach: int, rng: np.random.Generator) -> int:
    if frames < reach:
        raise _too_few(frames, reach)
    return int(rng.integers(frames - reach + 1))


def _too_few(frames: int, needed: int) -> DataError:
    return DataError(
        explain("not enough frames", expected=f"at least {needed}", got=f"having {frames}")
    )
