"""ContrastiveLoss: draws similar pairs together and pushes others apart, as in siamese nets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss, Mask
from blobnet.types import Array


@register_layer("ContrastiveLoss")
class ContrastiveLoss(Loss):
    """Brings similar pairs together and keeps others a margin apart.

    bottom[0]  a: (N, C)       axes of length 1 may follow
    bottom[1]  b: (N, C)
    bottom[2]  similar: (N,)   0 (or a fraction of 1) for a pair that differs, else not 0; the
                               labels of a, where there is a fourth bottom
    bottom[3]  labels of b: (N,)   equal labels are similar, fractions cut off (optional; as in
                               caffe-windows)
    top[0]     loss: ()        0 for an empty batch

    With the distance d = |a - b|, a similar pair adds d^2, any other max(margin - d, 0)^2, or
    max(margin - d^2, 0) where `legacy_version` is set.

    Proto: ContrastiveLossParameter.  Caffe: contrastive_loss_layer.cpp; for four bottoms that of
    happynear/caffe-windows.
    """

    formula = (
        "Squared distance of similar pairs, missing distance of others, halved: sum(...) / (2 N)."
    )
    gradient_formula = (
        "da = s * (a - b) * dloss / N,  db = -da,  with s = 1 for similar pairs. For others "
        "s = -(margin - d) / (d + 0.0001), or -1 where `legacy_version` is set; 0 beyond the "
        "margin. The 0.0001 is there for d = 0. None for labels: it would be 0."
    )

    exact_num_bottom_blobs = None
    min_bottom_blobs = 3
    max_bottom_blobs = 4
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.contrastive_loss_param
        self._margin, self._is_legacy = param.margin, param.legacy_version
        self._difference = Blob(dtype=self.dtype)  # these three: from the last forward
        self._distance: Array = np.empty(0, self.dtype)  # squared, in the legacy version
        self._similar: Mask = np.empty(0, np.bool_)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        a, b = bottom[:2]
        if a.channels != b.channels or any(x.height != 1 or x.width != 1 for x in (a, b)):
            raise self.error(
                "the two bottoms must hold vectors of one length",
                expected="shape (N, C) for both; axes of length 1 may follow",
                got=f"bottom[0] of shape {a.shape} and bottom[1] of shape {b.shape}",
                fix="put a Flatten layer before this one",
            )
        for index, labels in enumerate(bottom[2:], 2):
            if labels.num != a.num or labels.count != a.num:
                raise self.error(
                    f"bottom[{index}] must tell for each pair whether it is similar",
                    expected=f"{a.num} values, as there are pairs",
                    got=f"bottom[{index}] of shape {labels.shape}",
                )
        self._difference.reshape((a.num, a.channels))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._similar = self._read_similar(bottom)
        difference = self._difference.data
        a, b = (blob.data.reshape(difference.shape) for blob in bottom[:2])
        np.subtract(a, b, out=difference)
        squared = np.einsum("nc,nc->n", difference, difference)
        self._distance = squared if self._is_legacy else np.sqrt(squared)
        missing = np.maximum(self._margin - self._distance, 0)
        if not self._is_legacy:
            missing *= missing
        total = np.where(self._similar, squared, missing).sum()
        top[0].data[...] = total / max(len(difference), 1) / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        difference = self._difference.data
        scale = float(top[0].diff[()]) / max(len(difference), 1)
        slopes, has_none = self._slopes()
        for blob, wanted, sign in zip(bottom[:2], propagate_down[:2], (1, -1), strict=True):
            if wanted:
                diff = blob.diff.reshape(difference.shape)
                np.multiply(difference, (sign * scale * slopes)[:, None], out=diff)
                diff[has_none] = 0  # also where the difference is infinite
        for blob, wanted in zip(bottom[2:], propagate_down[2:], strict=True):
            if wanted:
                blob.diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2

    def _slopes(self) -> tuple[Array, Mask]:
        """By what each difference counts in its gradient, and which pairs have none."""
        missing = self._margin - self._distance
        if self._is_legacy:
            pushes = np.full_like(missing, -1)
        else:
            pushes = -missing / (self._distance + 1e-4)
        return np.where(self._similar, 1, pushes), ~(self._similar | (missing > 0))

    def _read_similar(self, bottom: Blobs) -> Mask:
        labels = [self._labels(blob, index) for index, blob in enumerate(bottom[2:], 2)]
        similar: Mask = labels[0] != 0 if len(labels) == 1 else labels[0] == labels[1]
        return similar

    def _labels(self, blob: Blob, index: int) -> Array:
        labels = blob.data.reshape(-1)
        unclear = np.flatnonzero(~np.isfinite(labels))
        if unclear.size:
            raise self.error(
                f"a value in bottom[{index}] does not say whether its pair is similar",
                expected="1 for a similar pair, 0 for any other; or, with a fourth bottom, labels",
                got=f"{labels[unclear[0]]:g} for pair {int(unclear[0])}",
            )
        whole: Array = np.trunc(labels)
        return whole
