"""Parts of volumes: one place for all rows of an HDF5 file.

Caffe: hdf5_data_layer.cpp of yulequan/3D-Caffe.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.types import Array, Shape


class VolumeCrops:
    """Cuts the same part out of all volumes (C, length, height, width) of a file.

    size       of the part: length, height, width
    is_random  whether its place is drawn; else it is the middle
    mirror     whether it is turned left to right, half of the time
    """

    def __init__(self, size: tuple[int, int, int], *, is_random: bool, mirror: bool) -> None:
        self._size, self._is_random, self._mirror = size, is_random, mirror
        self._place: Array = np.zeros(3)
        self._is_turned = False

    def draw(self, rng: np.random.Generator) -> None:
        """Choose the place in the next file; as many numbers are drawn whatever it is."""
        *place, turn = rng.random(4)
        self._place = np.array(place) if self._is_random else np.zeros(3)
        self._is_turned = self._mirror and turn < 0.5

    def shape(self, path: Path, shape: Shape) -> Shape:
        """Of a part of a row of this shape. Raises DataError where it does not fit."""
        if len(shape) != 4 or any(a < b for a, b in zip(shape[1:], self._size, strict=True)):
            raise DataError(
                explain(
                    f"{shown(path)}: the part to cut out does not fit a row",
                    expected=f"volumes (channels, length, height, width), at least {self._size}",
                    got=f"shape {shape}",
                )
            )
        return (shape[0], *self._size)

    def cut(self, row: Array, out: Array) -> None:
        """Write the part of a row."""
        room = [whole - part for whole, part in zip(row.shape[1:], self._size, strict=True)]
        if self._is_random:
            begins = [
                int(share * (left + 1)) for share, left in zip(self._place, room, strict=True)
            ]
        else:
            begins = [left // 2 for left in room]
        inside = tuple(
            slice(begin, begin + part) for begin, part in zip(begins, self._size, strict=True)
        )
        part = row[:, inside[0], inside[1], inside[2]]
        out[...] = part[..., ::-1] if self._is_turned else part
