"""Images as they are seen along a flow: each pixel is fetched from where its arrow points.

x     (N, C, H, W)
flow  (N, 2, H, W)  how far to the right, and down
y     (N, C, H, W)  bilinear; `fill` where an arrow leads out of the image, or nowhere

Caffe: flow_warp_layer.cpp of FlowNet2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.ops.parallel import for_each
from blobnet.types import Array, IntArray

_PRODUCTS = 32  # that a value takes, about


class _Corners(NamedTuple):
    """Of the pixels whose arrows stay within the image: which they are, and what they look at."""

    pixel: IntArray
    corner: tuple[IntArray, IntArray, IntArray, IntArray]  # top left, top right, then below
    right: Array  # the share of the right ones
    below: Array

    @property
    def weights(self) -> tuple[Array, Array, Array, Array]:
        left, above = 1 - self.right, 1 - self.below
        return left * above, self.right * above, left * self.below, self.right * self.below


def forward(x: Array, flow: Array, fill: float, y: Array) -> None:
    """y = x along the flow."""

    def work(n: int) -> None:
        corners = _corners(flow[n])
        image, result = x[n].reshape(len(x[n]), -1), y[n].reshape(len(x[n]), -1)
        result.fill(fill)
        total = 0
        for at, weight in zip(corners.corner, corners.weights, strict=True):
            total = total + image[:, at] * weight
        result[:, corners.pixel] = total

    for_each(work, range(len(x)), x.size * _PRODUCTS)


def gradients(x: Array, flow: Array, dy: Array, dx: Array | None, dflow: Array | None) -> None:
    """dx, dflow = the gradients, where wanted; the flow has none where it leads out."""

    def work(n: int) -> None:
        corners = _corners(flow[n])
        image, given = x[n].reshape(len(x[n]), -1), dy[n].reshape(len(x[n]), -1)
        given = given[:, corners.pixel]
        if dx is not None:
            total = _scattered(corners, given, image.shape[1])
            dx[n] = total.reshape(dx[n].shape)
        if dflow is not None:
            steps = np.zeros((2, image.shape[1]), x.dtype)
            steps[:, corners.pixel] = _steps(corners, image, given)
            dflow[n] = steps.reshape(dflow[n].shape)

    for_each(work, range(len(x)), x.size * _PRODUCTS)


def _corners(flow: Array) -> _Corners:
    _, height, width = flow.shape
    across = np.arange(width, dtype=flow.dtype) + flow[0]
    down = np.arange(height, dtype=flow.dtype)[:, None] + flow[1]
    inside = (across >= 0) & (down >= 0) & (across < width) & (down < height)
    pixel = np.flatnonzero(inside)
    across, down = across.reshape(-1)[pixel], down.reshape(-1)[pixel]
    left, top = across.astype(np.intp), down.astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    corner = (
        top * width + left, top * width + right, bottom * width + left, bottom * width + right,
    )  # fmt: skip
    return _Corners(pixel, corner, across - left.astype(flow.dtype), down - top.astype(flow.dtype))


def _scattered(corners: _Corners, given: Array, size: int) -> Array:
    """What each pixel of the image gets from all that looked at it, in order."""
    at = np.concatenate(corners.corner)
    weights = np.concatenate(corners.weights)
    totals = [np.bincount(at, np.tile(row, 4) * weights, size)[:size] for row in given]
    return np.array(totals)


def _steps(corners: _Corners, image: Array, given: Array) -> Array:
    """How the sum over channels of y * given changes with the flow: (2, pixels)."""
    top_left, top_right, bottom_left, bottom_right = (image[:, at] for at in corners.corner)
    above, below = top_right - top_left, bottom_right - bottom_left
    left, right = bottom_left - top_left, bottom_right - top_right
    across = (1 - corners.below) * above + corners.below * below
    down = (1 - corners.right) * left + corners.right * right
    return np.stack([(given * across).sum(axis=0), (given * down).sum(axis=0)])
