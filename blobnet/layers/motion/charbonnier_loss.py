"""CharbonnierLoss: a robust loss of differences, within a mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images
from blobnet.types import Array


@register_layer("CharbonnierLoss")
class CharbonnierLoss(Layer):
    """Differences that count with a power: with `alpha` below 0.5 the large ones hardly grow.

    bottom[0]  x: (N, C, H, W)     differences, say of an image and a warped one
    bottom[1]  mask: (N, D, H, W)  optional: what each counts. Where D is more than C, its first
               N C H W values are meant, in the order of memory: fine for masks that are the same
               in all channels, as those of the fork's nets
    top[0]     loss: (1, 1, 1, 1)

    The sum is divided by N H W; with a mask by N times the sum of the whole mask, all its images
    and channels, without what is behind the point. Where that is 0 the loss is infinite or NaN; of
    no pixels at all it is 0.

    Proto: CharbonnierLossParameter.
    Caffe: charbonnier_loss_layer.cpp of bryanyzhu/Hidden-Two-Stream (and jasonjyu/unsupFlownet).
    """

    formula = "|sum of mask * ((beta x)^2 + epsilon^2)^alpha| / pixels"
    gradient_formula = (
        "dx = 2 alpha beta^2 x ((beta x)^2 + epsilon^2)^(alpha - 1) * mask * dloss / pixels."
    )

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._base = Blob(dtype=self.dtype)  # (beta x)^2 + epsilon^2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = check_images(self, bottom)
        if len(bottom) == 2:
            num, channels, *size = bottom[1].shape
            if [num, *size] != [shape[0], *shape[2:]] or channels < shape[1]:
                raise self.error(
                    "Mask must be the same size as input",
                    expected=f"bottom[1] of shape {shape}, or with more channels",
                    got=f"shape {bottom[1].shape}",
                )
        self._base.reshape(shape)
        top[0].reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param, base = self.layer_param_.charbonnier_loss_param, self._base.data
        np.multiply(bottom[0].data, self._number(param.beta), out=base)
        np.square(base, out=base)
        base += self._number(param.epsilon) ** 2
        loss = base ** self._number(param.alpha)
        if len(bottom) == 2:
            loss *= self._mask(bottom)
        top[0].data[...] = np.abs(loss).sum() / self._pixels(bottom)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down[1:]):
            raise self.error("the mask has no gradient", fix="set `propagate_down: false` for it")
        if not propagate_down[0]:
            return
        param, dx = self.layer_param_.charbonnier_loss_param, bottom[0].diff
        alpha, beta = self._number(param.alpha), self._number(param.beta)
        np.multiply(self._base.data ** (alpha - 1), bottom[0].data, out=dx)
        dx *= top[0].diff.reshape(()) * 2 * alpha * beta**2 / self._pixels(bottom)
        if len(bottom) == 2:
            dx *= self._mask(bottom)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def default_loss_weights(self, num_top: int) -> list[float]:
        return [1.0]

    def _mask(self, bottom: Blobs) -> Array:
        count = bottom[0].count()
        return bottom[1].data.reshape(-1)[:count].reshape(bottom[0].shape)

    def _pixels(self, bottom: Blobs) -> Array:
        """What the sum is divided by, a whole number."""
        num, _, height, width = bottom[0].shape
        if not bottom[0].count():
            return np.ones((), self.dtype)
        if len(bottom) == 1:
            return np.array(num * height * width, self.dtype)
        counted: Array = np.trunc(num * np.abs(bottom[1].data).sum())
        return counted

    def _number(self, value: float) -> Array:
        return np.array(value, self.dtype)
