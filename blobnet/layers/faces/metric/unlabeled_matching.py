"""UnlabeledMatching: products with the last features of people nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import check_count
from blobnet.layers.faces.metric._memory import MatchingMemory


@register_layer("UnlabeledMatching")
class UnlabeledMatching(MatchingMemory, Layer):
    """How much items are like each of the last N = `queue_size` items without a name.

    bottom[0]  x: (M, ...)      D values for each item
    bottom[1]  labels: (M,)     -1 for a person nobody knows; any shape of that count
    top[0]     y: (M, N)
    blobs_[0]  w: (N, D)        the queue, 0 at the beginning

    No gradient changes the queue. Each backward writes the items of label -1 into it, over the
    oldest ones, unless it is fixed (lr_mult: 0). Where it goes on is in the state of a training.

    Proto: UnlabeledMatchingParameter.  Caffe: unlabeled_matching_layer.cpp of OIM (Cysu/caffe),
    which begins at the first row again when a training is resumed.
    """

    formula = "y = x @ w.T"
    gradient_formula = "dx = dy @ w, with w as it was; then items of label -1 go into w."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        size = self.layer_param_.unlabeled_matching_param.queue_size
        if size < 1:
            raise self.error("Unlabeled queue size must be positive", got=size)
        self.make_memory(bottom[0], size)
        self._tail = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.reshape_products(bottom, top)
        check_count(self, bottom[1], bottom[0].shape[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self.multiply(bottom, top)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.gradient_of_products(top, propagate_down, bottom)
        if not self.param_propagate_down_[0]:
            return
        queue = self.blobs_[0].data
        labels = bottom[1].data.reshape(-1)
        for item in self.rows(bottom[0].data)[(labels > -2) & (labels <= -1)]:
            queue[self._tail] = item
            self._tail = (self._tail + 1) % len(queue)

    def get_state(self) -> dict[str, Any]:
        return {"tail": self._tail}

    def set_state(self, state: dict[str, Any]) -> None:
        tail = state.get("tail")
        if type(tail) is not int or tail not in range(len(self.blobs_[0].data)):
            raise self.error(
                "the state to go on from is none of this layer's",
                expected=f"a row of the queue, below {len(self.blobs_[0].data)}",
                got=repr(tail)[:40],
            )
        self._tail = tail
