"""Division: parts of an image, all of one size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Division")
class Division(Layer):
    """Cuts parts out of images, at places that are stated.

    bottom[0]  x: (N, C, H, W)
    top[i]     y: (N, C, `height`, `width`)   from row `ycoord` and column `xcoord` on, which are
               stated once for each top

    (Where parts overlap, or leave something out, the fork's gradient is not the derivative.)

    Proto: DivisionParameter.  Caffe: division_layer.cpp of ZhiwenShao/JAANet.
    """

    formula = "y_i = x[:, :, ycoord_i : ycoord_i + height, xcoord_i : xcoord_i + width]"
    gradient_formula = "dx = the sum of what all parts that show an x say; 0 where none does."

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.division_param
        for name in ("xcoord", "ycoord"):
            if len(getattr(param, name)) != len(top):
                raise self.error(
                    f"{name} must be stated once for each top",
                    expected=f"{len(top)} times",
                    got=f"{len(getattr(param, name))} times",
                )
        if not (param.width and param.height):
            raise self.error("parts must have a width and a height", fix="state both")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, shape = self.layer_param_.division_param, bottom[0].shape
        if len(shape) != 4:
            raise self.error("not a batch of images", expected="(N, C, H, W)", got=f"shape {shape}")
        for x, y in zip(param.xcoord, param.ycoord, strict=True):
            if y + param.height > shape[2] or x + param.width > shape[3]:
                raise self.error(
                    "a part reaches out of the image",
                    expected=f"rows and columns within {shape[2:]}",
                    got=f"{param.height} x {param.width} from row {y} and column {x} on",
                )
        for blob in top:
            blob.reshape((*shape[:2], param.height, param.width))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for part, blob in zip(self._parts(bottom[0].data), top, strict=True):
            blob.data[...] = part

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)
            for part, blob in zip(self._parts(bottom[0].diff), top, strict=True):
                part += blob.diff

    def _parts(self, x: Array) -> Iterator[Array]:
        param = self.layer_param_.division_param
        for left, top in zip(param.xcoord, param.ycoord, strict=True):
            yield x[:, :, top : top + param.height, left : left + param.width]
