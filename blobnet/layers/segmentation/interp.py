"""Interp: images in another size, bilinear, corners on corners."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.segmentation.interp import interpolate, interpolate_backward
from blobnet.types import Shape


@register_layer("Interp")
class Interp(Layer):
    """Images in another size: the outermost pixels stay outermost, in between lines are drawn.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  any: (N, C, h, w)  optional: y has its height and width
    top[0]     y: (N, C, h, w)

    Before, -`pad_beg` rows and columns are cut off at the beginning and -`pad_end` at the end; both
    are at most 0. The size is decided by what is stated, the first that fits: `shrink_factor` alone
    gives (size - 1) / shrink_factor + 1, `zoom_factor` alone (size - 1) * zoom_factor + 1; `height`
    and `width`; both factors, shrinking first. With two bottoms, or `use_blob_size`, all of that is
    left aside.

    Proto: InterpParameter.  Caffe: interp_layer.cpp and interp.cpp of PSPNet.
    """

    formula = "Each y is mixed from the four x around i * (H - 1) / (h - 1), j * (W - 1) / (w - 1)."
    gradient_formula = "Each dy goes to the four x that y was mixed from, by their shares."

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    can_be_recorded = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.interp_param
        for name in ("pad_beg", "pad_end"):
            if getattr(param, name) > 0:
                raise self.error(
                    "Only supports non-pos padding (cropping) for now",
                    got=f"{name}: {getattr(param, name)}",
                )
        for name in ("zoom_factor", "shrink_factor"):
            if getattr(param, name) < 1:
                raise self.error(f"{name} must be positive", got=getattr(param, name))
        if param.use_blob_size and len(bottom) < 2:
            raise self.error(
                "use_blob_size takes the size of a second bottom", got=f"{len(bottom)} bottom"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.interp_param
        for blob in bottom:
            if blob.num_axes != 4:
                raise self.error(
                    "Input must have 4 axes, corresponding to (num, channels, height, width)",
                    got=f"shape {blob.shape}",
                )
        shape = bottom[0].shape
        begin, end = -param.pad_beg, param.pad_end
        self._rows, self._columns = (slice(begin, size + end) for size in shape[2:])
        cut = tuple(size + param.pad_beg + param.pad_end for size in shape[2:])
        size = bottom[1].shape[2:] if len(bottom) == 2 else self._size(cut)
        if min(*cut, *size) < 1:
            raise self.error(
                "height and width should be positive",
                got=f"{size[0]} x {size[1]} from {cut[0]} x {cut[1]} (bottom shape {shape})",
            )
        top[0].reshape((*shape[:2], *size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        interpolate(bottom[0].data, self._rows, self._columns, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            interpolate_backward(top[0].diff, self._rows, self._columns, out=bottom[0].diff)
        if len(bottom) == 2 and propagate_down[1]:
            bottom[1].diff.fill(0)

    def _size(self, cut: Shape) -> Shape:
        param = self.layer_param_.interp_param
        shrinks, zooms = param.HasField("shrink_factor"), param.HasField("zoom_factor")
        if not shrinks ^ zooms and param.HasField("height") and param.HasField("width"):
            return (param.height, param.width)
        if not (shrinks or zooms):
            raise self.error(
                "no size is stated",
                fix="write height and width, or zoom_factor or shrink_factor; or add a second "
                "bottom of that size",
            )
        return tuple((size - 1) // param.shrink_factor * param.zoom_factor + 1 for size in cut)
