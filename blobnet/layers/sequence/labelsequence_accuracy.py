"""LabelsequenceAccuracy: how many sequences are read without any fault."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("LabelsequenceAccuracy")
class LabelsequenceAccuracy(Layer):
    """The share of sequences whose best classes, read as CtcLoss does, are their text.

    bottom[0]  scores: (N, T, C)   sequences first, in contrast to CtcLoss
    bottom[1]  texts: (N, L)       `blank_label` (0 unless stated) is no letter, wherever it stands
    top[0]     accuracy: ()        0 for an empty batch

    Of the classes with the highest score, the first of equals, those that stand twice in
    succession are read once, and blanks not at all.

    Proto: LabelsequenceAccuracyParameter.  Caffe: labelsequence_accuracy_layer.cpp of
    yalecyu/crnn.caffe.
    """

    formula = "The share of sequences in which what is read is the text."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._blank = self.layer_param_.labelsequence_accuracy_param.blank_label

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        scores, texts = bottom[0].shape, bottom[1].shape
        if len(scores) < 3 or bottom[0].count != np.prod(scores[:3]) or scores[2] < 1:
            raise self.error(
                "there are no scores for each class",
                expected="shape (sequences, steps, classes)",
                got=f"bottom[0] of shape {scores}",
            )
        if len(texts) < 2 or texts[0] != scores[0] or bottom[1].count != texts[0] * texts[1]:
            raise self.error(
                "The batch size should be equal.",
                expected=f"a row of letters for each of {scores[0]} sequences",
                got=f"bottom[1] of shape {texts}",
            )
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        num, steps, classes = bottom[0].shape[:3]
        best = bottom[0].data.reshape(num, steps, classes).argmax(axis=2)
        texts = bottom[1].data.reshape(bottom[1].shape[:2])
        is_read = best != self._blank
        is_read[:, 1:] &= best[:, 1:] != best[:, :-1]
        width = max(steps, bottom[1].shape[1])
        read = _letters(best, is_read, width, self._blank)
        right = _letters(np.trunc(texts), texts != self._blank, width, self._blank)
        hits = np.count_nonzero((read == right).all(axis=1))
        top[0].data[...] = hits / max(num, 1)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False


def _letters(values: Array, is_letter: Array, width: int, blank: int) -> Array:
    """The letters of each row without gaps, and blanks behind them."""
    order = np.argsort(~is_letter, axis=1, kind="stable")
    found = np.full((len(values), width), blank, np.float64)
    kept = np.where(is_letter, values, blank)
    found[:, : values.shape[1]] = np.take_along_axis(kept, order, axis=1)
    return found
