"""FixedNeuron: values rounded to a few bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.quantization._fixed import OF_NEURONS, checked_method
from blobnet.ops.fixed_point import NO_STEP, cut_to_fixed, round_to_fixed
from blobnet.proto import TEST, FixedParameter
from blobnet.types import Array


@register_layer("FixedNeuron")
class FixedNeuron(Layer):
    """Rounds to multiples of 2^-position with `bit_width` bits, as a processor without floats has.

    bottom[0]  x: any shape
    top[0]     y: the same shape
    blobs_[0]  position: (1,)  how many bits stand behind the point; found in TRAIN, used in TEST

    In TRAIN every batch has a position: the largest without overflow (OVER_FLOW), or that from
    there on which moves x least in squares, of five (DIFF_S, DIFF_A) or, as a sigmoid behind sees
    it, of ten (DIFF_S_SIGMOID). blobs_[0] is the one that most batches had; but for OVER_FLOW it
    is rounded by that one.

    Halves are rounded up. With `follow_data_layer` away from zero; then TEST cuts what is less than
    a step, and no value is too large. `enable: false` copies. The fork's counts of batches are not
    in its snapshots; here they are part of the state. May work in place.

    Proto: FixedParameter.
    Caffe: fixed_neuron_layer.cpp, quantize.cpp of Xilinx (Xilinx/Vitis-AI).
    """

    formula = "y = round(x * 2^position) / 2^position, between the smallest and the largest number"
    gradient_formula = "dx = dy: rounding is taken for what it does on average, nothing."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._find = checked_method(self, OF_NEURONS)
        param = self.layer_param_.fixed_param
        self._bits, self._is_data = param.bit_width, param.follow_data_layer
        self._has_own = param.fixed_method == FixedParameter.OVER_FLOW
        self._batches: Counter[int] = Counter()
        self.init_blob(0, (1,))
        if not self.layer_param_.param:  # it is found, not learned
            self.layer_param_.param.add(lr_mult=0, decay_mult=0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if not self.layer_param_.fixed_param.enable:
            np.copyto(y, x)
        elif self.phase == TEST and self._is_data:
            cut_to_fixed(x, self._stored(), y)
        else:
            position = self._stored() if self.phase == TEST else self._of_batch(x)
            round_to_fixed(x, self._bits, position, y, is_half_up=not self._is_data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff)

    def use_statistics_of(self, gather: Callable[[Array], Array]) -> bool:
        if self.phase == TEST or not self.layer_param_.fixed_param.enable:
            return False
        raise self.error(
            "a position is found for each process's own batch, not for those of all",
            fix="leave --sync-bn out, or train by one process",
        )

    def get_state(self) -> dict[str, Any]:
        counts = sorted(self._batches.items())
        return {**super().get_state(), "batches": [list(pair) for pair in counts]}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        try:
            self._batches = Counter({int(at): int(count) for at, count in state["batches"]})
        except (KeyError, TypeError, ValueError) as error:
            raise self.error("the state to go on from is of another kind") from error

    def _of_batch(self, x: Array) -> int:
        """Take the position of a batch into account; return the one to round by."""
        own = self._find(x, self._bits)
        self._batches[own] += 1
        counts = sorted(self._batches.items())  # of equal counts, the smallest position
        kept, _ = max(counts, key=lambda pair: pair[1])
        self.blobs_[0].data[...] = kept
        return own if self._has_own else kept

    def _stored(self) -> int:
        position = float(self.blobs_[0].data[0])
        if not abs(position) <= NO_STEP:
            raise self.error(
                "blobs_[0] is no position", expected=f"at most {NO_STEP}", got=position
            )
        return int(np.floor(position))
