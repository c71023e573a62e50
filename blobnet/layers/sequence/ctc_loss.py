"""CtcLoss: how badly a sequence of scores reads as a text, wherever its letters stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.ops.ctc import Texts, ctc, log_softmax
from blobnet.types import Array

OTHERS = ("output_delay", "blank_index", "preprocess_collapse_repeated", "ctc_merge_repeated",
          "loss_calculation_t")  # fmt: skip
"""Fields of the same message that CTCLoss reads."""


@register_layer("CtcLoss")
class CtcLoss(Loss):
    """Minus the logarithm of the probability of a text, summed over all its alignments.

    bottom[0]  x: (T, N, C)    scores, any range, of C = `alphabet_size` classes at each step
    bottom[1]  texts: (N, L)   a row for each sequence; `blank_label` (0 unless stated) is no
                               letter, wherever it stands
    top[0]     loss: ()        the average of the N sequences

    The first `time_step` steps count, the same for all. A text that does not fit into them, with
    a blank between equal letters, costs nothing and gives no gradient, as in warp-ctc.

    Proto: CTCLossParameter.  Caffe: ctc_loss_layer.cpp of yalecyu/crnn.caffe, which calls
    warp-ctc.
    """

    formula = "Mean of -log(sum over all alignments of a text of the product of softmax(x))."
    gradient_formula = (
        "dx = (softmax(x) - share of each class among the alignments) * dloss: as in the fork N "
        "times the derivative, since the average is not heeded; 0 from `time_step` on."
    )

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.ctc_loss_param
        self._blank, self._C, self._steps = param.blank_label, param.alphabet_size, param.time_step
        for name in OTHERS:
            if param.HasField(name):
                raise self.error(f"{name} is a field of CTCLoss", fix="leave it out")
        if self._C < 1:
            raise self.error("The size of alphabeta should be greater than 0.", got=self._C)
        if self._steps < 1:
            raise self.error("The time step should be greater than 0.", got=self._steps)
        if not 0 <= self._blank < self._C:
            raise self.error(
                "blank_label is none of the classes",
                expected=f"a number from 0 to {self._C - 1}",
                got=self._blank,
            )
        self._gradient: Array = np.empty(0)  # by the scores, from the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, texts = bottom[0].shape, bottom[1].shape
        if len(x) < 3 or x[2] != self._C or bottom[0].count != x[0] * x[1] * self._C:
            raise self.error(
                "there are no scores for each class",
                expected=f"shape (steps, sequences, {self._C})",
                got=f"bottom[0] of shape {x}",
            )
        if x[0] < self._steps:
            raise self.error("there are fewer steps than time_step", got=f"{x[0]} steps")
        if len(texts) < 2 or texts[0] != x[1] or bottom[1].count != texts[0] * texts[1]:
            raise self.error(
                "The input blobs should have same dimensions.",
                expected=f"a row of letters for each of {x[1]} sequences",
                got=f"bottom[1] of shape {texts}",
            )
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data.reshape(len(bottom[0].data), -1, self._C)[: self._steps]
        texts = self._texts(bottom)
        log_y = log_softmax(x)
        log_p, share = ctc(log_y, texts, self._blank)
        fits = self._fits(texts)
        gradient = np.exp(log_y, out=log_y)
        gradient -= share
        gradient[:, ~fits] = 0
        gradient[np.arange(len(gradient))[:, None] >= texts.steps] = 0
        self._gradient = gradient.astype(self.dtype, copy=False)
        top[0].data[...] = -log_p[fits].sum() / max(len(log_p), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            dx = bottom[0].diff.reshape(len(bottom[0].diff), -1, self._C)
            dx[: self._steps] = self._gradient * float(top[0].diff[()])
            dx[self._steps :] = 0

    def _texts(self, bottom: Blobs) -> Texts:
        """What each sequence shall read as. WarpCTCLoss has it in other forms, too."""
        return self._read_texts(bottom[1].data.reshape(bottom[1].shape[:2]))

    def _read_texts(self, labels: Array) -> Texts:
        if labels.size and not (labels.min() > -1 and labels.max() < self._C):  # or NaN
            wrong = labels[~((labels > -1) & (labels < self._C))][0]
            raise self.error(
                "a label in bottom[1] is no class",
                expected=f"a whole number from 0 to {self._C - 1}",
                got=f"{wrong:g}",
            )
        classes = labels.astype(np.intp)
        is_blank = classes == self._blank
        order = np.argsort(is_blank, axis=1, kind="stable")  # letters first, as they come
        lengths = np.count_nonzero(~is_blank, axis=1)
        classes = np.take_along_axis(classes, order, axis=1)
        return Texts(classes, lengths, np.full(len(classes), self._steps))

    def _fits(self, texts: Texts) -> Array:
        """Which texts have an alignment at all."""
        is_repeated = texts.classes[:, 1:] == texts.classes[:, :-1]
        is_letter = np.arange(1, texts.classes.shape[1]) < texts.lengths[:, None]
        fits: Array = texts.lengths + (is_repeated & is_letter).sum(axis=1) <= texts.steps
        return fits
