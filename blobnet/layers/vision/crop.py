"""Crop: a part of one blob, as large as another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Crop")
class Crop(Layer):
    """Cuts one bottom to the size of another.

    bottom[0]  x: any shape
    bottom[1]  at least as many axes; only its shape counts
    top[0]     y: x's shape before `axis`, the shape of bottom[1] from there on

    y begins in x at `offset`: 0 unless stated, one number for all axes that are cut, or one each.
    Forks of 2015 (s9xie/hed, Andrew-Qibin/DSS) find it by themselves where their nets state none:
    those nets are right with the type "AutoCrop".

    Proto: CropParameter.  Caffe: crop_layer.cpp.
    """

    formula = (
        "Cuts one bottom to the size of another, on `axis` (2 unless stated) and all axes after it."
    )
    gradient_formula = "dx = dy where x was kept, 0 elsewhere; 0 for bottom[1]."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        axis = bottom[0].canonical_axis(self.layer_param_.crop_param.axis)
        shape, wanted = bottom[0].shape, bottom[1].shape
        if len(wanted) < len(shape):
            raise self.error(
                "bottom[1] has too few axes to give the size",
                expected=f"at least {len(shape)} axes, as bottom[0] of shape {shape} has",
                got=f"shape {wanted}",
            )
        new_shape = (*shape[:axis], *wanted[axis : len(shape)])
        offsets = (0,) * axis + self._offsets(len(shape) - axis)
        for i in range(axis, len(shape)):
            if offsets[i] + new_shape[i] > shape[i]:
                raise self.error(
                    f"the crop for dimension {i} is out-of-bounds with size {new_shape[i]} "
                    f"and offset {offsets[i]}",
                    expected=f"size + offset of at most {shape[i]}, bottom[0]'s dimension {i}",
                    got=f"bottom shapes {shape} and {wanted}",
                )
        self._kept = tuple(
            slice(offset, offset + length)
            for offset, length in zip(offsets, new_shape, strict=True)
        )
        top[0].reshape(new_shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data[self._kept])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                blob.diff[...] = 0
        if propagate_down[0]:
            bottom[0].diff[self._kept] = top[0].diff

    def _offsets(self, dims: int) -> tuple[int, ...]:
        """Where to begin on each of the axes that are cut."""
        offsets = tuple(self.layer_param_.crop_param.offset) or (0,)
        if len(offsets) == 1:
            return offsets * dims
        if len(offsets) != dims:
            raise self.error(
                "number of offset values specified must be equal to the number of dimensions "
                "following axis.",
                expected=f"{dims} values, or 1 for all",
                got=f"{len(offsets)} values",
            )
        return offsets
