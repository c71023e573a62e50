"""CTCLoss: how badly sequences of scores read as texts; of ChWick's pull request to Caffe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.ops.ctc import Texts, ctc, log_softmax
from blobnet.types import Array

OTHERS = ("alphabet_size", "time_step", "blank_label")
"""Fields of the same message that CtcLoss reads."""


@register_layer("CTCLoss")
class CTCLoss(Loss):
    """Minus the logarithm of the probability of a text, summed over all its alignments.

    bottom[0]  x: (T, N, C)   scores, any range
    bottom[1]  goes on: (T, N)   0 ends a sequence before this step, but not before the first
    bottom[2]  texts: (T, N)  a column for each sequence, until a number below 0, a blank or what
                              is no class
    top[0]     loss: ()       the sum over all sequences, divided by N; empty texts cost nothing

    `blank_index` is the class of no letter: the last, if it is below 0 or not stated. The first
    `output_delay` steps do not count. `preprocess_collapse_repeated` makes one of letters of a
    text that are alike and adjacent; with `ctc_merge_repeated: false` what is read twice is twice
    in the text. The loss is the same whichever step it is calculated at, so `loss_calculation_t`
    has no effect.

    Proto: CTCLossParameter.  Caffe: ctc_loss_layer.cpp of ChWick/caffe (branch ctc), and
    MhLiao/TextBoxes_plusplus.
    """

    formula = "sum(-log(sum over all alignments of a text of the product of softmax(x))) / N."
    gradient_formula = (
        "dx = softmax(x) - share of each class among the alignments; as in the fork neither "
        "divided by N nor scaled by the loss weight. softmax(x) where a text has no alignment; 0 "
        "where steps do not count."
    )

    exact_num_bottom_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.ctc_loss_param
        for name in OTHERS:
            if param.HasField(name):
                raise self.error(f"{name} is a field of CtcLoss", fix="leave it out")
        if param.output_delay < 0:
            raise self.error("output_delay must not be negative", got=param.output_delay)
        self._delay = param.output_delay
        self._gradient: Array = np.empty(0)  # by the scores, from the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].shape
        if len(x) < 3 or bottom[0].count != x[0] * x[1] * x[2] or 0 in (x[0], x[2]):
            raise self.error(
                "there are no scores for each class",
                expected="shape (steps, sequences, classes)",
                got=f"bottom[0] of shape {x}",
            )
        for index in (1, 2):
            if bottom[index].shape[:2] != x[:2] or bottom[index].count != x[0] * x[1]:
                raise self.error(
                    f"bottom[{index}] must have one value for each step of each sequence",
                    expected=f"shape {x[:2]}",
                    got=f"shape {bottom[index].shape}",
                )
        blank = self.layer_param_.ctc_loss_param.blank_index
        if blank >= x[2]:
            raise self.error("blank_index is none of the classes", got=f"{blank} of {x[2]}")
        self._blank = blank if blank >= 0 else x[2] - 1
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        num_steps, num, num_classes = bottom[0].shape[:3]
        x = bottom[0].data.reshape(num_steps, num, num_classes)
        steps = _steps(bottom[1].data.reshape(num_steps, num))
        counts, texts = self._read_texts(bottom[2].data.reshape(num_steps, num), steps, num_classes)
        log_y = log_softmax(x[self._delay :])
        merges = self.layer_param_.ctc_loss_param.ctc_merge_repeated
        log_p, share = ctc(log_y, texts, self._blank, merges=merges)
        gradient = np.exp(log_y, out=log_y)
        gradient -= share
        gradient[(np.arange(len(log_y))[:, None] >= texts.steps) | ~counts] = 0
        self._gradient = gradient.astype(self.dtype, copy=False)
        top[0].data[...] = -log_p[counts].sum() / max(num, 1) if counts.any() else 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient([*propagate_down[:1], any(propagate_down[1:])])
        if propagate_down[0]:
            dx = bottom[0].diff.reshape(bottom[0].shape[:3])
            dx[: self._delay] = 0
            dx[self._delay :] = self._gradient

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _read_texts(
        self, labels: Array, steps: NDArray[np.intp], num_classes: int
    ) -> tuple[NDArray[np.bool_], Texts]:
        """Which sequences count, and their texts."""
        if np.isnan(labels).any():
            raise self.error("a label in bottom[2] is no number")
        sizes = _until(labels < 0)
        counts = sizes > 0
        self._check_sizes(sizes, steps, counts)
        values = np.clip(labels + 0.5, -1, num_classes).astype(np.intp)
        is_text = np.arange(len(labels))[:, None] < sizes
        if self.layer_param_.ctc_loss_param.preprocess_collapse_repeated:
            is_text[1:] &= labels[1:] != labels[:-1]
        is_end = is_text & ((values >= num_classes) | (values == self._blank))
        is_letter = is_text & ~is_end
        if (is_letter & (np.cumsum(is_end, axis=0) > 0)).any():
            raise self.error(
                "Saw a non-null label following a null label",
                expected="texts in bottom[2] that end at the first blank, or with -1",
            )
        order = np.argsort(~is_letter, axis=0, kind="stable")
        classes = np.take_along_axis(values, order, axis=0).T
        lengths = np.where(counts, is_letter.sum(axis=0), 0)
        longest = int(lengths.max(initial=0))
        classes = np.ascontiguousarray(classes[:, :longest])
        return counts, Texts(classes, lengths, np.maximum(steps - self._delay, 1))

    def _check_sizes(
        self, sizes: NDArray[np.intp], steps: NDArray[np.intp], counts: NDArray[np.bool_]
    ) -> None:
        allowed = np.where(counts, steps - self._delay, 1)
        too_long = np.flatnonzero(np.where(counts, sizes > allowed, steps > 1))
        if too_long.size:
            n = int(too_long[0])
            raise self.error(
                "Not enough time for target transition sequence"
                if counts[n]
                else "a sequence without text must have one step",
                expected="at most as many letters as there are steps, without output_delay",
                got=f"{sizes[n]} letters and {steps[n]} steps in sequence {n}",
            )


def _steps(goes_on: Array) -> NDArray[np.intp]:
    """How many steps each sequence has: up to the first 0 behind the first step."""
    ends = np.trunc(np.nan_to_num(goes_on) + 0.5) == 0
    ends[:1] = False
    return _until(ends)


def _until(is_end: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many rows stand before the first True of each column."""
    first: NDArray[np.intp] = np.where(is_end.any(axis=0), is_end.argmax(axis=0), len(is_end))
    return first
