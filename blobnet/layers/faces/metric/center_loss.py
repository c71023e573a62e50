"""CenterLoss: draws the features of a class to its centre, beside a softmax loss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import IndexArray, check_items, classes_of
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("CenterLoss")
class CenterLoss(Loss):
    """Half the squared distance of each item to the centre of its class.

    bottom[0]  x: (M, D)       any shape: D values from `axis` on
    bottom[1]  labels: (M,)    whole numbers from 0
    top[0]     loss: ()        0 for an empty batch
    blobs_[0]  c: (N, D)       the centres of N = `num_output` classes

    A centre moves by its own rule, whatever `loss_weight` is: by the sum over its n items of
    c - x, divided by n + 1. `distance_type` "L1" (sum of absolute values, not halved; signs instead
    of differences) is of caffe-windows. Where it is stated, "L2" too, that fork's rule holds: its
    CPU code adds the sum once for each item, n times in all. Items of loss_param's `ignore_label`
    do not count, not in M either, as in SeqFace.

    Proto: CenterLossParameter, LossParameter.  Caffe: center_loss_layer.cpp of caffe-face
    (ydwen/caffe-face), of happynear/caffe-windows and of huangyangyu/SeqFace.
    """

    formula = "Squared distance to the centre of the class, halved: sum((x - c[label])^2) / (2 M)."
    gradient_formula = (
        "dx = (x - c[label]) * dloss / M;  no derivative is dc[j] += sum over the items of class j "
        "of (c[j] - x) / (1 + their number), which heeds no loss weight."
    )

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.center_loss_param
        axis = bottom[0].canonical_axis(param.axis)
        self._D, self._N = bottom[0].count(axis), param.num_output
        if self._N < 1:
            raise self.error("num_output must be at least 1", got=self._N)
        if param.distance_type not in ("L1", "L2"):
            raise self.error("distance_type must be L1 or L2!", got=param.distance_type)
        self._is_l1 = param.distance_type == "L1"
        self._adds_once_an_item = param.HasField("distance_type")
        loss = self.layer_param_.loss_param
        self._ignored = loss.ignore_label if loss.HasField("ignore_label") else None
        self.init_blob(0, (self._N, self._D), param.center_filler)
        self._distance = Blob(dtype=self.dtype)  # these three: from the last forward
        self._counts: Array = np.empty(0, np.bool_)
        self._label: IndexArray = np.empty(0, np.intp)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num = check_items(self, bottom, self._D)
        self._distance.reshape((num, self._D))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        distance = self._distance.data
        labels = bottom[1].data.reshape(-1)
        self._counts = np.ones(labels.shape, np.bool_)
        if self._ignored is not None:
            self._counts = np.trunc(labels) != self._ignored
        self._label = classes_of(self, np.where(self._counts, labels, 0), self._N)
        x = bottom[0].data.reshape(distance.shape)
        np.subtract(x, self.blobs_[0].data[self._label], out=distance)
        distance[~self._counts] = 0
        if self._is_l1:
            total = np.abs(distance).sum()
            np.sign(distance, out=distance)
        else:
            total = np.einsum("md,md->", distance, distance) / 2
        top[0].data[...] = total / max(np.count_nonzero(self._counts), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        distance = self._distance.data
        if self.param_propagate_down_[0]:
            centres = np.zeros_like(self.blobs_[0].diff)
            np.subtract.at(centres, self._label, distance)
            counts = np.bincount(self._label[self._counts], minlength=self._N)
            times = counts if self._adds_once_an_item else 1
            centres *= (times / (counts + 1)).astype(self.dtype)[:, None]
            self.blobs_[0].diff += centres
        if propagate_down[0]:
            scale = float(top[0].diff[()]) / max(int(np.count_nonzero(self._counts)), 1)
            np.multiply(distance, scale, out=bottom[0].diff.reshape(distance.shape))
