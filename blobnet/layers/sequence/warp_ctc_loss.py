"""WarpCTCLoss: CtcLoss, of all steps, with texts as rows or with lengths beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.sequence.ctc_loss import CtcLoss
from blobnet.ops.ctc import Texts
from blobnet.types import Array


@register_layer("WarpCTCLoss")
class WarpCTCLoss(CtcLoss):
    """Minus the logarithm of the probability of a text, summed over all its alignments.

    bottom[0]  x: (T, N, C)    scores, any range
    of 2 bottoms:
    bottom[1]  texts: (N, L)   a row for each sequence, which has all T steps; blanks are skipped
    of 4 bottoms:
    bottom[1]  steps: (N,)     how many each sequence has
    bottom[2]  lengths: (N,)   of the texts
    bottom[3]  texts: (L, N)   a column for each sequence
    top[0]     loss: ()        the average of the N sequences

    `blank_index`, 0 unless stated, is the class of no letter. A text that does not fit into its
    steps costs nothing and gives no gradient, as in warp-ctc.

    Proto: CTCLossParameter.  Caffe: warp_ctc_loss_layer.cpp of senlinuc/caffe_ocr.
    """

    formula = "Mean of -log(sum over all alignments of a text of the product of softmax(x))."
    gradient_formula = (
        "dx = softmax(x) - share of each class among the alignments: as in the fork neither "
        "divided by N nor scaled by the loss weight."
    )

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    max_bottom_blobs = 4

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if len(bottom) == 3:
            raise self.error(
                "forks differ in what three bottoms mean",
                expected="texts, or steps, lengths and texts, behind the scores",
                fix='type: "CTCLoss" has scores, continuation and texts',
            )
        param = self.layer_param_.ctc_loss_param
        for field, _ in param.ListFields():
            if field.name != "blank_index":
                raise self.error(
                    f"{field.name} is a field of CTCLoss or CtcLoss", fix="leave it out"
                )
        self._blank = param.blank_index if param.HasField("blank_index") else 0
        self._gradient: Array = np.empty(0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, texts = bottom[0].shape, bottom[-1].shape
        if len(x) < 3 or bottom[0].count != x[0] * x[1] * x[2] or 0 in (x[0], x[2]):
            raise self.error(
                "there are no scores for each class",
                expected="shape (steps, sequences, classes)",
                got=f"bottom[0] of shape {x}",
            )
        self._steps, num, self._C = x[:3]
        if not 0 <= self._blank < self._C:
            raise self.error("blank_index is none of the classes", got=f"{self._blank} of {x[2]}")
        axis = 0 if len(bottom) == 2 else 1
        flat = len(texts) < 2 or bottom[-1].count != texts[0] * texts[1]
        if flat or texts[axis] != num or any(blob.count != num for blob in bottom[1:-1]):
            raise self.error(
                "there must be a text for each sequence",
                expected=f"shape ({num}, letters)"
                if axis == 0
                else f"({num},), ({num},) and (letters, {num})",
                got=", ".join(str(blob.shape) for blob in bottom[1:]),
            )
        top[0].reshape(())

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient([*propagate_down[:1], any(propagate_down[1:])])
        if propagate_down[0]:
            bottom[0].diff.reshape(self._gradient.shape)[...] = self._gradient

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _texts(self, bottom: Blobs) -> Texts:
        if len(bottom) == 2:
            return super()._texts(bottom)
        columns = bottom[3].data.reshape(bottom[3].shape[:2])
        steps, lengths = (
            self._whole(bottom[index].data.reshape(-1), least, most, index)
            for index, least, most in ((1, 1, self._steps), (2, 0, len(columns)))
        )
        is_text = np.arange(len(columns)) < lengths[:, None]
        texts = self._read_texts(np.where(is_text, columns.T, self._blank))
        return texts._replace(steps=steps)

    def _whole(self, values: Array, least: int, most: int, index: int) -> Array:
        """Counts out of a bottom, checked."""
        wrong = values[~((values >= least) & (values < most + 1))]
        if wrong.size:
            raise self.error(
                f"a count in bottom[{index}] is none",
                expected=f"a whole number from {least} to {most}",
                got=f"{wrong[0]:g}",
            )
        counts: Array = values.astype(np.intp)
        return counts
