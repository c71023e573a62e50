"""What ImageGtData, DetectionData and EvalData share: a list of images, and what tops they make."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, refuse_settings
from blobnet.sources.mean_values import check_finite, read_mean
from blobnet.sources.objects.anchor_maps import Map
from blobnet.sources.objects.object_batches import ObjectBatches, Order, Output, Recipe
from blobnet.sources.objects.object_file import ObjectFile, read_object_file
from blobnet.sources.window_batches import WindowImages
from blobnet.types import Array

_CHANNELS = 3
_UNREAD = ("crop_size", "mean_file")


class ObjectData(BatchLayer):
    """Batches of images, of what their anchors are, and of the boxes in them."""

    backward_reads_bottom = False
    backward_reads_top = False

    def read_file(self, param: Any, numbers: int) -> ObjectFile:
        """The list of images that a setting names, of objects with so many numbers."""
        if param.batch_size < 1:
            raise self.error("batch_size must be at least 1", got=param.batch_size)
        if not param.source:
            raise self.error("no window file is named", fix='source: "..." in the settings')
        with self._naming_errors():
            refuse_settings(
                self.layer_param_.transform_param,
                (*BEFORE_THE_CROP, *_UNREAD),
                f"{self.type} cuts and resizes by itself, and subtracts mean_value alone",
            )
            return read_object_file(Path(param.source), numbers)

    def read_mean(self) -> Array | None:
        """(3, 1, 1)."""
        transform: TransformationParameter = self.layer_param_.transform_param
        with self._naming_errors():
            mean = read_mean(transform, self.dtype)[1]
        if mean is not None and len(mean) not in (1, _CHANNELS):
            raise self.error(
                "Specify either 1 mean_value or as many as channels",
                expected=f"1 or {_CHANNELS}",
                got=len(mean),
            )
        return mean

    def maps(self, widths: Any, heights: Any, strides: Any, top: Blobs, others: int) -> list[Map]:
        """The anchors of each top of labels; so many `others` stand around these."""
        sides = list(widths), list(heights), list(strides)
        if {len(values) for values in sides} != {len(top) - others}:
            raise self.error(
                "a top for each map of anchors, and a field_w, a field_h and a stride for each",
                expected=f"{len(top) - others} of each",
                got=", ".join(str(len(values)) for values in sides),
            )
        if any(value < 1 for values in sides for value in values):
            raise self.error("anchors and strides must be > 0", got=f"{sides}")
        return [Map(*values) for values in zip(*sides, strict=True)]

    def start(
        self,
        file: ObjectFile,
        recipe: Recipe,
        output: Output,
        order: Order,
        param: Any,
        top: Blobs,
        *,
        in_memory: bool = False,
    ) -> None:
        """Begin to read batches; the first one gives the tops their shapes."""
        with self._naming_errors():
            check_finite("scale", output.scale)
            images = WindowImages(file, param.root_folder, in_memory=in_memory)
        make_reader = partial(
            ObjectBatches,
            file,
            images,
            recipe,
            output,
            order,
            np.random.default_rng(self.rng.integers(2**63)),
            batch_size=param.batch_size,
            dtype=self.dtype,
        )
        self.start_reading(make_reader, top, prefetch=self.layer_param_.data_param.prefetch)
