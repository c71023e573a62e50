"""DetectionGroupLoss: the loss of a proposal network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.cascade._anchor_labels import AnchorLabels, check_classes
from blobnet.layers.detection.cascade._anchor_loss import (
    FLT_MIN,
    AnchorLoss,
    Chosen,
    balanced,
)
from blobnet.layers.detection.cascade._box_codes import read_anchors, read_bounds
from blobnet.layers.detection.cascade._group_maps import check_group_maps
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array, IntArray

_WORDS = {
    "neg_mining_type": ("random", "bootstrap", "mixture"),
    "neg_ranking_type": ("conf_loss", "conf_prob"),
    "bbox_loss_type": ("Smooth_L1", "Euclidean_L2"),
}


@register_layer("DetectionGroupLoss")
class DetectionGroupLoss(Loss):
    """Classes of the anchors that are chosen, and boxes of the objects among them.

    bottom[0]  scores: (N * G, C, H, W)  of `cls_num` = C classes, any range; an image's maps, one
                                         for each of G anchors, follow one another
    bottom[1]  deltas: (N * G, 4, H, W)  x, y, width and height by `bbox_reg_param`
    bottom[2]  labels: (N * G, 6, H, W)  of DetectionData: label, x, y, width, height, overlap
    top[0]     loss: (1, 1, 1, 2)        classes + lambda * boxes; and lambda * boxes alone, which
                                         has no gradient though it counts in the loss of the net

    The losses are means, see `_anchor_loss.py`: of classes with SoftmaxWithLoss's form, of boxes
    with that of `bbox_loss_type`. Boxes are cut to field_xyr and field_whr, where both are stated.

    Of each image all objects are chosen and `bg_multiple` times as much background, `min_num_neg`
    at least; with a `batch_size`, so many anchors, 1 / (1 + bg_multiple) of them objects. If there
    are more they are drawn; of background with `neg_mining_type` bootstrap those that are lost most
    (neg_ranking_type), with mixture half of these. Background that overlaps with an object by
    `bg_threshold` does not count. `pos_neg_weighted` gives objects the same share of the loss.

    Proto: DetectionGroupLossParameter, BBoxRegParameter, LossParameter.
    Caffe: detection_group_loss_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "mean(-w log(p[label])) + lambda * mean(f(deltas - truth)), f(d) = d^2 / 2 to a line."
    gradient_formula = (
        "dscores = w (p - onehot(label)) / anchors * dloss[0];  "
        "ddeltas = lambda * f'(deltas - truth) / numbers * dloss[0]; bounds do not stop it."
    )

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self._param = self.layer_param_.detection_group_loss_param
        check_classes(self, param.cls_num, param.objectness)
        for field, words in _WORDS.items():
            if getattr(param, field) not in words:
                raise self.error(
                    f"{field} is unknown", expected=", ".join(words), got=getattr(param, field)
                )
        if param.batch_size != -1 and param.batch_size < 1:
            raise self.error("batch_size must be > 0, or -1 for all objects", got=param.batch_size)
        self._lambda = float(getattr(param, "lambda"))
        bounds = None
        if param.HasField("field_xyr") and param.HasField("field_whr"):
            bounds = read_bounds(self, param.field_xyr, param.field_whr)
        anchors = read_anchors(
            self, list(param.field_w), list(param.field_h), param.stride, "stride"
        )
        self._loss = AnchorLoss(
            self,
            anchors,
            bounds,
            num_classes=param.cls_num,
            objectness=param.objectness,
            is_square=param.bbox_loss_type == "Euclidean_L2",
        )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_group_maps(self, bottom, self._param.cls_num, len(self._param.field_w))
        top[0].reshape((1, 1, 1, 2))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        scores, deltas, labels = (blob.data for blob in bottom)
        classes, boxes = self._loss.forward(scores, deltas, labels, self._choose)
        boxes *= self._lambda
        top[0].data[...] = classes + boxes, boxes

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient((False, propagate_down[2]))
        d_scores, d_deltas = (
            blob.diff if is_wanted else np.zeros(0, self.dtype)
            for blob, is_wanted in zip(bottom[:2], propagate_down[:2], strict=True)
        )
        scale = float(top[0].diff.reshape(-1)[0])
        self._loss.backward(scale, d_scores, d_deltas, self._lambda)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 2

    def _choose(self, labels: AnchorLabels, scores: Array, prob: Array) -> Chosen:
        param, group = self._param, len(self._param.field_w)
        threshold = labels.overlap.dtype.type(param.bg_threshold)
        is_ground = (labels.raw == 0) & (labels.overlap < threshold)
        lost = 1 - prob[:, 0]
        if param.neg_ranking_type == "conf_loss":
            lost = -np.log(np.maximum(prob[:, 0], FLT_MIN))
        # an image's maps side by side
        images, places = len(labels.raw) // group, group * labels.raw.shape[1]
        kept = np.zeros((images, places), np.bool_)
        parts = (part.reshape(images, places) for part in (labels.raw > 0, is_ground, lost))
        for its, *image in zip(kept, *parts, strict=True):
            its[self._sample(*image)] = True
        kept = kept.reshape(labels.raw.shape)
        weights = np.ones(kept.shape, scores.dtype)
        if param.pos_neg_weighted:
            weights = balanced(weights, labels.raw > 0, kept, param.bg_multiple)
        return Chosen(kept, weights)

    def _sample(self, is_object: Array, is_ground: Array, lost: Array) -> IntArray:
        """The places of an image to learn from."""
        param, rng = self._param, self.rng
        objects, ground = np.flatnonzero(is_object), np.flatnonzero(is_ground)
        most, number = len(objects), max(len(objects) * param.bg_multiple, param.min_num_neg)
        if param.batch_size != -1:
            most = min(most, int(np.floor(param.batch_size / (1 + param.bg_multiple) + 0.5)))
            number = param.batch_size - most
        if len(objects) > most:
            objects = rng.permutation(objects)[:most]
        if len(ground) > number:
            hard = {"random": 0, "bootstrap": number, "mixture": (number + 1) // 2}
            order = ground[np.argsort(lost[ground], kind="stable")[::-1]]
            first, rest = np.split(order, [hard[param.neg_mining_type]])
            ground = np.concatenate([first, rng.permutation(rest)[: number - len(first)]])
        return np.concatenate([objects, ground])
