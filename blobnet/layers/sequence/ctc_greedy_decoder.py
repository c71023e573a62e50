"""CTCGreedyDecoder: reads the text that the best class of each step spells."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array, Shape


@register_layer("CTCGreedyDecoder")
class CTCGreedyDecoder(Layer):
    """The best class of each step, without blanks and what is repeated.

    bottom[0]  x: (T, N, C)     scores or probabilities
    bottom[1]  goes on: (T, N)  0 ends a sequence before this step, but not before the first
    bottom[2]  texts: (T, N)    what should be read, a column each until a number below 0 (optional)
    top[0]     read: (N, T, 1, 1)   a row for each sequence, then -1
    top[1]     score: (N, 1, 1, 1)  minus the sum of the highest x; of three bottoms and two tops
                                    the accuracy (optional)
    top[2]     accuracy: (1, 1, 1, 1)   1 - mean of edit distance / length of the longer of both
                                        texts; two empty ones differ by 0 (optional)

    In the form of caffe_ocr all steps count: x alone gives what is read; x and
    bottom[1]  texts: (N, L)    rows that are not (T, N), until a number below 0, blanks left out
    top[0]     accuracy: (1, 2, 1, 1)   as above, and the share of texts read without an error

    `blank_index` is the class of no letter; where it is not stated it is the last, in the form of
    caffe_ocr the first, and below 0 the last. With `ctc_merge_repeated: false` what stands twice
    in succession is read twice.

    Proto: CTCDecoderParameter.  Caffe: ctc_decoder_layer.cpp of ChWick/caffe (branch ctc),
    MhLiao/TextBoxes_plusplus, and senlinuc/caffe_ocr.
    """

    formula = "The best class of each step, without blanks and repetitions."
    gradient_formula = "none; asking for one is an error."

    min_bottom_blobs = 1
    max_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if len(top) > len(bottom):
            raise self.error(
                "accuracy needs texts, as bottom[2]"
                if len(bottom) > 1
                else "scores alone give what is read",
                got=f"{len(top)} tops, {len(bottom)} bottoms",
            )
        is_judged = len(bottom) == 3 and len(top) > 1
        self._accuracy_index = len(top) - 1 if is_judged else 0
        self._has_score = len(top) == 3 or (len(top) == 2 and not is_judged)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].shape
        if len(x) < 3 or bottom[0].count != x[0] * x[1] * x[2] or 0 in (x[0], x[2]):
            raise self.error(
                "there are no scores for each class",
                expected="shape (steps, sequences, classes)",
                got=f"bottom[0] of shape {x}",
            )
        self._has_rows = len(bottom) == 2 and len(top) == 1 and _has_rows(bottom[1], x)
        for index in () if self._has_rows else range(1, len(bottom)):
            if bottom[index].shape[:2] != x[:2] or bottom[index].count != x[0] * x[1]:
                raise self.error(
                    f"bottom[{index}] must have one value for each step of each sequence",
                    expected=f"shape {x[:2]}",
                    got=f"shape {bottom[index].shape}",
                )
        param = self.layer_param_.ctc_decoder_param
        is_first = (self._has_rows or len(bottom) == 1) and not param.HasField("blank_index")
        blank = 0 if is_first else param.blank_index
        self._blank = blank if blank >= 0 else x[2] - 1
        top[0].reshape((1, 2, 1, 1) if self._has_rows else (x[1], x[0], 1, 1))
        if self._has_score:
            top[1].reshape((x[1], 1, 1, 1))
        if self._accuracy_index:
            top[self._accuracy_index].reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        steps, num, classes = bottom[0].shape[:3]
        x = bottom[0].data.reshape(steps, num, classes)
        counts = np.ones((steps, num), np.bool_)
        if len(bottom) > 1 and not self._has_rows:
            ends = bottom[1].data.reshape(steps, num) == 0
            ends[0] = False
            counts = np.cumsum(ends, axis=0) == 0
        read = self._read(x.argmax(axis=2), counts)
        if self._has_rows:
            top[0].data[...] = self._judge(read, bottom[1].data).reshape(1, 2, 1, 1)
            return
        top[0].data[...] = read[:, :, None, None]
        if self._has_score:
            scores = -np.where(counts, x.max(axis=2), 0).sum(axis=0)
            top[1].data[...] = scores.reshape(-1, 1, 1, 1)
        if self._accuracy_index:
            texts = bottom[2].data.reshape(steps, num)
            errors = [_error(*pair) for pair in zip(read, texts.T, strict=True)]
            top[self._accuracy_index].data[...] = 1 - sum(errors) / max(num, 1)

    def _read(self, best: Array, counts: Array) -> Array:
        """A row for each sequence: its letters, then -1."""
        is_read = counts & (best != self._blank)
        if self.layer_param_.ctc_decoder_param.ctc_merge_repeated:
            is_read[1:] &= best[1:] != best[:-1]
        order = np.argsort(~is_read, axis=0, kind="stable")
        read: Array = np.take_along_axis(np.where(is_read, best, -1), order, axis=0).T
        return read

    def _judge(self, read: Array, rows: Array) -> Array:
        """Both accuracies, of texts in rows."""
        errors, right = [], 0
        for letters, row in zip(read, rows.reshape(len(rows), -1), strict=True):
            is_end = row < 0
            text = np.trunc(row[: is_end.argmax() if is_end.any() else len(row)] + 0.5)
            text = text[text != self._blank]
            errors.append(_error(letters, text))
            right += len(text) > 0 and not errors[-1]  # two empty ones do not count, as there
        num = max(len(errors), 1)
        return np.array([1 - sum(errors) / num, right / num])

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False


def _has_rows(texts: Blob, x: Shape) -> bool:
    """Whether a bottom is a row of letters for each sequence of scores x, not a column."""
    shape = texts.shape
    return shape[:2] != x[:2] and len(shape) > 1 and shape[0] == x[1]


def _error(read: Array, text: Array) -> float:
    """The edit distance, as a part of the longer one's length."""
    read = read[read >= 0]
    is_end = text < 0
    text = np.trunc(text[: is_end.argmax() if is_end.any() else len(text)] + 0.5)
    longest = max(len(read), len(text))
    return _edit_distance(read, text) / longest if longest else 0.0


def _edit_distance(first: Array, second: Array) -> int:
    """How many letters have to be put in, taken out or changed, row by row of the usual table."""
    places = np.arange(len(second) + 1)
    row = places.copy()
    for letter in first:
        changed = row[:-1] + (second != letter)
        best = np.concatenate([row[:1] + 1, np.minimum(row[1:] + 1, changed)])
        row = np.minimum.accumulate(best - places) + places  # what is put in costs 1 each
    return int(row[-1])
