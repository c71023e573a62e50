"""AdaptiveBiasChannel: raises the scores of an image's labels until each has its share of it."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import ClassLabels
from blobnet.ops.copying import copy
from blobnet.types import Array


@register_layer("AdaptiveBiasChannel")
class AdaptiveBiasChannel(Layer):
    """Scores with offsets by which each label of an image wins about so many of its places.

    bottom[0]  x: (N, C, H, W)  scores
    bottom[1]  labels: (N, L, 1, 1)  those of each image; -1 is none
    top[0]     y: the shape of x

    In each image that has labels: with `suppress_others`, scores of other labels that exceed the
    smallest score of the image's labels at that place become that one less `margin_others`. Then,
    `num_iter` times for each label, the background 0 first and the others in random order, an
    offset is added to its channel: the quantile of (largest score - its score) at `bg_portion` of
    the places for label 0, at `fg_portion` for others. At last an offset to all channels keeps the
    mean of the largest score. For weak labels: George Papandreou et al., ICCV 2015.

    May work in place.
    Proto: AdaptiveBiasChannelParameter.  Caffe: adaptive_bias_channel_layer.cpp of PSPNet.
    """

    formula = "y = x + an offset for each label of the image, by which it wins its share of places."
    gradient_formula = "none: it makes labels to learn from; asking for one is an error."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if top[0] is bottom[1]:
            raise self.error(f"{self.type} Layer does not write where its labels are.")
        param = self.layer_param_.adaptive_bias_channel_param
        if param.num_iter < 1:
            raise self.error("num_iter must be at least 1", got=param.num_iter)
        if not param.margin_others >= 0:
            raise self.error("margin_others must be at least 0", got=param.margin_others)
        for name in ("bg_portion", "fg_portion"):
            if not 0 <= getattr(param, name) <= 1:
                raise self.error(f"{name} needs to be in [0, 1]", got=getattr(param, name))
        self._labels = ClassLabels()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, labels = bottom[0].shape, bottom[1].shape
        fits = len(shape) == len(labels) == 4 and labels[2:] == (1, 1) and labels[0] == shape[0]
        if not fits or shape[1] < 2 or not labels[1]:
            raise self.error(
                "labels do not fit the scores",
                expected="scores (N, C, H, W) of two classes or more, labels (N, L, 1, 1)",
                got=f"scores {shape}, labels {labels}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y, labels = bottom[0].data, top[0].data, np.trunc(bottom[1].data)
        self._labels.reshape(self, (labels.size, x.shape[1]), labels.shape, 1)
        is_there = labels[:, :, 0, 0] != -1
        classes, _ = self._labels.read(self, np.where(labels == -1, 0, labels))
        if y is not x:
            copy(x, out=y)
        if not y[0:1, 0].size:
            return
        for scores, there, its in zip(y, is_there, classes.reshape(is_there.shape), strict=True):
            if there.any():
                self._raise(scores.reshape(len(scores), -1), np.sort(its[there]))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _raise(self, scores: Array, labels: Array) -> None:
        """Add the offsets of one image: scores (C, places), the labels that it has, in order."""
        param = self.layer_param_.adaptive_bias_channel_param
        if param.suppress_others:
            others = np.setdiff1d(np.arange(len(scores)), labels)
            least = scores[labels].min(axis=0)
            clipped = least - scores.dtype.type(param.margin_others)
            scores[others] = np.where(scores[others] > least, clipped, scores[others])
        largest = scores[labels].max(axis=0)
        mean_before = largest.mean(dtype=np.float64)
        begin = int((labels == 0).any())  # the background stays first
        for _ in range(param.num_iter):
            labels[begin:] = self.rng.permutation(labels[begin:])
            for label in labels:
                behind = largest - scores[label]
                portion = param.fg_portion if label else param.bg_portion
                nth = min(int(np.float32(portion) * np.float32(behind.size)), behind.size - 1)
                scores[label] += np.partition(behind, nth)[nth]
                np.maximum(largest, scores[label], out=largest)
        scores += scores.dtype.type(mean_before - largest.mean(dtype=np.float64))
