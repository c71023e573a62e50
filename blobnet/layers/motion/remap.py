"""Remap: images read at places that another blob tells."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.motion import remap


@register_layer("Remap")
class Remap(Layer):
    """Each pixel is read from the image at a place of its own, between four pixels.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  places: (N, 2, h, w)   x and y, in pixels of x
    top[0]     y: (N, C, h, w)        what lies beside the image counts as 0

    Proto: none.  Caffe: remap_layer.cpp of tinghuiz/appearance-flow.
    Paper: Zhou et al., "View Synthesis by Appearance Flow", ECCV 2016.
    """

    formula = "y = x at the place, interpolated linearly between the four pixels around it."
    gradient_formula = "The derivatives by x and by the places."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, places = bottom[0].shape, bottom[1].shape
        if len(x) != 4 or len(places) != 4 or places[:2] != (x[0], 2):
            raise self.error(
                "there must be two coordinates for each pixel",
                expected="shapes (N, C, H, W) and (N, 2, h, w)",
                got=f"bottom[0] of shape {x}, bottom[1] of {places}",
            )
        top[0].reshape((*x[:2], *places[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        remap.forward(bottom[0].data, bottom[1].data, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, places, dy = bottom[0].data, bottom[1].data, top[0].diff
        if propagate_down[0]:
            remap.backward_to_image(places, dy, bottom[0].diff)
        if propagate_down[1]:
            remap.backward_to_places(x, places, dy, bottom[1].diff)
