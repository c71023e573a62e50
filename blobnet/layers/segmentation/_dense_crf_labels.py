"""CCNN's DenseCRF: the most likely labels of a fully connected field over an image."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layers.segmentation._gaussian_messages import (
    bilateral_messages,
    check_deviations,
    mean_field,
    spatial_messages,
)
from blobnet.types import Array

_STEPS = 10
_WIDEST = 2.0**31


def is_for_labels(layer: Layer, bottom: Blobs) -> bool:
    """Whether a DenseCRF layer is CCNN's: its settings say so, or an image in place of sizes."""
    param = layer.layer_param_
    if param.HasField("densecrf_param") or param.HasField("dense_crf_param"):
        return param.HasField("densecrf_param")
    scores, image = bottom[0].shape, bottom[1].shape
    return len(bottom) == 2 and len(scores) == 4 and image == (scores[0], 3, *scores[2:])


class DenseCRFLabels:
    """What the layer computes, with densecrf_param.

    bottom[0]  scores: (N, C, H, W)  of 3 classes or more
    bottom[1]  image: (N, 3, H, W)   blue, green, red; of each value the whole part, modulo 256
    top[0]     labels: (N, 1, H, W)  of two that are equally likely the first

    Ten iterations, with two messages: `wt_gauss` times the probabilities filtered by a Gaussian of
    `x_gauss` columns and `y_gauss` rows, and `wt_bilateral` times those filtered by one of
    `x_bilateral`, `y_bilateral`, and of `r_bilateral`, `g_bilateral`, `b_bilateral` in the colours.
    """

    def __init__(self, layer: Layer, bottom: Blobs) -> None:
        self._layer, self._param = layer, layer.layer_param_.densecrf_param
        param = layer.layer_param_
        if param.HasField("dense_crf_param") or len(bottom) != 2:
            raise layer.error(
                "densecrf_param is for scores and an image",
                expected="two bottoms, and no dense_crf_param",
                got=f"{len(bottom)} bottoms",
            )
        names = [f"{axis}_{kind}" for kind in ("gauss", "bilateral") for axis in "xy"]
        names += [f"{color}_bilateral" for color in "rgb"]
        check_deviations(layer, **{name: getattr(self._param, name) for name in names})

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        scores, image = bottom[0].shape, bottom[1].shape
        if len(scores) != 4 or scores[1] < 3 or image != (scores[0], 3, *scores[2:]):
            raise self._layer.error(
                "Syntax: Pass 'score blob' as first and 'image blob' as second bottom",
                expected="scores (N, C, H, W) of 3 classes or more, an image (N, 3, H, W)",
                got=f"bottom[0] of shape {scores}, bottom[1] of {image}",
            )
        top[0].reshape((scores[0], 1, *scores[2:]))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param = self._param
        height, width = bottom[0].shape[2:]
        if not height * width:
            return
        place = (param.x_gauss, param.y_gauss)
        near = spatial_messages(self._layer, height, width, place)
        place = (param.x_bilateral, param.y_bilateral)
        color = (param.r_bilateral, param.g_bilateral, param.b_bilateral)
        for scores, image, labels in zip(
            bottom[0].data, _bytes(bottom[1]), top[0].data, strict=True
        ):
            alike = bilateral_messages(self._layer, image[::-1], place, color)
            messages = [(param.wt_gauss, near), (param.wt_bilateral, alike)]
            found = mean_field(scores.reshape(len(scores), -1), messages, _STEPS)
            labels[...] = found.argmax(axis=0).reshape(labels.shape)


def _bytes(image: Blob) -> Array:
    """Values as bytes, as Caffe's computers make one of a float; of what is too large, 0."""
    whole = np.trunc(image.data)
    within = np.abs(whole) < _WIDEST  # so not of NaN
    values: Array = np.where(within, whole, 0).astype(np.int64) & 255
    return values
