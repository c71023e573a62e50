"""Clips with a truth for each voxel, as C3D 1.0 stores them: all channels of one in a file.

Five whole numbers of 32 bits, 1, channels, length, height and width, and behind them the values, a
byte each or a float of 32 bits; the last channels are the truth. Caffe: image_io.cpp,
video_with_voxel_truth_data_layer.cpp of C3D.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.sources.batches import empty
from blobnet.sources.image_list import ImageList, ImageListSource
from blobnet.sources.source_batches import SourceBatches
from blobnet.types import Array, DType, Shape

_HEADER = np.dtype("<i4")
_AXES = 5


def read_voxels(path: Path, values: DType) -> Array:
    """(channels, length, height, width), of bytes or floats. Raises DataError."""
    data = read_file(path, DataError, setting="the clip")
    head = _AXES * _HEADER.itemsize
    shape = tuple(np.frombuffer(data[:head], _HEADER).tolist()) if len(data) >= head else ()
    size = head + math.prod(shape) * values.itemsize
    if len(shape) != _AXES or min(shape) < 1 or shape[0] != 1 or size != len(data):
        raise DataError(
            explain(
                f"{shown(path)} is no clip of values of {values.itemsize} bytes",
                expected="1, channels, length, height, width, and as many values",
                got=f"{shape} and {len(data) - head} bytes" if shape else f"{len(data)} bytes",
                fix="use_byte_input says whether values are bytes or floats",
            )
        )
    return np.frombuffer(data, values, offset=head).reshape(shape[1:])


@dataclass(frozen=True)
class VoxelSettings:
    """How clips and their truth become a batch.

    values          the type of what is in the files
    truth_channels  how many channels at the end are the truth
    crop            a square of so many pixels; 0: none
    mirror          whether clips are flipped at random, with their truth
    scale, mean     data is (values - mean) * scale; mean (channels, length, height, width), or one
    truth_scale     times which the truth is, in a crop
    clipped         the least and the largest truth, which become 0 and 1, in a crop; or None
    is_flow         whether a flip turns the truth's first channel round
    is_training     whether the crop is drawn, or taken from the middle
    """

    values: DType
    truth_channels: int
    crop: int
    mirror: bool
    scale: float
    mean: Array | float
    truth_scale: float = 1.0
    clipped: tuple[float, float] | None = None
    is_flow: bool = False
    is_training: bool = True


class _Order(ImageListSource):
    """The files of a list in its order, or in a new one for each round."""

    def path(self) -> Path:
        return self._folder / self._images.paths[self._index()]

    def advance(self) -> None:
        self._advance()


class VoxelBatches(SourceBatches[_Order]):
    """Batches of clips, (N, C, length, H, W), and of the truth for each voxel, with K channels.

    folder     where relative paths begin
    rng        where random crops and flips begin; it is copied, not drawn from
    shuffling  where shuffling begins; None: the list's order
    """

    def __init__(
        self,
        files: ImageList,
        folder: Path,
        settings: VoxelSettings,
        rng: np.random.Generator,
        dtype: DType,
        *,
        batch_size: int,
        shuffling: np.random.Generator | None = None,
    ) -> None:
        super().__init__(_Order(files, folder, "", shuffling), rng, batch_size)
        self._settings, self._dtype = settings, dtype

    def shapes(self) -> list[Shape]:
        parts = self._clip(copy.deepcopy(self._rng))
        return [(self._batch_size, *part.shape) for part in parts]

    def read(self) -> list[Array]:
        batch: list[Array] = []
        for n in range(self._batch_size):
            parts = self._clip(self._rng)
            if not batch:
                batch = [empty((self._batch_size, *part.shape), self._dtype) for part in parts]
            for part, out in zip(parts, batch, strict=True):
                if part.shape != out.shape[1:]:
                    raise DataError(
                        explain(
                            f"{shown(self._source.path())}: the clip has another size than the "
                            "batch's first",
                            expected=out.shape[1:],
                            got=part.shape,
                        )
                    )
                out[n] = part
            self._source.advance()
        return batch

    def _clip(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """The data and the truth of the clip whose turn it is."""
        settings, path = self._settings, self._source.path()
        voxels = read_voxels(path, settings.values)
        channels = len(voxels) - settings.truth_channels
        self._check(path, voxels.shape, channels)
        data = (voxels[:channels] - np.asarray(settings.mean, self._dtype)) * settings.scale
        truth = voxels[channels:].astype(self._dtype)
        if not settings.crop:
            return data, truth
        top, left = self._corner(voxels.shape[2:], rng)
        window = np.s_[:, :, top : top + settings.crop, left : left + settings.crop]
        data, truth = data[window], truth[window]
        if settings.mirror and rng.integers(2):
            data, truth = data[..., ::-1], truth[..., ::-1]
            if settings.is_flow:
                truth = np.concatenate((-truth[:1], truth[1:]))
        return data, self._scaled(truth)

    def _scaled(self, truth: Array) -> Array:
        if self._settings.clipped is None:
            return truth * self._settings.truth_scale
        low, high = self._settings.clipped
        scaled: Array = np.clip((truth - low) / (high - low), 0, 1)
        return scaled

    def _corner(self, size: Shape, rng: np.random.Generator) -> tuple[int, int]:
        room = [length - self._settings.crop for length in size]
        if not self._settings.is_training:
            return room[0] // 2, room[1] // 2
        top, left = (int(rng.integers(count)) for count in room)  # the last is never drawn
        return top, left

    def _check(self, path: Path, shape: Shape, channels: int) -> None:
        settings = self._settings
        problem = ""
        if channels < 1:
            problem = (
                f"it has {shape[0]} channels, of which {settings.truth_channels} are the truth"
            )
        elif settings.crop and min(shape[2:]) <= settings.crop:
            problem = f"it has to be larger than crop_size: {settings.crop}"
        elif isinstance(settings.mean, np.ndarray) and settings.mean.shape != (
            channels,
            *shape[1:],
        ):
            problem = f"the mean file has another shape, {settings.mean.shape}"
        if problem:
            raise DataError(explain(f"{shown(path)}: {problem}", got=f"a clip of shape {shape}"))
