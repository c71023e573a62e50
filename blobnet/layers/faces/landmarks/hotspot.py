"""Hotspot: points to maps that have a bell at each."""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place

SMALLEST = 1e-4
"""Lower values of a bell are 0."""


@register_layer("Hotspot")
class Hotspot(Layer):
    """A map for each point: the density of a Gaussian around it.

    bottom[0]  points: (N, 2 P)       across and down, in pixels of an image of `data_width` by
                                      `data_height`; from its middle if `mean_removed`
    bottom[1]  any: (N, C, H, W)      says how large the maps are, where the prototxt does not; not
                                      read otherwise (optional)
    top[0]     maps: (N, P, `output_height`, `output_width`)

    What is below 0.0001 is 0. `gaussian_std` is in pixels of the map.

    Proto: HotspotParameter.  Caffe: hotspot_layer.cpp of happynear/caffe-windows.
    """

    formula = "exp(-((w - across)^2 + (h - down)^2) / (2 std^2)) / (2 pi std^2)."
    gradient_formula = "none; asking for one is an error."

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = param = self.layer_param_.hotspot_param
        if not param.data_width or not param.data_height:
            raise self.error("The data layers' size must be specified.", fix="state data_width")
        if param.gaussian_std == 0:
            raise self.error("gaussian_std must not be 0")
        self._size = (param.output_height, param.output_width)
        if 0 in self._size:
            if len(bottom) < 2:
                raise self.error(
                    "one more bottom blob is needed to tell the size of the output",
                    fix="state output_height and output_width",
                )
            self._size = (bottom[1].height, bottom[1].width)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        points = bottom[0]
        if (
            points.num_axes < 2
            or points.channels % 2
            or points.count != points.num * points.channels
        ):
            raise self.error(
                "The coordinate blob's size must be able to be divided by 2!",
                expected="shape (N, 2 P)",
                got=f"shape {points.shape}",
            )
        top[0].reshape((points.num, points.channels // 2, *self._size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param, (height, width) = self._param, self._size
        points = bottom[0].data.reshape(*top[0].shape[:2], 2)
        middle = 0.5 if param.mean_removed else 0
        across = (points[..., 0] / param.data_width + middle) * width
        down = (points[..., 1] / param.data_height + middle) * height
        variance = param.gaussian_std**2
        columns = np.exp(-0.5 * (across[..., None] - np.arange(width)) ** 2 / variance)
        rows = np.exp(-0.5 * (down[..., None] - np.arange(height)) ** 2 / variance)
        maps = top[0].data
        np.multiply(rows[..., None], columns[..., None, :], out=maps)
        maps *= 0.5 / variance / math.pi
        maps[~(maps > SMALLEST)] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
