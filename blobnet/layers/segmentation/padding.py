"""Padding: zeros around images, or less of them."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Padding")
class Padding(Layer):
    """Images with `pad_beg` rows and columns of zeros in front and `pad_end` behind.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, H + pad_beg + pad_end, W + pad_beg + pad_end)

    Negative numbers cut off instead; one must not pad where the other cuts.

    Proto: PaddingParameter.  Caffe: padding_layer.cpp of DeepLab v1.
    """

    formula = "y[i + pad_beg, j + pad_beg] = x[i, j], 0 around it."
    gradient_formula = "dx[i, j] = dy[i + pad_beg, j + pad_beg], 0 where x is cut off."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.padding_param
        self._pads = (param.pad_beg, param.pad_end)
        if min(self._pads) < 0 < max(self._pads):
            raise self.error("Padding must either be both positive or negative", got=self._pads)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        size = tuple(length + sum(self._pads) for length in shape[2:])
        if len(shape) != 4 or min(size) < 1:
            raise self.error(
                "Padding leaves nothing of the images",
                expected="(N, C, H, W), larger than what is cut off",
                got=f"shape {shape}, pad_beg and pad_end {self._pads}",
            )
        top[0].reshape((*shape[:2], *size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        _copy_middle(bottom[0].data, top[0].data, self._pads)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            before, behind = self._pads
            _copy_middle(top[0].diff, bottom[0].diff, (-before, -behind))


def _copy_middle(source: Array, target: Array, pads: tuple[int, int]) -> None:
    """The source with zeros around it, or what is within it."""
    before, behind = pads
    if before + behind >= 0 and min(pads) >= 0:
        target.fill(0)
        rows, columns = (slice(before, size - behind) for size in target.shape[2:])
        target[:, :, rows, columns] = source
    else:
        rows, columns = (slice(-before, size + behind) for size in source.shape[2:])
        target[...] = source[:, :, rows, columns]
