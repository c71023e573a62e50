# ruff: noqa: N801 (prototxts name them so)
"""Clips of videos for LRCN, from folders with an image for each frame.

Donahue et al., CVPR 2015.  Caffe: LRCN_activity_recognition/sequence_input_layer.py of
LisaAnne/lisa-caffe-public.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.layers.utility.python import PythonLayer
from blobnet.loggers import named_logger
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.python_layers._checks import check_count, naming, who, wrong
from blobnet.python_layers._param_str import settings_of, text, whole
from blobnet.sources.image import decode_image
from blobnet.sources.source import whole_number
from blobnet.text_files import read_text_file
from blobnet.types import Array

_log = named_logger("blobnet.layers.python")

_CROP = 227
_SIZE = (240, 320)  # what an image that is smaller is made as large as
_RGB_MEAN = (103.939, 116.779, 128.68)  # of blue, green, red, as in LRCN
_FLOW_MEAN = (128.0, 128.0, 128.0)


class Video(NamedTuple):
    """The files of its frames, from the first to the last, and its label."""

    frames: Sequence[Path]
    label: int


class videoRead(PythonLayer):
    """Clips of so many frames, one of each of so many videos, in the order of their list.

    top[0]  data: (T * V, 3, 227, 227)   blue first, less the mean; the first frame of all videos,
                                         then the second of all ...
    top[1]  label: (T * V,)              of the video
    top[2]  clip_markers: (T * V,)       0 for the first frame of a clip, else 1

    Where a clip begins, is drawn, but never with a video's first frame, as in LRCN. Half of them
    are turned round, and cut out of the image at a drawn place, which images smaller than
    240 x 320 are made large enough for; the others are squeezed into 227 x 227 as a whole. Optical
    flow, in images as well, has its first colour, red, turned into its opposite, too.

    The list has lines of folder/video and label; the frames are frames/video/*.jpg, in the order of
    their names. Both are looked for in the current folder, or where param_str says: list, frames,
    videos (V), length (T, 16). The place in the list is part of snapshots. Without a list a net for
    TRAIN says what is missing; one for TEST gets noise. There is no gradient.
    """

    is_flow: ClassVar[bool] = False
    videos: ClassVar[int] = 3
    listed: ClassVar[str] = "ucf101_split1_testVideos.txt"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, 3)
        frames = "flow_images" if self.is_flow else "frames"
        settings = {"list": self.listed, "frames": frames, **settings_of(self.param_str, who(self))}
        for name in settings.keys() - {"list", "frames", "videos", "length"}:
            expected = "list, frames, videos, length"
            raise wrong(self, "an unknown setting", expected=expected, got=name)
        self._count = whole(settings, "videos", who(self), least=1, default=self.videos)
        self._length = whole(settings, "length", who(self), least=1, default=16)
        path = Path(text(settings, "list", who(self)))
        self._at = 0
        self._list: list[Video] = []
        if path.exists():
            with naming(self):
                self._list = videos_of(path, Path(text(settings, "frames", who(self))))
        self._path = path
        rows = self._length * self._count
        top[0].reshape(rows, 3, _CROP, _CROP)
        top[1].reshape(rows)
        top[2].reshape(rows)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: all batches are equally large."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        data, labels, markers = (
            blob.data.reshape(self._length, self._count, *blob.shape[1:]) for blob in top
        )
        markers[...] = 1
        markers[0] = 0
        if not self._list:
            self._write_noise(data)
            labels[...] = 0
            return
        for place in range(self._count):
            video = self._list[(self._at + place) % len(self._list)]
            labels[:, place] = video.label
            with naming(self):
                for step, frame in enumerate(self._clip(video)):
                    data[step, place] = frame
        self._at = (self._at + self._count) % len(self._list)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        return {"at": self._at}

    def set_state(self, state: Mapping[str, Any]) -> None:
        try:
            at = whole_number(dict(state), "at")
            if at >= max(1, len(self._list)):
                raise ValueError(f"video {at} of {len(self._list)}")
        except (KeyError, TypeError, ValueError) as error:
            expected = "a place in the list of videos"
            raise wrong(self, "a state of another layer", expected=expected, got=error) from error
        self._at = at

    def _clip(self, video: Video) -> list[Array]:
        """The frames of one clip as the net sees them."""
        spare = len(video.frames) - self._length
        if spare < 1:
            expected = f"more than {self._length} frames, as a clip has"
            where = f"a video is too short: {shown(video.frames[0].parent)}"
            raise DataError(explain(where, expected=expected, got=len(video.frames)))
        first = 1 + int(self.rng.random() * spare)
        y, x = (int(self.rng.random() * (size - _CROP)) for size in _SIZE)
        is_turned = bool(self.rng.integers(2))
        files = video.frames[first : first + self._length]
        return [self._frame(file, is_turned, y, x) for file in files]

    def _frame(self, path: Path, is_turned: bool, y: int, x: int) -> Array:
        image = decode_image(read_file(path, DataError), "color")[::-1].transpose(1, 2, 0)
        pixels = image.astype(np.float32) / 255
        if pixels.shape[0] < _SIZE[0] or pixels.shape[1] < _SIZE[1]:
            pixels = resize_floats(pixels, *_SIZE)
        if is_turned:
            pixels = pixels[:, ::-1].copy()
            if self.is_flow:
                pixels[:, :, 0] = 1 - pixels[:, :, 0]
            pixels = pixels[y : y + _CROP, x : x + _CROP]
        if pixels.shape[:2] != (_CROP, _CROP):
            pixels = resize_floats(pixels, _CROP, _CROP)
        mean = np.array(_FLOW_MEAN if self.is_flow else _RGB_MEAN, np.float32)
        found: Array = pixels.transpose(2, 0, 1)[::-1] * 255 - mean[:, None, None]
        return found

    def _write_noise(self, data: Array) -> None:
        if str(self.phase) == "TRAIN":
            raise wrong(
                self,
                f"there is no {shown(self._path)}",
                expected="a list of videos: lines of folder/video and label",
                fix="write it, or name it in param_str: \"'list': 'videos.txt'\"",
            )
        _log.warning('%s layer "%s" gives noise', self.type, self.layer_param.name)
        noise = np.random.default_rng(0).uniform(-100, 100, (3, _CROP, _CROP))
        data[...] = noise


class videoReadTrain_RGB(videoRead):
    """videoRead for training, 24 videos at a time."""

    videos = 24
    listed = "ucf101_split1_trainVideos.txt"


class videoReadTest_RGB(videoRead):
    """videoRead for tests, 3 videos at a time."""


class videoReadTrain_flow(videoReadTrain_RGB):
    """videoRead for training with optical flow, 24 videos at a time."""

    is_flow = True


class videoReadTest_flow(videoRead):
    """videoRead for tests with optical flow, 3 videos at a time."""

    is_flow = True


def videos_of(path: Path, folder: Path) -> list[Video]:
    """The videos that a list names. Raises DataError for a line that is none, and no frames."""
    found = []
    for number, line in enumerate(read_text_file(path, DataError).splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            name, label = words[0].split("/")[-1], int(words[1])
        except (IndexError, ValueError) as error:
            where = f"{shown(path)}, line {number}"
            expected = "folder/video and a label"
            raise DataError(explain(where, expected=expected, got=line[:80])) from error
        frames = sorted((folder / name).glob("*.jpg"))
        if len(frames) < 2:
            expected = "an image .jpg for each frame"
            raise DataError(explain(f"no frames in {shown(folder / name)}", expected=expected))
        found.append(Video(frames, label))
    if not found:
        raise DataError(explain(f"{shown(path)} is empty", expected="a video a line"))
    return found
