"""FlowWarp: an image as it is seen along a flow."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images
from blobnet.ops.motion import flow_warp
from blobnet.proto import FlowWarpParameter


@register_layer("FlowWarp")
class FlowWarp(Layer):
    """Fetches each pixel from where its arrow points, with bilinear interpolation.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  flow: (N, 2, H, W)  in pixels: to the right, and down
    top[0]     y: (N, C, H, W)

    Where an arrow leads out of the image (at least `width` to the right, or `height` down, or to
    what is negative) y is 0, or NaN with `fill_value: NOT_A_NUMBER`, and there is no gradient.

    Proto: FlowWarpParameter.
    Caffe: flow_warp_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y[n, c, p] = x[n, c, p + flow[n, :, p]], bilinear"
    gradient_formula = (
        "dx gets dy at the four pixels that were looked at, by their weights;  dflow[p] = sum over "
        "c of dy[c, p] * the slope of x[c] at p + flow[p]."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        is_zero = self.layer_param_.flow_warp_param.fill_value == FlowWarpParameter.ZERO
        self._fill = 0.0 if is_zero else float("nan")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num, _, *size = check_images(self, bottom)
        if bottom[1].shape != (num, 2, *size):
            raise self.error(
                "Flow should have 2 channels: x-flow and y-flow; and num, height and width of the "
                "image",
                expected=f"bottom[1] of shape {(num, 2, *size)}",
                got=f"shape {bottom[1].shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        flow_warp.forward(bottom[0].data, bottom[1].data, self._fill, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dx, dflow = (
            blob.diff if wanted else None
            for blob, wanted in zip(bottom, propagate_down, strict=True)
        )
        flow_warp.gradients(bottom[0].data, bottom[1].data, top[0].diff, dx, dflow)
