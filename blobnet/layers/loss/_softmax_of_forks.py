"""SoftmaxWithLoss as forks have it: weights of items and classes, smoothed labels, hard items.

caffe-windows and Intel take the items' weights, as many as labels, as bottom[2]; the divisor is
then the sum of those that count. Intel's `label_smoothing` changes the gradient, not the loss.
caffe-windows' `label_smooth_factor` s makes of a label 1 - s, and s / (C - 1) for others; with
bottom[2] it has a `class_weight` too, and only items that lose most count in the gradient, the
share `hard_ratio`; items above the `cutting_point` are taken as certain; both of
`hard_mining_label` alone, where it is stated. Its `normalize_type` "L2" or "L1" takes scores
divided by their length (as Normalize, by channels) for probabilities; the gradient stays that
of a softmax. DeepLab v1's `softmaxloss_param` has labels to ignore
and a file of classes' weights, by the sum of which it divides. In SegNet and ENet, with
`weight_by_label_freqs`, what items lose counts by the `class_weighting` of their classes; the
divisor stays.

Caffe: softmax_loss_layer.cpp of intel/caffe, of caffe-windows (happynear/caffe-windows;
label_smooth_factor, hard_ratio and cutting_point from its .cu) and of DeepLab v1
(TheLegendAli/DeepLab-Context), softmax_loss_layer.cpp of SegNet (alexgkendall/caffe-segnet).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import LayerError
from blobnet.layer import Layer
from blobnet.layers.loss._loss import ClassLabels, IndexArray, Mask, divisor
from blobnet.ops.lengths import lengths
from blobnet.ops.softmax import softmax
from blobnet.proto import LossParameter
from blobnet.text_files import read_text_file
from blobnet.types import Array

FLT_MIN = float(np.finfo(np.float32).tiny)
_OF_WINDOWS = (
    "hard_ratio",
    "class_weight",
    "hard_mining_label",
    "cutting_point",
    "normalize_type",
    "label_smooth_factor",
)
_LARGEST_FILE = 2**24


def is_of_fork(layer: Layer, num_bottom: int) -> bool:
    """Whether the layer is another than Caffe's: one of the forks above."""
    param = layer.layer_param_
    stated = {field.name for field, _ in param.softmax_param.ListFields()}
    is_windows = num_bottom > 2 or bool(stated.intersection(_OF_WINDOWS))
    is_deeplab = param.HasField("softmaxloss_param")
    is_others = param.loss_param.label_smoothing != 0 or param.loss_param.weight_by_label_freqs
    return is_windows or is_deeplab or is_others


def softmax_of_fork(layer: Layer, bottom: Blobs, mode: int) -> SoftmaxOfForks | None:
    """What computes the loss of a layer that is not Caffe's; `mode` as in LossParameter."""
    return SoftmaxOfForks(layer, mode) if is_of_fork(layer, len(bottom)) else None


def reshape_losses(layer: Layer, bottom: Blobs, top: Blobs, other: SoftmaxOfForks | None) -> None:
    """Give R-FCN's third top, where it is there, the shape of the labels."""
    if len(top) > 2:
        if other is not None:
            raise layer.error("a third top is of another fork than the settings")
        top[2].reshape_like(bottom[1])


def write_losses(top: Blobs, log_likelihood: Array) -> None:
    """What each item loses, for R-FCN's third top."""
    if len(top) > 2:
        top[2].data[...] = -log_likelihood.reshape(top[2].shape)


class SoftmaxOfForks:
    """The loss of probabilities, and its gradient."""

    def __init__(self, layer: Layer, mode: int) -> None:
        self._layer, self._mode = layer, mode
        self._softmax = layer.layer_param_.softmax_param
        self._smoothing = layer.layer_param_.loss_param.label_smoothing  # Intel's
        self._is_segnet = layer.layer_param_.loss_param.weight_by_label_freqs
        self._is_deeplab = layer.layer_param_.HasField("softmaxloss_param")
        self._ignores = list(layer.layer_param_.softmaxloss_param.ignore_label)  # DeepLab's
        self._class_weights = self._read_class_weights()
        self._check()

    def forward(self, bottom: Blobs, labels: ClassLabels, axis: int, prob: Array) -> float:
        """The loss; prob = the probabilities, changed where they are above the cutting point."""
        given = self._given_weights(bottom)
        classes, ignored = self._read(labels, bottom[1].data)
        self._to_probabilities(bottom[0].data, axis, prob)
        self._labels, self._classes, self._true = labels, classes, labels.positions(classes)
        self._ignored = ignored
        return self._loss(prob, ignored, given)

    def _to_probabilities(self, scores: Array, axis: int, prob: Array) -> None:
        """A softmax; or, as Normalize has it, scores of length 1 over axis 1."""
        kind = _normalize_type(self._layer)
        if kind == "Softmax":
            softmax(scores, axis, out=prob)
            return
        rows = (*scores.shape[:2], -1) if scores.size else (0, 1, 1)
        x = scores.reshape(rows)
        np.divide(x, lengths(x, 1e-6, is_l1=kind == "L1"), out=prob.reshape(rows))

    def _given_weights(self, bottom: Blobs) -> Array | None:
        if len(bottom) < 3:
            return None
        if bottom[2].count != bottom[1].count:
            raise self._layer.error(
                "Number of loss weights must match number of label.",
                expected=int(bottom[1].count),
                got=f"{int(bottom[2].count)}, shape {bottom[2].shape}",
            )
        return bottom[2].data

    def _read(self, labels: ClassLabels, given: Array) -> tuple[IndexArray, Mask | None]:
        """As `labels.read`; DeepLab has labels of its own that do not count."""
        if not self._ignores:
            return labels.read(self._layer, given)
        values = given.reshape(labels.outer, labels.inner)
        ignored: Mask = np.isin(np.trunc(values), self._ignores)
        classes, _ = labels.read(self._layer, np.where(ignored, 0, values))
        return classes, ignored

    def _loss(self, prob: Array, ignored: Mask | None, weights: Array | None) -> float:
        classes = self._classes
        counts = np.ones(classes.shape, prob.dtype) if ignored is None else ~ignored * 1.0
        self._cut(prob, counts > 0)
        items = self._lost(prob)
        of_class = self._of_class(prob.dtype, is_weighted=weights is not None)
        given = counts if weights is None else counts * weights.reshape(classes.shape)
        losses = np.where(counts > 0, items, 0) * (given * of_class)
        self._weights = given * of_class
        self._divisor = self._divide_by(given, self._weights, is_weighted=weights is not None)
        if weights is not None and self._softmax.HasField("hard_ratio"):
            given = self._only_hard(losses, given)
            self._weights = given * of_class
        total = losses.sum() / self._divisor if self._divisor else 0.0
        # caffe-windows divides the gradient by the items' weights, without those of classes
        is_others = weights is not None and not self._is_deeplab
        self._divisor = self._divide_by(given, given, True) if is_others else self._divisor
        return float(total)

    def backward(self, prob: Array, scale: float, out: Array) -> None:
        """out = the gradient of the scores, times `scale`."""
        labels = self._labels
        factor, of_true, of_others = self._targets()
        np.multiply(prob, factor, out=out)
        out -= of_others
        out.reshape(-1)[self._true] += of_others - of_true
        items = out.reshape(labels.outer, labels.num_classes, labels.inner)
        items *= (self._weights * (scale / self._divisor if self._divisor else 0.0))[:, None]
        if self._ignored is not None:
            np.copyto(items, 0, where=self._ignored[:, None])

    def _targets(self) -> tuple[float, float, float]:
        """A factor of the probabilities, and what the true and the other ones are to be."""
        classes = self._labels.num_classes
        if self._smoothing:
            of_others = self._smoothing / (classes * self._labels.inner)
            of_true = 1 - self._smoothing
            return of_true + (classes * self._labels.inner - 1) * of_others, of_true, of_others
        smoothing = self._softmax.label_smooth_factor
        return 1.0, 1 - smoothing, smoothing / max(classes - 1, 1)

    def _cut(self, prob: Array, counts: Mask) -> None:
        """Take an item as certain whose probability is above the cutting point."""
        if not self._softmax.HasField("cutting_point"):
            return
        is_cut = (
            counts & (prob.take(self._true) > self._softmax.cutting_point) & self._can_be_hard()
        )
        labels = self._labels
        items = prob.reshape(labels.outer, labels.num_classes, labels.inner)
        np.copyto(items, 0, where=is_cut[:, None])
        prob.reshape(-1)[self._true[is_cut]] = 1

    def _lost(self, prob: Array) -> Array:
        """What each item loses, by the smoothed labels of caffe-windows."""
        of_true = np.log(np.maximum(prob.take(self._true), FLT_MIN))
        smoothing = self._softmax.label_smooth_factor
        lost: Array = (smoothing - 1) * of_true
        if smoothing:
            labels = self._labels
            items = prob.reshape(labels.outer, labels.num_classes, labels.inner)
            of_all = np.log(np.maximum(items, FLT_MIN)).sum(axis=1)
            lost -= smoothing / max(labels.num_classes - 1, 1) * (of_all - of_true)
        return lost

    def _only_hard(self, losses: Array, given: Array) -> Array:
        """The weights, but 0 where less is lost than in the share `hard_ratio` of items."""
        if not losses.size:
            return given
        place = min(int(losses.size * (1 - self._softmax.hard_ratio)), losses.size - 1)
        is_easy = losses < np.sort(losses, axis=None)[place]
        return np.where(is_easy & self._can_be_hard(), 0, given)

    def _can_be_hard(self) -> Mask:
        if not self._softmax.HasField("hard_mining_label"):
            return np.ones(self._classes.shape, np.bool_)
        is_it: Mask = self._classes == self._softmax.hard_mining_label
        return is_it

    def _divide_by(self, given: Array, weights: Array, is_weighted: bool) -> float:
        labels = self._labels
        if self._is_deeplab or (self._smoothing and is_weighted):
            return float(weights.sum())
        if self._mode == LossParameter.VALID:
            return max(1.0, float((weights if is_weighted else given).sum()))
        fixed = self._layer.layer_param_.loss_param.pre_fixed_normalizer
        return divisor(self._mode, outer=labels.outer, inner=labels.inner, valid=0, fixed=fixed)

    def _of_class(self, dtype: np.dtype[np.floating], *, is_weighted: bool) -> Array | float:
        """A factor for each item: caffe-windows has it with weights of items alone."""
        is_asked = self._is_deeplab or self._is_segnet or is_weighted
        if self._class_weights is None or not is_asked:
            return 1.0
        if len(self._class_weights) != self._labels.num_classes:
            raise self._layer.error(
                "Number of class weight values does not match the number of classes.",
                expected=f"{self._labels.num_classes} values",
                got=f"{len(self._class_weights)} values",
            )
        of_items: Array = self._class_weights.astype(dtype)[self._classes]
        return of_items

    def _read_class_weights(self) -> Array | None:
        if self._is_segnet:
            return np.array(self._layer.layer_param_.loss_param.class_weighting)
        if self._softmax.class_weight:
            return np.array(self._softmax.class_weight)
        source = self._layer.layer_param_.softmaxloss_param.weight_source
        if not source:
            return None
        text = read_text_file(
            Path(source), LayerError, setting="weight_source", largest=_LARGEST_FILE
        )
        try:
            weights = np.array([float(word) for word in text.split()])
        except ValueError as error:
            raise self._layer.error("weight_source holds no numbers", got=str(error)) from error
        if (weights < 0).any():
            raise self._layer.error("Weights cannot be negative", got=weights.min())
        return weights

    def _check(self) -> None:
        softmax = self._softmax
        for name in ("hard_ratio", "cutting_point"):
            if softmax.HasField(name) and not 0 <= getattr(softmax, name) <= 1:
                raise self._layer.error(f"{name} is a share", got=getattr(softmax, name))
        if _normalize_type(self._layer) not in ("Softmax", "L1", "L2"):
            raise self._layer.error(
                "normalize_type is unknown",
                expected="Softmax, L1 or L2",
                got=f'"{softmax.normalize_type}"',
            )
        if self._is_segnet and (self._is_deeplab or self._smoothing or softmax.class_weight):
            raise self._layer.error("weight_by_label_freqs is of another fork than other settings")
        if softmax.label_smooth_factor and self._smoothing:
            raise self._layer.error("labels are smoothed in two ways", fix="write one of them")


def _normalize_type(layer: Layer) -> str:
    """How scores become probabilities; that of normalize_param counts unless it is a softmax."""
    param = layer.layer_param_
    kind = param.softmax_param.normalize_type
    if kind != "Softmax" and param.normalize_param.HasField("normalize_type"):
        kind = param.normalize_param.normalize_type
    return str(kind)
