"""Window files with the pose or the keypoints of what is in a window. For Viewpoints' layers.

They are those of `window_file.py`, with more numbers at the ends of a window's line:

    poses       e1 e1m e2 e2m e3 e3m, then the same of the coarse angles: classes of three angles,
                each followed by what it is in the mirror
    keypoints   n first last, then n times: a keypoint, what it is in the mirror, its value.
                `first` to `last` are those of the object's class; how many there are at all is the
                fourth number behind an image's path

Caffe: window_pose_data_layer.cpp, window_multiclass_keypoint_data_layer.cpp of
shubhtuls/ViewpointsAndKeypoints.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np

from blobnet.errors import DataError
from blobnet.limits import check_bytes
from blobnet.sources.window_file import WindowFile, WindowParser, WindowRow
from blobnet.types import Array, Shape

_WORDS = 6  # of any window: class, overlap and corners
_ANGLES = 6
_INT32 = np.iinfo(np.int32)


def read_pose_file(
    path: Path, fg_threshold: float, bg_threshold: float
) -> tuple[WindowFile, PoseTargets]:
    """Raises DataError where the file cannot be read or is not as above."""
    parser = _PoseParser(path, fg_threshold, bg_threshold)
    return parser.parse(), PoseTargets(parser.poses)


def read_keypoint_file(
    path: Path, fg_threshold: float, bg_threshold: float
) -> tuple[WindowFile, KeypointTargets]:
    """Raises DataError where the file cannot be read or is not as above."""
    parser = _KeypointParser(path, fg_threshold, bg_threshold)
    return parser.parse(), KeypointTargets(parser.total, parser.keypoints)


class PoseTargets:
    """The class, and classes of six angles; all of them (1, 1, 1).

    poses  by the number of a window's line: (6, 2), as they are and in the mirror
    """

    shapes: ClassVar[list[Shape]] = [(1, 1, 1)] * (1 + _ANGLES)

    def __init__(self, poses: dict[int, Array]) -> None:
        self._poses = poses

    def write(self, window: WindowRow, flip: bool, out: list[Array], item: int) -> None:
        out[0][item] = window.label
        for angles, angle in zip(out[1:], self._poses[window.line][:, int(flip)], strict=True):
            angles[item] = angle


class Keypoints(NamedTuple):
    """Those of a window: numbers, the numbers in the mirror, values; and the class's range."""

    number: Array
    mirrored: Array
    value: Array
    first: int
    last: int


class KeypointTargets:
    """A value for each keypoint, and 1 for those of the window's class: both (total, 1, 1)."""

    def __init__(self, total: int, keypoints: dict[int, Keypoints]) -> None:
        self.shapes: list[Shape] = [(total, 1, 1)] * 2
        self._keypoints = keypoints

    def write(self, window: WindowRow, flip: bool, out: list[Array], item: int) -> None:
        its = self._keypoints[window.line]
        values, counts = (array[item].reshape(-1) for array in out)
        for number, value in zip(its.mirrored if flip else its.number, its.value, strict=True):
            values[number] = value  # of one that is named twice the last counts
        counts[its.first : its.last + 1] = 1


class _PoseParser(WindowParser):
    window = "class overlap x1 y1 x2 y2 e1 e1m e2 e2m e3 e3m e1c e1cm e2c e2cm e3c e3cm"

    def __init__(self, path: Path, fg_threshold: float, bg_threshold: float) -> None:
        super().__init__(path, fg_threshold, bg_threshold)
        self.poses: dict[int, Array] = {}

    def take_ends(self, lines: list[str], first: int) -> list[str]:
        starts = []
        for number, line in enumerate(lines, first):
            words = line.split()
            angles = _numbers(words[_WORDS:])
            if angles is None or len(angles) != 2 * _ANGLES or (angles % 1).any():
                self.refuse_line(number, line)
            self.poses[number] = angles.astype(np.int32).reshape(_ANGLES, 2)
            starts.append(" ".join(words[:_WORDS]))
        return starts


class _KeypointParser(WindowParser):
    header = (*WindowParser.header, "the number of all keypoints")
    window = "class overlap x1 y1 x2 y2 n first last, n times: keypoint, mirrored, value"

    def __init__(self, path: Path, fg_threshold: float, bg_threshold: float) -> None:
        super().__init__(path, fg_threshold, bg_threshold)
        self.total = 0
        self.keypoints: dict[int, Keypoints] = {}

    def begin_image(self, header: list[int]) -> None:
        if not self.total:
            self.total = header[-1]
        if header[-1] != self.total or not 0 < self.total <= _INT32.max:
            self.refuse(f"{self.total or 'some'} keypoints in all, for each image", f"{header[-1]}")
        check_bytes(8 * self.total, f"{self.name}: the number of all keypoints", DataError)

    def take_ends(self, lines: list[str], first: int) -> list[str]:
        starts = []
        for number, line in enumerate(lines, first):
            words = line.split()
            found = self._keypoints(_numbers(words[_WORDS:]))
            if found is None:
                self.refuse_line(number, line)
            self.keypoints[number] = found
            starts.append(" ".join(words[:_WORDS]))
        return starts

    def _keypoints(self, numbers: Array | None) -> Keypoints | None:
        """None where they are none of a window."""
        if numbers is None or len(numbers) < 3 or len(numbers) != 3 + 3 * numbers[0]:
            return None
        first, last = numbers[1:3]
        names, values = numbers[3:].reshape(-1, 3)[:, :2], numbers[5::3]
        whole = np.concatenate([names.ravel(), [first, last]])
        inside = (names >= 0).all() and (names < self.total).all()
        if (whole % 1).any() or not inside or not 0 <= first <= last < self.total:
            return None
        number, mirrored = names.astype(np.int32).T
        return Keypoints(number, mirrored, values.astype(np.float32), int(first), int(last))


def _numbers(words: list[str]) -> Array | None:
    """Finite numbers; None where a word is none."""
    if not all(map(str.isascii, words)):
        return None
    try:
        numbers = np.array([float(word) for word in words])
    except ValueError:
        return None
    return numbers if (np.abs(numbers) <= _INT32.max).all() else None
