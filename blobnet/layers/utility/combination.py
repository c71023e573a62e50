"""Combination: images laid out side by side, as Division cuts them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Combination")
class Combination(Layer):
    """Puts images into a larger one, at places that are stated.

    bottom[i]  x: (N, C, h, w)   from row `ycoord` and column `xcoord` of y on, which are stated
               once for each bottom
    top[0]     y: (N, C, H, W)   it ends where the last bottom does; 0 where there is none

    Of bottoms that overlap the later one is seen, and every one gets its gradient, as in the fork.

    Proto: CombinationParameter.  Caffe: combination_layer.cpp of ZhiwenShao/JAANet.
    """

    formula = "y[:, :, ycoord_i : ycoord_i + h, xcoord_i : xcoord_i + w] = x_i"
    gradient_formula = "dx_i = dy[:, :, ycoord_i : ycoord_i + h, xcoord_i : xcoord_i + w]"

    min_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.combination_param
        for name in ("xcoord", "ycoord"):
            if len(getattr(param, name)) != len(bottom):
                raise self.error(
                    f"{name} must be stated once for each bottom",
                    expected=f"{len(bottom)} times",
                    got=f"{len(getattr(param, name))} times",
                )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, shapes = self.layer_param_.combination_param, [blob.shape for blob in bottom]
        if any(len(shape) != 4 or shape[:2] != shapes[0][:2] for shape in shapes):
            raise self.error(
                "the bottoms must be batches of as many images and channels",
                expected="shapes (N, C, h, w)",
                got=", ".join(map(str, shapes)),
            )
        height, width = param.ycoord[-1] + shapes[-1][2], param.xcoord[-1] + shapes[-1][3]
        for x, y, shape in zip(param.xcoord, param.ycoord, shapes, strict=True):
            if y + shape[2] > height or x + shape[3] > width:
                raise self.error(
                    "an image reaches out of the whole, which ends where the last bottom does",
                    expected=f"rows and columns within {(height, width)}",
                    got=f"{shape[2]} x {shape[3]} from row {y} and column {x} on",
                )
        top[0].reshape((*shapes[0][:2], height, width))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data.fill(0)
        for part, blob in zip(self._parts(top[0].data, bottom), bottom, strict=True):
            part[...] = blob.data

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        parts = self._parts(top[0].diff, bottom)
        for part, blob, wanted in zip(parts, bottom, propagate_down, strict=True):
            if wanted:
                blob.diff[...] = part

    def _parts(self, y: Array, bottom: Blobs) -> Iterator[Array]:
        param = self.layer_param_.combination_param
        for left, top, blob in zip(param.xcoord, param.ycoord, bottom, strict=True):
            height, width = blob.shape[2:]
            yield y[:, :, top : top + height, left : left + width]
