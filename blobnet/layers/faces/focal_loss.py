"""FocalLoss: softmax loss in which items that are right already count little."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss, add_gradient_of_probabilities, divisor
from blobnet.layers.loss.softmax_with_loss import FLT_MIN, SoftmaxWithLoss
from blobnet.ops.softmax import softmax
from blobnet.proto import FocalLossParameter
from blobnet.types import Array

EPSILON = 1e-10
"""No 1 - p that is divided by counts as less."""


@register_layer("FocalLoss", "SoftmaxFocalLoss")
class FocalLoss(SoftmaxWithLoss):
    """Minus the logarithm of the true class's probability, weighed by how wrong it is.

    bottom[0]  x: scores, any range; the classes are `softmax_param.axis` (1 unless stated)
    bottom[1]  labels: whole numbers from 0, as many as x has items without the class axis
    top[0]     loss: ()
    top[1]     p: softmax of x (optional)

    An item weighs alpha (1 - p)^gamma, where p is the probability of its class; of `type` ONEADDP
    (alpha + p)^gamma. LINEAR is ORIGIN: the forks read it and compute the same. `beta` is read
    nowhere, `gama` is gamma as copies spell it. alpha is 1 unless stated, in SoftmaxFocalLoss
    0.25. The divisor is that of SoftmaxWithLoss.

    Proto: FocalLossParameter, LossParameter, SoftmaxParameter.  Caffe: focal_loss_layer.cpp of
    zimenglan-sysu-512/Focal-Loss; ONEADDP of happynear/caffe-windows.
    """

    formula = "sum(-alpha (1 - p[label])^gamma log(p[label])) / divisor."
    gradient_formula = (
        "dx = (p - onehot(label)) (w - gamma w p[label] log(p[label]) / (1 - p[label])) * dloss / "
        "divisor with the weight w; 0 where the label is ignored; and that of Softmax where a "
        "layer above gives p one."
    )

    exact_num_bottom_blobs = 2
    min_bottom_blobs = None
    max_bottom_blobs = None
    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        super().setup(bottom, top)
        param = self.layer_param_.focal_loss_param
        self._gamma = param.gama if param.HasField("gama") else param.gamma
        self._alpha = param.alpha
        if self.type == "SoftmaxFocalLoss" and not param.HasField("alpha"):
            self._alpha = 0.25
        self._adds = param.type == FocalLossParameter.ONEADDP
        if not self._gamma >= 0:
            raise self.error("gamma must be larger than or equal to zero", got=self._gamma)
        if not self._alpha > 0:
            raise self.error("alpha must be larger than zero", got=self._alpha)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        Loss.reshape(self, bottom, top)  # an item has one label here, whatever is ignored
        self._axis = bottom[0].canonical_axis(self.layer_param_.softmax_param.axis)
        self._prob_blob(top).reshape_like(bottom[0])
        self._labels.reshape(self, bottom[0].shape, bottom[1].shape, self._axis)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels, prob = self._labels, self._prob_blob(top).data
        classes, ignored = labels.read(self, bottom[1].data)
        softmax(bottom[0].data, self._axis, out=prob)
        self._true, self._ignored = labels.positions(classes), ignored
        p = prob.take(self._true)
        lost = -self._weight(p) * np.log(np.maximum(p, FLT_MIN))
        valid = classes.size
        if ignored is not None:
            lost[ignored] = 0
            valid -= int(np.count_nonzero(ignored))
        self._divisor = divisor(
            self._mode, outer=labels.outer, inner=labels.inner, valid=valid, fixed=self._fixed
        )
        top[0].data[...] = lost.sum() / self._divisor

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if not propagate_down[0]:
            return
        prob, diff = self._prob_blob(top).data, bottom[0].diff
        share = self._slope(prob.take(self._true)) * (float(top[0].diff[()]) / self._divisor)
        if self._ignored is not None:
            share[self._ignored] = 0
        items = (self._labels.outer, self._labels.num_classes, self._labels.inner)
        np.multiply(prob.reshape(items), share[:, None], out=diff.reshape(items))
        diff.reshape(-1)[self._true] -= share
        add_gradient_of_probabilities(top, self._axis, diff)

    def _weight(self, p: Array) -> Array:
        if self._adds:
            return np.power(self._alpha + p, self._gamma)
        weight: Array = self._alpha * np.power(np.maximum(1 - p, 0), self._gamma)
        return weight

    def _slope(self, p: Array) -> Array:
        """What a step of the true class's score away from p = 1 costs, over 1 - p."""
        weight = self._weight(p)
        log = np.log(np.maximum(p, FLT_MIN))
        rest = -(1 + p) if self._adds else np.maximum(1 - p, EPSILON)
        slope: Array = weight - self._gamma * weight / rest * log * p
        return slope
