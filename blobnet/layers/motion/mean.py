"""Mean: adds a mean image, or subtracts it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images
from blobnet.proto import MeanParameter
from blobnet.serialization.blob_file import read_blob
from blobnet.types import Array


@register_layer("Mean")
class Mean(Layer):
    """Adds a mean to images, or subtracts it.

    bottom[i]  x: (N, C, H, W)
    top[i]     y: (N, C, H, W)  a top for each bottom

    The mean is an image in `file` (a .binaryproto), as large as the bottoms, or a number for each
    channel in `value`; with fewer channels than the bottoms have it is repeated. `operation` is
    ADD unless it is stated. FlowNet2 has no gradient: here it is the true one.

    Proto: MeanParameter.  Caffe: mean_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y = output_scale * (input_scale * x + or - mean_scale * mean)"
    gradient_formula = "dx = output_scale * input_scale * dy"

    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.mean_param
        if param.HasField("file"):
            blob = read_blob(Path(param.file), "file of mean_param", self.dtype)
            if blob.num_axes < 3 or blob.count != blob.count(-3):
                raise self.error(
                    "the mean is no image",
                    expected="(1, channels, height, width)",
                    got=f"shape {blob.shape}",
                )
            mean = blob.data.reshape(blob.shape[-3:])
        else:
            mean = np.array(param.value, self.dtype)[:, None, None]
        if not mean.size:
            raise self.error("there is no mean", fix="mean_param { value: ... }, or a `file`")
        sign = -1 if param.operation == MeanParameter.SUBTRACT else 1
        self._shift: Array = mean * (sign * param.mean_scale)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom)
        channels, *size = self._shift.shape
        is_image = self.layer_param_.mean_param.HasField("file")
        for i, (blob, result) in enumerate(zip(bottom, top, strict=True)):
            if is_image and blob.shape[2:] != (*size,):
                raise self.error(
                    "mean size does not match bottom size",
                    expected=f"{size[0]} x {size[1]}",
                    got=f"bottom[{i}] of shape {blob.shape}",
                )
            if blob.shape[1] % channels:
                raise self.error(
                    "bottom size not divisible by mean size",
                    expected=f"a multiple of {channels} channels",
                    got=f"bottom[{i}] of shape {blob.shape}",
                )
            result.reshape_like(blob)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mean_param
        for x, y in zip(bottom, top, strict=True):
            np.multiply(x.data, param.input_scale, out=y.data)
            repeats = y.shape[1] // len(self._shift)
            y.data[...] += np.tile(self._shift, (repeats, 1, 1))
            y.data[...] *= param.output_scale

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        param = self.layer_param_.mean_param
        for x, y, wanted in zip(bottom, top, propagate_down, strict=True):
            if wanted:
                np.multiply(y.diff, param.output_scale * param.input_scale, out=x.diff)
