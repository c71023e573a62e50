"""Accum: images of several sizes enlarged to one, channel behind channel."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images, check_not_empty
from blobnet.ops.motion.taps import corner_taps, resize
from blobnet.types import Shape


@register_layer("Accum")
class Accum(Layer):
    """Resizes all bottoms to one size and puts their channels behind each other.

    bottom[i]  x_i: (N, C_i, H_i, W_i)
    top[0]     y: (N, sum of C_i, H, W)

    Bilinear; the outermost pixels are mapped onto each other. The size is that of the last bottom
    with `have_reference`, which then has no channels in the top; else the largest height and width
    of any bottom, rounded up to multiples of `size_divisible_by` where that is set, or `top_height`
    by `top_width` where both are larger.

    Proto: AccumParameter.  Caffe: accum_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y = the bottoms, resized, one behind the other along the channels"
    gradient_formula = "dx_i = dy of its channels, given to the pixels that were looked at."

    min_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        num = check_images(self, bottom)[0]
        check_not_empty(self, bottom)
        has_reference = self.layer_param_.accum_param.have_reference
        if has_reference and len(bottom) < 2:
            raise self.error("Need at least two bottom blobs (one as reference)", got=1)
        sources = bottom[:-1] if has_reference else bottom
        for i, blob in enumerate(sources):
            if blob.shape[0] != num:
                raise self.error(
                    "All accumulated layers must have same number of images (num_)",
                    expected=num,
                    got=f"{blob.shape[0]} in bottom[{i}]",
                )
        size = bottom[-1].shape[2:] if has_reference else self._size(bottom)
        self._taps = [
            [corner_taps(*lengths) for lengths in zip(blob.shape[2:], size, strict=True)]
            for blob in sources
        ]
        ends = [0, *itertools.accumulate(blob.shape[1] for blob in sources)]
        self._channels = [slice(*pair) for pair in itertools.pairwise(ends)]
        top[0].reshape((num, ends[-1], *size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for blob, channels, taps in zip(bottom, self._channels, self._taps, strict=False):
            resize(blob.data, taps, top[0].data[:, channels])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for i, (blob, wanted) in enumerate(zip(bottom, propagate_down, strict=True)):
            if wanted and i == len(self._taps):
                blob.diff[...] = 0  # the reference: it only has a size
            elif wanted:
                lengths = zip(self._taps[i], blob.shape[2:], strict=True)
                back = [taps.transposed(length) for taps, length in lengths]
                resize(top[0].diff[:, self._channels[i]], back, blob.diff)

    def _size(self, bottom: Blobs) -> Shape:
        largest = tuple(max(blob.shape[axis] for blob in bottom) for axis in (2, 3))
        param = self.layer_param_.accum_param
        wanted: Shape = param.top_height, param.top_width
        if param.HasField("size_divisible_by"):
            step = param.size_divisible_by
            if step < 1:
                raise self.error("size_divisible_by must be at least 1", got=step)
            wanted = tuple(math.ceil(length / step) * step for length in largest)
        is_larger = all(new > old for new, old in zip(wanted, largest, strict=True))
        return wanted if is_larger else largest
