"""The lines of `recurrent_param { debug_info: true }`: the sizes of the values of a timestep.

They have the form of the net's own `debug_info`, and the names that Caffe's unrolled nets give.
"""

from __future__ import annotations

from blobnet.diagnostics.debug_info import mean_abs
from blobnet.loggers import named_logger
from blobnet.types import Array

_log = named_logger("blobnet.net")


class InnerLog:
    """Logs what happens in the timesteps of one layer; timesteps count from 0, names from 1.

    layer_name  what stands in front of every inner layer's name
    adder       the inner layer that adds up a timestep's sums
    sums        the blob that it makes
    unit        the inner layer that makes states of them
    states      the blobs that it makes; the first is the one called h
    """

    def __init__(
        self, layer_name: str, adder: str, sums: str, unit: str, states: tuple[str, ...]
    ) -> None:
        self._layer_name, self._states = layer_name, states
        self._adder, self._sums, self._unit = adder, sums, unit

    def sums(self, t: int, sums: Array) -> None:
        self._forward(f"{self._adder}_{t + 1}", f"{self._sums}_{t + 1}", sums)

    def states(self, t: int, states: Array) -> None:
        for name, state in zip(self._states, states, strict=True):
            self._forward(f"{self._unit}_{t + 1}", f"{name}_{t + 1}", state)

    def diffs(self, t: int, d_sums: Array, d_states: Array) -> None:
        """The gradients of the sums of timestep t, and of the states before it."""
        self._backward(f"{self._unit}_{t + 1}", f"{self._sums}_{t + 1}", d_sums)
        for name, d_state in zip(self._states, d_states, strict=True):
            layer = f"h_conted_{t}" if name == "h" else f"{self._unit}_{t + 1}"
            self._backward(layer, f"{name}_{t}", d_state)

    def _forward(self, layer: str, blob: str, data: Array) -> None:
        _log.info(
            "    [Forward] Layer %s_%s, top blob %s data: %g",
            self._layer_name, layer, blob, mean_abs(data),
        )  # fmt: skip

    def _backward(self, layer: str, blob: str, diff: Array) -> None:
        _log.info(
            "    [Backward] Layer %s_%s, bottom blob %s diff: %g",
            self._layer_name, layer, blob, mean_abs(diff),
        )  # fmt: skip
