"""Clips of videos: frames from folders of images or from video files, as a list names them.

Caffe: video_data_layer.cpp, image_io.cpp of C3D; video_data_layer.cpp, io.cpp of TSN.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.extras import import_package
from blobnet.input_files import check_file, read_file, shown
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.sources.image_list import ImageList
from blobnet.text_files import read_text_file
from blobnet.types import Array

C3D_FRAMES = "%06d.jpg"
"""How C3D's frames are called in the folder of a video."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_PATTERN = re.compile(r"(?:[^%]|%c|%0?[0-9]?[0-9]?d)*")


@dataclass(frozen=True)
class ClipList(ImageList):
    """What a list says; the clip of line i + 1 is at index i.

    labels  (clips,), or (clips, n): 1 for each that a clip has, else 0
    starts  the number beside each path: of the first frame, or how many there are
    """

    starts: Sequence[int]


def read_clip_list(path: Path, *, has_start: bool, num_labels: int = 0) -> ClipList:
    """Lines "path start label", or "path label"; no path has a blank.

    num_labels  where lines end with several labels, "3,5", from 0 on: how many there are

    Raises DataError where the list cannot be read or is empty, and for a line not like that.
    """
    lines = read_text_file(path, DataError, setting="the list of clips").split("\n")
    expected = "a path, {}and {}".format(
        "a whole number, " if has_start else "", "labels: 3,5" if num_labels else "a label"
    )
    paths, starts = [], []
    labels: list[int | list[int]] = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        label = _labels(words[-1], num_labels)
        is_good = len(words) == 2 + has_start and label is not None
        if not is_good or (has_start and not _NUMBER.fullmatch(words[1])):
            raise DataError(
                explain(
                    f"{shown(path)}, line {number}: not a clip",
                    expected=expected,
                    got=f'"{shown(line.strip())}"',
                )
            )
        paths.append(words[0])
        starts.append(int(words[1]) if has_start else 0)
        labels.append(0 if label is None else label)
    if not paths:
        raise DataError(explain(f"{shown(path)}: File is empty", expected=f"lines with {expected}"))
    return ClipList(str(path), paths, np.array(labels), starts)


def _labels(word: str, num_labels: int) -> int | list[int] | None:
    """The label, or 1 and 0 for all labels; None where the word is none."""
    if not num_labels:
        return int(word) if _NUMBER.fullmatch(word) else None
    parts = word.split(",")
    if not all(_NUMBER.fullmatch(part) and 0 <= int(part) < num_labels for part in parts):
        return None
    found = [0] * num_labels
    for part in parts:
        found[int(part)] = 1
    return found


def check_pattern(pattern: str, *, has_letter: bool) -> None:
    """Raise DataError where a pattern of frames' names is none: "flow_%c_%04d.jpg"."""
    fits = _PATTERN.fullmatch(pattern) and len(re.findall(r"%0?[0-9]*d", pattern)) == 1
    if not fits or pattern.count("%c") != has_letter:
        raise DataError(
            explain(
                "name_pattern is none of names of frames",
                expected="one %d, such as %04d" + (", behind one %c" if has_letter else ""),
                got=f'"{shown(pattern)}"',
            )
        )


def read_frames(paths: Sequence[Path], mode: ColorMode, size: tuple[int, int]) -> Array:
    """(frames, channels, height, width), of `size` unless that is 0. Raises DataError."""
    frames: list[Array] = []
    for path in paths:
        frame = _sized(decode_image(read_file(path, DataError, setting="the frame"), mode), size)
        if frames and frame.shape != frames[0].shape:
            raise DataError(
                explain(
                    f"the frame {shown(path)} has another size than the first of its clip",
                    expected=frames[0].shape,
                    got=frame.shape,
                    fix="set new_height and new_width",
                )
            )
        frames.append(frame)
    return np.stack(frames)


class Video:
    """A video file, of which OpenCV gives the frames. Raises DataError, MissingExtraError."""

    def __init__(self, path: Path) -> None:
        cv2: Any = import_package("cv2", "opencv-python-headless", "reading videos")
        check_file(path, DataError, setting="the video")
        self._cv2, self._path = cv2, path
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise DataError(explain(f"Cannot open {shown(path)}", expected="a video"))
        self.frames = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))

    def read(self, numbers: Sequence[int], size: tuple[int, int]) -> Array:
        """The frames with these numbers, from 0: (frames, 3, height, width)."""
        found = []
        for i, number in enumerate(numbers):
            if i == 0 or number != numbers[i - 1] + 1:
                self._capture.set(self._cv2.CAP_PROP_POS_FRAMES, number)
            is_read, frame = self._capture.read()
            if not is_read:
                raise DataError(explain(f"{shown(self._path)}: No data at frame {number}"))
            found.append(_sized(np.ascontiguousarray(frame.transpose(2, 0, 1)), size))
        self._capture.release()
        return np.stack(found)


def _sized(frame: Array, size: tuple[int, int]) -> Array:
    return resize_image(frame, *size) if all(size) else frame
