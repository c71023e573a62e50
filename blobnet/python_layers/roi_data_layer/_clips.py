"""RoIDataLayer of R-C3D: clips of films with the windows of the actions in them.

Xu et al., ICCV 2017.  Caffe: roi_data_layer/layer.py and minibatch.py of R-C3D
(VisionLearningGroup/R-C3D).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import read_file
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.python_layers._checks import check_count, naming, wrong
from blobnet.python_layers._param_str import settings_of
from blobnet.python_layers.roi_data_layer._in_rounds import InRounds
from blobnet.python_layers.roi_data_layer._order import Order
from blobnet.python_layers.tdcnn.config import cfg, changed
from blobnet.sources.image import decode_image
from blobnet.types import Array

_LONGEST = 2**16  # frames of a clip


class Clip(NamedTuple):
    """A clip and what happens in it.

    parts    (P, 3) or (P, 4) whether the film is the one at `folders[1]`, the first frame, the one
             behind the last, and the step; or the frames themselves, (T, height, width, 3) bytes,
             blue first
    folders  of the films whose frames are image_00001.jpg and so on: bg_name, fg_name
    truth    (G, 3) the first and the last frame in the clip, label
    flipped  whether frames are to be turned round, left to right
    """

    parts: Array
    folders: tuple[str, str]
    truth: Array
    flipped: bool

    def frames(self) -> Iterator[Array]:
        """(height, width, 3) bytes each. Raises DataError where a file is no image."""
        if self.parts.ndim == 4:
            yield from self.parts
            return
        for which, begin, end, *steps in self.parts.astype(int).tolist():
            for index in range(begin, end, steps[0] if steps else 1):
                path = f"{self.folders[int(which != 0)]}/image_{index + 1:05d}.jpg"
                yield decode_image(read_file(path, DataError), "color").transpose(1, 2, 0)


class ClipDataLayer(InRounds):
    """Clips in any order, one at a time.

    top[0]  data: (1, 3, LENGTH, CROP_SIZE, CROP_SIZE)  blue first, less cfg.PIXEL_MEANS
    top[1]  gt_windows: (G, 3)                          the first and the last frame, label

    Frames are scaled to FRAME_SIZE, height and width, and cut to squares of CROP_SIZE, all of a
    clip at one place, which is drawn. A clip of fewer frames than LENGTH ends with its last frame
    again and again. If LENGTH has several numbers, one is drawn.

    `set_roidb(roidb)` gives the clips: dicts with the keys of R-C3D, `frames` (rows as
    preprocess/ writes them, or (T, height, width, 3) bytes), `bg_name`, `fg_name`, `wins`,
    `gt_classes`, `flipped`. Rounds are as in RoIDataLayer; without a roidb a net for TEST gets a
    clip of zeros with one action.

    param_str: num_classes (not read), and the settings of `tdcnn/config.py`.
    """

    _of_what = "clips"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, 2)
        settings = settings_of(self.param_str, "RoIDataLayer")
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), "RoIDataLayer")
        self._clips: list[Clip] = []
        self._order = Order(1, False, self.rng)
        size, crop = self._settings.FRAME_SIZE, self._settings.CROP_SIZE
        got: object = self._settings.VIDEO_BATCH
        if got != 1:
            expected = "VIDEO_BATCH 1"
            raise wrong(self, "one clip at a time", expected=expected, got=got)
        lengths = self._settings.LENGTH
        if not (1 <= crop < min(size) and max(size) < 2**15):
            expected, got = "less than both numbers of FRAME_SIZE", f"{crop} of {size}"
            raise wrong(self, "CROP_SIZE", expected=expected, got=got)
        if not (min(lengths) >= 1 and max(lengths) <= _LONGEST):
            raise wrong(self, "LENGTH", expected=f"from 1 to {_LONGEST} frames", got=lengths)
        top[0].reshape(1, 3, max(lengths), crop, crop)
        top[1].reshape(1, 3)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: each clip brings its length along."""

    def set_roidb(self, roidb: Sequence[Mapping[str, Any]]) -> None:
        """Take clips from this list of dicts from now on. Raises LayerError for what is none."""
        with naming(self):
            self._clips = clips_of(roidb)
        self._order.begin([True] * len(self._clips))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        clip = self._next()
        lengths, crop = self._settings.LENGTH, self._settings.CROP_SIZE
        length = int(lengths[self.rng.integers(len(lengths))])
        top[0].reshape(1, 3, length, crop, crop)
        with naming(self):
            self._write(clip, top[0].data[0])
        top[1].reshape(*clip.truth.shape)
        top[1].data[...] = clip.truth

    def _write(self, clip: Clip, out: Array) -> None:
        """Frames into (3, length, crop, crop), the last one to the end. Raises DataError."""
        (height, width), crop = self._settings.FRAME_SIZE, self._settings.CROP_SIZE
        x, y = (int(self.rng.integers(size - crop)) for size in (width, height))
        at = -1
        for at, pixels in enumerate(clip.frames()):
            if at == out.shape[1]:
                expected = f"at most LENGTH, {out.shape[1]}"
                raise DataError(explain("a clip of too many frames", expected=expected))
            frame = resize_floats(pixels.astype(np.float32), height, width)
            frame -= np.array(cfg.PIXEL_MEANS, np.float32)
            cut = frame[y : y + crop, x : x + crop]
            out[:, at] = (cut[:, ::-1] if clip.flipped else cut).transpose(2, 0, 1)
        if at < 0:
            raise DataError(explain("a clip without frames"))
        out[:, at + 1 :] = out[:, at : at + 1]

    def _next(self) -> Clip:
        if self._clips:
            return self._clips[self._order.next()[0]]
        if str(self.phase) == "TRAIN":
            raise wrong(
                self,
                "there are no clips",
                expected="a roidb: a list of dicts with frames, wins and gt_classes",
                fix=f"net.layers[i].set_roidb(roidb), where net.layers[i] is "
                f'"{self.layer_param.name}"',
            )
        last = min(self._settings.LENGTH) - 1
        return Clip(np.zeros((1, 1, 1, 3), np.uint8), ("", ""), np.array([[0.0, last, 1]]), False)


def clips_of(roidb: Sequence[Mapping[str, Any]]) -> list[Clip]:
    """All of them. Raises DataError, which names the place, for what is none."""
    found = []
    for index, entry in enumerate(roidb):
        try:
            found.append(_clip_of(entry))
        except (KeyError, TypeError, ValueError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else str(error)
            expected = "a dict with frames, wins and gt_classes"
            raise DataError(explain(f"roidb[{index}]", expected=expected, got=what)) from error
    if not found:
        raise DataError(explain("the roidb is empty", expected="one clip or more"))
    return found


def _clip_of(entry: Mapping[str, Any]) -> Clip:
    parts = np.asarray(entry["frames"])
    if not (
        (parts.ndim == 4 and parts.shape[3] == 3) or (parts.ndim == 2 and parts.shape[1] in (3, 4))
    ):
        raise ValueError(f"frames of shape {parts.shape}")
    if parts.ndim == 2 and parts.shape[1] == 4 and (parts[:, 3] < 1).any():
        raise ValueError("a step below 1")
    windows = np.array(entry["wins"], np.float64).reshape(-1, 2)
    labels = np.array(entry["gt_classes"], np.float64).reshape(-1)
    if len(labels) != len(windows) or not np.isfinite(windows).all():
        raise ValueError(f"{len(windows)} windows, {len(labels)} labels")
    folders = str(entry.get("bg_name", "")), str(entry.get("fg_name", ""))
    is_action = labels != 0
    truth = np.concatenate([windows, labels[:, None]], axis=1)[is_action]
    return Clip(parts, folders, truth, bool(entry.get("flipped", False)))
