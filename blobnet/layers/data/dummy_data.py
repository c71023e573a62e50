"""DummyData: blobs made by fillers, for tests and timings without data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.fillers import MASKS, fill
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.proto import FillerParameter
from blobnet.types import Shape

Value = TypeVar("Value")

LEGACY_FIELDS = ("num", "channels", "height", "width")


@register_layer("DummyData")
class DummyData(Layer):
    """Blobs made by fillers.

    top[i]  as stated by `shape`, or by `num`, `channels`, `height` and `width`: each of them
            once for all tops or once for each; likewise `data_filler`, without which all is 0

    A constant is filled in once, at setup: a layer that works in place on it changes it for
    good. Every other filler draws new values on each forward.

    Proto: DummyDataParameter.  Caffe: dummy_data_layer.cpp.
    """

    formula = "Blobs of stated shapes, made by fillers."
    gradient_formula = "none to compute."

    exact_num_bottom_blobs = 0
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    makes_tops_once = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        fillers = list(self.layer_param_.dummy_data_param.data_filler) or [FillerParameter()]
        self._check_once_or_per_top("data_filler", len(fillers), len(top))
        shapes = self._shapes(len(top))
        self._refilled: list[tuple[int, FillerParameter]] = []
        for index, blob in enumerate(top):
            blob.reshape(_of(shapes, index))
            filler = _of(fillers, index)
            if filler.type == "constant":
                fill(blob.data, filler, self.rng)
            else:
                tried = blob.shape if filler.type in MASKS else (1,) * blob.num_axes
                fill(np.empty(tried), filler, np.random.default_rng())  # may raise
                self._refilled.append((index, filler))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the shapes stand since setup."""

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for index, filler in self._refilled:
            fill(top[index].data, filler, self.rng)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def _shapes(self, num_top: int) -> list[Shape]:
        param = self.layer_param_.dummy_data_param
        legacy = [list(getattr(param, field)) for field in LEGACY_FIELDS]
        if not any(legacy):
            self._check_once_or_per_top("shape", len(param.shape), num_top)
            return [tuple(shape.dim) for shape in param.shape]
        if param.shape:
            raise self.error(
                "Both shape and legacy fields were specified",
                fix="write `shape`, and drop num, channels, height and width",
            )
        for field, values in zip(LEGACY_FIELDS, legacy, strict=True):
            self._check_once_or_per_top(field, len(values), num_top)
        return [tuple(_of(values, index) for values in legacy) for index in range(num_top)]

    def _check_once_or_per_top(self, field: str, stated: int, num_top: int) -> None:
        if stated not in (1, num_top):
            raise self.error(
                f"Must specify '{field}' once, or once per top blob",
                expected=f"1 or {num_top}",
                got=stated,
            )


def _of(values: Sequence[Value], index: int) -> Value:
    """The value of a top: its own, or the one that all share."""
    return values[index if len(values) > 1 else 0]
