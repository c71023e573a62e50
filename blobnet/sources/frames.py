"""The frames of a video, one after the other, each once.

A folder of images or numbered images are read as they are, and give the same frames everywhere; a
video file or a camera needs OpenCV. Caffe: video_data_layer.cpp of SSD.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blobnet.errors import DataError, explain
from blobnet.extras import import_package
from blobnet.input_files import is_file, is_folder, read_file, shown, status
from blobnet.loggers import named_logger
from blobnet.proto import Datum
from blobnet.sources.source import Record, RecordSource, State, whole_number

_log = named_logger(__name__)

_ENDINGS = frozenset((".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"))
_PATTERN = re.compile(r"(?P<before>(?:[^%]|%%)*)%0?(?P<width>\d{0,2})d(?P<behind>(?:[^%]|%%)*)")
_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)(?P<behind>\D*)")
_LAST_FIRST = 10  # no sequence begins behind this number, as in OpenCV


class FrameSource(RecordSource):
    """Of every `skipped` + 1 frames the last one; at the end DataError.

    A subclass says how to get at frames.
    """

    same_shape_hint = "use frames of one size"

    def __init__(self, name: str, skipped: int = 0) -> None:
        self.name, self._skipped = name, skipped
        self._at = 0

    def read(self) -> Record:
        for _ in range(self._skipped):
            self._pass()
            self._at += 1
        datum = self._frame()
        self._at += 1
        return Record(f"frame {self._at}", datum)

    def skip(self, count: int) -> None:
        for _ in range(count * (self._skipped + 1)):
            self._pass()
            self._at += 1

    def get_state(self) -> State:
        return {"frame": self._at}

    def set_state(self, state: State) -> None:
        self._go_to(whole_number(state, "frame"))
        self._at = state["frame"]

    def _finished(self) -> DataError:
        return DataError(
            explain(
                f"{self.name}: Finished processing video.",
                got=f"{self._at} frames in all",
                fix="run fewer iterations, or use a smaller batch_size",
            )
        )

    @abstractmethod
    def _frame(self) -> Datum:
        """The frame at the position, which the caller moves on."""

    @abstractmethod
    def _pass(self) -> None:
        """Let a frame go by."""

    @abstractmethod
    def _go_to(self, frame: int) -> None:
        """Stand before that frame."""


class ImageFrames(FrameSource):
    """Image files in the order of a list."""

    def __init__(self, name: str, paths: list[Path], skipped: int = 0) -> None:
        super().__init__(name, skipped)
        self._paths = paths

    def _frame(self) -> Datum:
        self._pass()
        return Datum(encoded=True, data=read_file(self._paths[self._at], DataError))

    def _pass(self) -> None:
        if self._at >= len(self._paths):
            raise self._finished()

    def _go_to(self, frame: int) -> None:
        if frame > len(self._paths):
            raise DataError(explain(f"{self.name}: no frame {frame}", got=f"{len(self._paths)}"))

    def close(self) -> None:
        """Nothing: no file stays open."""


class CapturedFrames(FrameSource):
    """What OpenCV's VideoCapture gives for a file's name or a camera's number."""

    def __init__(self, what: str | int, skipped: int = 0) -> None:
        is_camera = isinstance(what, int)
        super().__init__(f"webcam {what}" if is_camera else str(what), skipped)
        purpose = "frames of a camera" if is_camera else "a video file"
        self._cv2: Any = import_package("cv2", "opencv-python-headless", f"reading {purpose}")
        self._what, self._is_camera = what, is_camera
        self._open()

    def _open(self) -> None:
        self._capture: Any = self._cv2.VideoCapture(self._what)
        if not self._capture.isOpened():
            raise DataError(
                explain(
                    f"Failed to open {'' if self._is_camera else 'video: '}{shown(self.name)}",
                    expected="a camera" if self._is_camera else "a video that OpenCV can read",
                )
            )

    def _frame(self) -> Datum:
        found, image = self._capture.read()
        if not found:
            raise self._finished()
        height, width, channels = image.shape
        data = image.transpose(2, 0, 1).tobytes()
        return Datum(channels=channels, height=height, width=width, data=data)

    def _pass(self) -> None:
        if not self._capture.grab():
            raise self._finished()

    def _go_to(self, frame: int) -> None:
        if self._is_camera or frame == self._at:
            return
        self.close()
        self._open()
        for _ in range(frame):
            self._pass()

    def close(self) -> None:
        self._capture.release()


def open_frames(path: Path, skipped: int = 0) -> FrameSource:
    """The frames of a folder's images, in the order of their names; of numbered images, `%04d.png`
    or the first one's name; or of a video file. Raises DataError where there are none."""
    name = str(path)
    if is_folder(path):
        paths = sorted(each for each in path.iterdir() if each.suffix.lower() in _ENDINGS)
    elif path.suffix.lower() in _ENDINGS:
        paths = list(_numbered(path))
    else:
        if not is_file(path):
            raise DataError(explain(f"Failed to open video: {shown(path)}", got="no such file"))
        return CapturedFrames(name, skipped)
    if not paths:
        raise DataError(
            explain(
                f"Failed to open video: {shown(path)}",
                expected="image files: " + ", ".join(sorted(_ENDINGS)),
                got="none of them",
            )
        )
    _log.info("%s: %d images are the frames", name, len(paths))
    return ImageFrames(name, paths, skipped)


def _numbered(path: Path) -> Iterator[Path]:
    """The files of a pattern, from its first number on until one is missing."""
    if match := _PATTERN.fullmatch(path.name):
        before, behind = (match[part].replace("%%", "%") for part in ("before", "behind"))
        width, numbers = int(match["width"] or 0), range(_LAST_FIRST + 1)
    elif match := _NUMBERED.fullmatch(path.name):
        before, behind = match["before"], match["behind"]
        width, numbers = len(match["number"]), range(int(match["number"]), int(match["number"]) + 1)
    else:
        yield from (each for each in [path] if is_file(each))
        return
    for first in numbers:
        number = first
        while status(file := path.with_name(f"{before}{number:0{width}d}{behind}")) is not None:
            yield file
            number += 1
        if number > first:
            return
