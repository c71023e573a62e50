"""FlowTransformer: an image as it is seen along a flow, with zeros around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images
from blobnet.ops.sampling import Taps, sample, slopes, taps_in_zeros
from blobnet.types import Array


@register_layer("FlowTransformer")
class FlowTransformer(Layer):
    """Reads each pixel where its arrow points, with bilinear interpolation; the flow learns.

    bottom[0]  x: (N, C, H, W)     it has no gradient
    bottom[1]  flow: (N, 2, H, W)  in pixels: to the right, and down
    top[0]     y: (N, C, H, W)

    Around the image there is 0, into which the last pixels fade. On a whole pixel the slope is that
    towards the next one, as the fork's GPU code has it; its CPU code leaves one of the two out.
    FlowNet2's FlowWarp is another layer: what leads out of the image gives 0 there.

    Proto: FlowTransformerParameter.
    Caffe: flow_transformer_layer.cpp, .cu of bryanyzhu/Hidden-Two-Stream.
    """

    formula = "y[n, c, p] = x[n, c, p + flow[n, :, p]], bilinear, with zeros around x"
    gradient_formula = (
        "dflow[p] = sum over c of dy[c, p] * the slope of x[c] at p + flow[p];  dx is 0."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num, _, *size = check_images(self, bottom)
        if bottom[1].shape != (num, 2, *size):
            raise self.error(
                "The height and width of the flow field and U should be the same",
                expected=f"bottom[1] of shape {(num, 2, *size)}",
                got=f"shape {bottom[1].shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for x, flow, y in zip(*(blob.data for blob in (*bottom, *top)), strict=True):
            sample(x, self._taps(flow), y.reshape(len(y), -1))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = 0
        if not propagate_down[1]:
            return
        places = np.zeros((1, int(bottom[1].count(2))), self.dtype)
        for n, (x, flow) in enumerate(zip(bottom[0].data, bottom[1].data, strict=True)):
            taps, dy = self._taps(flow), top[0].diff[n].reshape(len(x), -1)
            for axis, slope in enumerate((taps.across, taps.down)):
                slopes(x, taps, slope, dy, places)
                bottom[1].diff[n, axis].reshape(-1)[...] = places[0]

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 1

    def _taps(self, flow: Array) -> Taps:
        height, width = flow.shape[1:]
        rows, columns = np.mgrid[:height, :width].astype(self.dtype)
        places = ((flow[1] + rows).reshape(1, -1), (flow[0] + columns).reshape(1, -1))
        return taps_in_zeros(*places, height, width)
