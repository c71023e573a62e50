"""JfdaLoss: the three losses of a cascade that finds faces, each on its part of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array

_FLT_MIN = np.finfo(np.float32).tiny


@register_layer("JfdaLoss")
class JfdaLoss(Layer):
    """Is it a face, where is its box, where are its landmarks.

    bottom[0]  scores: (N, 2)         of no face and of a face
    bottom[1]  box: (N, B)
    bottom[2]  landmarks: (N, L)
    bottom[3]  true box: (N, B)
    bottom[4]  true landmarks: (N, L)
    bottom[5]  labels: (N,)           0: no face, 1: a face, 2: a part of one, else: landmarks
    top[0]     loss of the scores: ()     the sum of -log(softmax) / N, of items without face and
               with one
    top[1]     loss of boxes: ()          the sum of squares / 2N, of faces and parts
    top[2]     loss of landmarks: ()      likewise, of items for landmarks
    top[3]     share of right scores: ()  of items without face; NaN where there are none
    top[4]     share of right scores: ()  of faces; likewise

    A batch has its items in the order of their labels: they are counted, and so many rows are
    taken; all axes behind the second must be 1. Of the scores only the share of
    1 - `drop_loss_rate` (brought into 0 to 1) with the largest losses has a gradient, of equal ones
    the first; the fork leaves their order to its sort. Tops count in the loss as `loss_weight`
    says, and without it not at all.

    Proto: JfdaLossParameter.  Caffe: jfda_loss_layer.cpp of JFDA (luoyetx, imistyrain/MTCNN-VS).
    Paper: Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional
    Networks", 2016.
    """

    formula = "sums over parts of a batch: -log p[label] / N,  |box - true box|^2 / 2N, and so on."
    gradient_formula = (
        "dscores = (p - onehot) * dloss / N for the hardest;  dbox = (box - true box) * dloss / N."
    )

    exact_num_bottom_blobs = 6
    exact_num_top_blobs = 5
    auto_top_blobs = True
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._slopes = [Blob(dtype=self.dtype) for _ in range(3)]  # times N / dloss

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num = bottom[5].count()
        widths = (2, *((bottom[index].shape[1:2] or (1,))[0] for index in (1, 2, 1, 2)))
        for index, (blob, width) in enumerate(zip(bottom, widths, strict=False)):
            if blob.shape[:2] != (num, width) or blob.count() != num * width:
                raise self.error(
                    f"bottom[{index}] does not fit the others",
                    expected=f"shape {(num, width)}: a row for each of {num} labels",
                    got=f"shape {blob.shape}",
                )
        for blob, width in zip(self._slopes, widths, strict=False):
            blob.reshape((num, width))
        for blob in top:
            blob.reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for blob in self._slopes:
            blob.data[...] = 0
        labels = np.trunc(bottom[5].data.reshape(-1))
        num = len(labels)
        whole = int((labels == 0).sum())
        faces = whole + int((labels == 1).sum())
        parts = faces + int((labels == 2).sum())
        loss, right = self._classify(bottom[0].data.reshape(num, 2)[:faces], labels[:faces] != 0)
        top[0].data[...] = loss / num
        for blob, count, total in zip(top[3:], right, (whole, faces - whole), strict=True):
            blob.data[...] = self.dtype.type(count) / self.dtype.type(total)
        for index, rows in ((1, slice(whole, parts)), (2, slice(parts, num))):
            slopes = self._slopes[index].data
            predicted, true = (bottom[i].data.reshape(slopes.shape) for i in (index, index + 2))
            np.subtract(predicted[rows], true[rows], out=slopes[rows])
            top[index].data[...] = np.square(slopes[rows]).sum() / num / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down[3:]):
            raise self.error(
                "targets and labels have no gradient", fix="set `propagate_down: false` for them"
            )
        for slopes, loss, blob, wanted in zip(
            self._slopes, top, bottom, propagate_down, strict=False
        ):
            if wanted:
                factor = float(loss.diff[()]) / max(bottom[5].count(), 1)
                np.multiply(slopes.data, factor, out=blob.diff.reshape(slopes.shape))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 3

    def _classify(self, scores: Array, is_face: Array) -> tuple[float, list[int]]:
        """The sum of the losses; how many items without face, and faces, are right."""
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
        probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
        items, classes = np.arange(len(scores)), is_face.astype(np.intp)
        of_label = probabilities[items, classes]
        right = of_label > probabilities[items, 1 - classes]
        losses = -np.log(np.maximum(of_label, _FLT_MIN))
        kept = np.argsort(-losses, kind="stable")[: self._number_kept(len(losses))]
        slopes = self._slopes[0].data
        slopes[kept] = probabilities[kept]
        slopes[kept, classes[kept]] -= 1
        return losses.sum(), [int((right & (is_face == face)).sum()) for face in (False, True)]

    def _number_kept(self, number: int) -> int:
        """So many items are not dropped, rounded as the fork's numbers round it."""
        rate = np.clip(np.float32(self.layer_param_.jfda_loss_param.drop_loss_rate), 0, 1)
        return int(self.dtype.type(number) * self.dtype.type(np.float32(1) - rate))
