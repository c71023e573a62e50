"""DetectionLoss as MS-CNN has it; YOLO's is another of this name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.cascade._anchor_labels import (
    AnchorLabels,
    check_classes,
    check_maps,
)
from blobnet.layers.detection.cascade._anchor_loss import AnchorLoss, Chosen, balanced
from blobnet.layers.detection.cascade._box_codes import read_anchors, read_bounds
from blobnet.types import Array, IntArray

_RANDOM, _BOOTSTRAP, _MIXTURE = "random", "bootstrap", "mixture"
_LEAST = 4
"""Anchors of background that are drawn, or are the hardest, for each class at least."""
_ENOUGH = 64
"""Draws for each place: any further one would find what is there already."""


class MSCNNLoss:
    """What a layer of DetectionLoss does where its net is MS-CNN's."""

    def __init__(self, layer: Layer, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(layer, bottom, top)
        param = layer.layer_param_.detection_loss_param
        check_classes(layer, param.cls_num, param.objectness)
        if param.coord_num != 4:
            raise layer.error("a box has 4 coordinates", got=f"coord_num {param.coord_num}")
        self._layer, self._param = layer, param
        self._lambda = float(getattr(param, "lambda"))
        anchors = read_anchors(
            layer, [param.field_w], [param.field_h], param.downsample_rate, "downsample_rate"
        )
        self._loss = AnchorLoss(
            layer,
            anchors,
            read_bounds(layer, param.field_xyr, param.field_whr),
            num_classes=param.cls_num,
            objectness=param.objectness,
            is_square=not param.bb_smooth,
        )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_maps(self._layer, bottom[0], bottom[1], 1, self._param.cls_num + 4)
        top[0].reshape((1, 1, 1, 2))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, labels = bottom[0].data, bottom[1].data
        classes, boxes = self._loss.forward(x[:, :-4], x[:, -4:], labels, self._choose)
        boxes *= self._lambda
        top[0].data[...] = classes + boxes, boxes

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise self._layer.error(
                "DetectionLoss Layer cannot backpropagate to label inputs.",
                fix="write `propagate_down: true propagate_down: false` in this layer",
            )
        if propagate_down[0]:
            dx, scale = bottom[0].diff, float(top[0].diff.reshape(-1)[0])
            self._loss.backward(scale, dx[:, :-4], dx[:, -4:], self._lambda)

    def _choose(self, labels: AnchorLabels, scores: Array, prob: Array) -> Chosen:
        is_object = labels.raw != 0
        threshold = labels.overlap.dtype.type(self._param.bg_threshold)
        is_ground = ~is_object & (labels.overlap < threshold)
        kept = is_object.copy()
        for n in range(len(kept)):
            objects = np.bincount(labels.classes[n][is_object[n]], minlength=scores.shape[1])
            kept[n] |= self._ground(is_ground[n], scores[n], objects)
        weights = np.ones(kept.shape, scores.dtype)
        if self._param.iou_weighted:
            weights = np.where(is_object, labels.overlap, weights)
        if self._param.pos_neg_weighted:
            weights = balanced(weights, is_object, kept, self._param.bg_multiple)
        return Chosen(kept, weights)

    def _ground(self, is_ground: Array, scores: Array, objects: IntArray) -> Array:
        """Which places of an image's background are learned; `objects`: how many a class has."""
        mode = self._param.sample_mode
        if mode not in (_RANDOM, _BOOTSTRAP, _MIXTURE):
            return is_ground
        multiple = self._param.bg_multiple * (0.5 if mode == _MIXTURE else 1)
        kept = np.zeros_like(is_ground)
        if mode != _BOOTSTRAP and is_ground.size:
            number = max(int(objects.sum() * multiple), _LEAST * (len(objects) - 1))
            number = min(number, _ENOUGH * is_ground.size)
            kept[self._layer.rng.integers(is_ground.size, size=number)] = True
            kept &= is_ground
        if mode != _RANDOM:
            places = np.flatnonzero(is_ground)
            for c in range(1, len(objects)):
                number = max(int(objects[c] * multiple), _LEAST)
                order = np.argsort(scores[c, places], kind="stable")[::-1]
                kept[places[order[:number]]] = True
        return kept
