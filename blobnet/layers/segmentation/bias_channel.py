"""BiasChannel: raises the scores of the labels that an image is known to have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import ClassLabels
from blobnet.ops.copying import copy
from blobnet.proto import BiasChannelParameter
from blobnet.types import Array


@register_layer("BiasChannel")
class BiasChannel(Layer):
    """Scores with an offset where a label is known to be.

    bottom[0]  x: (N, C, H, W)  scores
    bottom[1]  labels: (N, L, 1, 1)  IMAGE: those of each image
               labels: (N, 1, H, W)  PIXEL: that of each place
    top[0]     y: the shape of x

    IMAGE adds `bg_bias` to all of channel 0 if the image has label 0, and `fg_bias` to the channels
    of its other labels; a label that comes twice counts twice. PIXEL adds `fg_bias` to the score of
    each place's label; where `background_label` or `bg_bias` is stated, `bg_bias` to the background
    of every place instead, and `fg_bias` to its label if that is another. Labels of -1 and
    `ignore_label` are left out, and so is a place that has one.

    May work in place.
    Proto: BiasChannelParameter.  Caffe: bias_channel_layer.cpp of PSPNet.
    """

    formula = "y = x + the biases of the labels that are there."
    gradient_formula = "dx = dy."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if top[0] is bottom[1]:
            raise self.error(f"{self.type} Layer does not write where its labels are.")
        param = self.layer_param_.bias_channel_param
        for name in ("bg_bias", "fg_bias"):
            if not getattr(param, name) >= 0:
                raise self.error(f"{name} needs to be positive", got=getattr(param, name))
        self._by_place = param.label_type == BiasChannelParameter.PIXEL
        self._ignored = [-1, *param.ignore_label]
        self._labels = ClassLabels()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, labels = bottom[0].shape, bottom[1].shape
        wanted = (*shape[:1], 1, *shape[2:]) if self._by_place else (*shape[:1], *labels[1:2], 1, 1)
        if len(shape) != 4 or labels != wanted or not labels[1]:
            kind = "(N, 1, H, W), one for each place" if self._by_place else "(N, L, 1, 1)"
            raise self.error(
                "labels do not fit the scores",
                expected=f"labels {kind}, scores (N, C, H, W)",
                got=f"labels {labels}, scores {shape}",
                fix="label_type says whether an image has labels, or every place one",
            )
        background = self.layer_param_.bias_channel_param.background_label
        if self._by_place and background not in range(shape[1]):
            raise self.error(
                "background_label is no class",
                expected=f"0 to {shape[1] - 1}",
                got=background,
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y, labels = bottom[0].data, top[0].data, np.trunc(bottom[1].data)
        counted = ~np.isin(labels, self._ignored)
        self._labels.reshape(self, (labels.size, x.shape[1]), labels.shape, 1)
        classes, _ = self._labels.read(self, np.where(counted, labels, 0))
        classes = classes.reshape(labels.shape)
        if y is not x:
            copy(x, out=y)
        if self._by_place:
            self._add_by_place(y, classes, counted)
        else:
            self._add_by_image(y, classes[..., 0, 0], counted[..., 0, 0])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise self.error(
                "Cannot propagate down to label input",
                fix="write `propagate_down: true propagate_down: false` in this layer",
            )
        if propagate_down[0] and bottom[0].diff is not top[0].diff:
            copy(top[0].diff, out=bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _add_by_image(self, y: Array, classes: Array, counted: Array) -> None:
        param = self.layer_param_.bias_channel_param
        images, _ = np.nonzero(counted)
        found = classes[counted]
        biases = np.zeros(y.shape[:2], y.dtype)
        np.add.at(biases, (images, found), np.where(found == 0, param.bg_bias, param.fg_bias))
        y += biases[:, :, None, None]

    def _add_by_place(self, y: Array, classes: Array, counted: Array) -> None:
        param = self.layer_param_.bias_channel_param
        is_raised, background = counted, param.background_label
        if param.HasField("background_label") or param.HasField("bg_bias"):
            y[:, background] += np.where(counted[:, 0], y.dtype.type(param.bg_bias), 0)
            is_raised = counted & (classes != background)
        raised = np.take_along_axis(y, classes, 1)
        raised += np.where(is_raised, y.dtype.type(param.fg_bias), 0)
        np.put_along_axis(y, classes, raised, 1)
