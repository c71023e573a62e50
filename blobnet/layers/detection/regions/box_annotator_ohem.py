"""BoxAnnotatorOHEM: which regions to learn from: the hardest."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Shape


@register_layer("BoxAnnotatorOHEM")
class BoxAnnotatorOHEM(Layer):
    """Of each image the `roi_per_img` regions with the largest loss: all others are to be ignored.

    bottom[0]  rois: (R, 5, H, W)     the image of each, and its corners; H and W may be left out,
                                      as in all bottoms
    bottom[1]  losses: (R, 1, H, W)   (R,) will do, as it will for labels
    bottom[2]  labels: (R, 1, H, W)
    bottom[3]  weights: (R, B, H, W)
    top[0]     labels: (R, 1, H, W)   `ignore_label` for all regions that are not chosen
    top[1]     weights: (R, B, H, W)  0 there

    Of equal losses the first is larger, and NaN is less than any.

    Proto: BoxAnnotatorOHEMParameter.  Caffe: box_annotator_ohem_layer.cpp of Intel (intel/caffe).
    """

    formula = "labels and weights of the hardest regions; ignore_label and 0 for the others"
    gradient_formula = "none: what is copied are labels."

    exact_num_bottom_blobs = 4
    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.box_annotator_ohem_param
        self._most = param.roi_per_img
        if self._most < 1:
            raise self.error("roi_per_img must be > 0", got=self._most)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        channels = (5, 1, 1, None)
        shapes = [
            self._shape(blob, *its) for blob, its in zip(bottom, enumerate(channels), strict=True)
        ]
        num, _, *positions = shapes[0]
        for index, shape in enumerate(shapes):
            if [shape[0], *shape[2:]] != [num, *positions]:
                raise self.error(
                    "all bottoms must have the same regions",
                    expected=f"{num} regions at {tuple(positions)} positions, as bottom[0] has",
                    got=f"bottom[{index}] of shape {bottom[index].shape}",
                )
        self._rois = num, 5, math.prod(positions)
        top[0].reshape((num, 1, *positions))
        top[1].reshape(shapes[3])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        images = np.trunc(bottom[0].data.reshape(self._rois)[:, 0].reshape(-1))
        if not (images >= 0).all() or np.isinf(images).any():
            raise self.error(
                "a region is of no image",
                expected="indices of images from 0 in the first column of bottom[0]",
                got=f"{images[~((images >= 0) & (images < np.inf))][0]:g}",
            )
        order = np.argsort(-bottom[1].data.reshape(-1), kind="stable")
        order = order[np.argsort(images[order], kind="stable")]  # by image, then by loss
        starts = np.searchsorted(images[order], images[order])
        chosen = np.zeros(len(order), bool)
        chosen[order[np.arange(len(order)) - starts < self._most]] = True
        labels, weights = top[0].data, top[1].data
        is_chosen = chosen.reshape(labels.shape)
        ignore = self.layer_param_.box_annotator_ohem_param.ignore_label
        labels[...] = np.where(is_chosen, bottom[2].data.reshape(labels.shape), ignore)
        weights[...] = np.where(is_chosen, bottom[3].data.reshape(weights.shape), 0)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing, as in Caffe: no bottom gets a gradient."""

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _shape(self, blob: Blob, index: int, channels: int | None) -> Shape:
        """The shape with all four axes."""
        shape = blob.shape
        if shape and len(shape) < 4:
            shape = shape + (1,) * (4 - len(shape))
        if len(shape) != 4 or (channels is not None and shape[1] != channels):
            raise self.error(
                "a bottom does not tell of regions",
                expected=f"(regions, {'B' if channels is None else channels}, rows, columns)",
                got=f"bottom[{index}] of shape {blob.shape}",
            )
        return shape
