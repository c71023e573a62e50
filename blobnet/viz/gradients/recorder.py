"""What is measured while a net trains: data, delta and weight change, layer by layer.

data           what a layer gives to the layers above it: the values of its tops
delta          what comes back down to it: the gradient of the loss by those values
weight change  what an update subtracts from the layer's weights
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.solver import Solver, SolverCallback
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer

NEAR_LIMIT = 0.02
"""A value counts as near the limits of its layer within this share of the way between the two;
there the slope of a Sigmoid or a TanH is below a twelfth of the steepest."""

_NAN = float("nan")


class Size(NamedTuple):
    """How large values are, their signs left out; inf where one of them is not a finite number.

    mean, largest  of the values
    zeros          the share of values that are exactly 0
    norm           the root of the sum of squares
    """

    mean: float
    largest: float
    zeros: float
    norm: float


NOTHING = Size(_NAN, _NAN, _NAN, _NAN)
"""The size of what was not computed."""


def measure(*arrays: Array) -> Size:
    """The size of all values of some arrays taken together."""
    parts = [np.abs(array, dtype=np.float64).ravel() for array in arrays if array.size]
    if not parts:
        return NOTHING
    values = np.concatenate(parts) if len(parts) > 1 else parts[0]
    zeros = 1 - np.count_nonzero(values) / values.size
    largest = float(values.max())
    if not math.isfinite(largest):
        return Size(math.inf, math.inf, zeros, math.inf)
    return Size(float(values.mean()), largest, zeros, math.sqrt(float(np.vdot(values, values))))


@dataclass
class LayerRecord:
    """One layer, one entry for every recorded iteration in each list; NaN for what there is not.

    has_matrices         whether it multiplies with learned matrices
    dead_value           what it puts out where it passes no gradient, if it is one (ReLU)
    data, delta, change  sizes of the tops' values, of the tops' gradients, of the weights' changes
    relative_change      the norm of the weights' change, divided by that of the weights before it
    near_limits          share of outputs near the limits, of a layer that has some (TanH)
    alive                for each channel whether any value was not `dead_value`, where there is one
    """

    name: str
    type: str
    has_matrices: bool = False
    dead_value: float | None = None
    data: list[Size] = field(default_factory=list)
    delta: list[Size] = field(default_factory=list)
    change: list[Size] = field(default_factory=list)
    relative_change: list[float] = field(default_factory=list)
    near_limits: list[float] = field(default_factory=list)
    alive: list[Array] = field(default_factory=list)

    def begin_iteration(self) -> None:
        for sizes in (self.data, self.delta, self.change):
            sizes.append(NOTHING)
        for shares in (self.relative_change, self.near_limits):
            shares.append(_NAN)
        self.alive.append(np.zeros(0, bool))


class GradientRecorder(SolverCallback):
    """Records the sizes of all gradients of a training; `every` N iterations to take less time.

    iterations  the recorded ones
    layers      a LayerRecord for each layer that passes gradients on, and for those that make
                the data; without the Splits that the net put in, and without losses
    losses      the loss; NaN where the training ended with one that is no number
    loss_delta  the norm of the gradient that the losses hand down: what deltas are compared with

    With iter_size, data and deltas are those of the last pass of an iteration.
    """

    watches_only = True

    def __init__(self, every: int = 1) -> None:
        self.every = every
        self.iterations: list[int] = []
        self.layers: list[LayerRecord] = []
        self.losses: list[float] = []
        self.loss_delta: list[float] = []
        self._net: Net | None = None
        self._records: dict[int, LayerRecord] = {}  # by the layer's position in the net
        self._weights: dict[int, list[Blob]] = {}
        self._weight_norms: dict[int, float] = {}
        self._squares: dict[int, float] = {}  # of the gradients of each loss layer's bottoms
        self._recording = False

    # --- what the solver calls ----------------------------------------------------------------

    def on_start(self, solver: Solver) -> None:
        if self._net is None:
            self._attach(solver.net)
        self._recording = solver.iter % self.every == 0
        if self._recording:
            self.iterations.append(solver.iter)
            self.losses.append(_NAN)
            self.loss_delta.append(_NAN)
            for record in self.layers:
                record.begin_iteration()

    def on_gradients_ready(self, solver: Solver) -> None:
        if not self._recording:
            return
        self.losses[-1] = solver.loss
        self.loss_delta[-1] = math.sqrt(sum(self._squares.values()))
        for position, weights in self._weights.items():
            self._weight_norms[position] = measure(*(blob.data for blob in weights)).norm

    def on_update(self, solver: Solver) -> None:
        if not self._recording:
            return
        self._recording = False
        for position, weights in self._weights.items():
            record, before = self._records[position], self._weight_norms[position]
            change = measure(*(blob.diff for blob in weights))  # an update leaves it there
            record.change[-1] = change
            record.relative_change[-1] = change.norm / before if before else _NAN

    # --- what the net calls -------------------------------------------------------------------

    def _attach(self, net: Net) -> None:
        self._net = net
        learning = {
            id(blob) for blob, rate in zip(net.learnable_params, net.params_lr, strict=True) if rate
        }
        for position, wired in enumerate(net.wired):
            if _is_shown(wired):
                record = _new_record(wired)
                self._records[position] = record
                self.layers.append(record)
                weights = [blob for blob in wired.layer.blobs_ if id(blob) in learning]
                if weights:
                    self._weights[position] = weights
        net.callbacks.after_forward.append(self._after_forward)
        net.callbacks.before_backward.append(self._before_backward)
        net.callbacks.after_backward.append(self._after_backward)

    def _after_forward(self, position: int) -> None:
        record = self._records.get(position)
        if self._net is None or record is None or not self._recording:
            return
        wired = self._net.wired[position]
        tops = wired.top if wired.bottom else wired.top[:1]  # a label has no size to speak of
        record.data[-1] = measure(*(blob.data for blob in tops))
        if wired.layer.limits is not None:
            record.near_limits[-1] = _share_near_limits(wired.layer.limits, wired.top[0].data)
        if record.dead_value is not None:
            record.alive[-1] = _alive_channels(record.dead_value, wired.top[0].data)

    def _before_backward(self, position: int) -> None:
        record = self._records.get(position)
        if self._net is None or record is None or not self._recording:
            return
        wired = self._net.wired[position]
        if wired.need_backward:
            record.delta[-1] = measure(*(blob.diff for blob in wired.top))

    def _after_backward(self, position: int) -> None:
        if self._net is None or not self._recording:
            return
        wired = self._net.wired[position]
        if wired.need_backward and _is_loss(wired.layer):
            wanted = zip(wired.bottom, wired.bottom_need_backward, strict=True)
            size = measure(*(blob.diff for blob, needed in wanted if needed))
            self._squares[position] = size.norm**2


def _new_record(wired: WiredLayer) -> LayerRecord:
    layer = wired.layer
    has_matrices = layer.multiply_adds(wired.bottom, wired.top) > 0
    return LayerRecord(layer.name, layer.type, has_matrices, layer.dead_value)


def _is_shown(wired: WiredLayer) -> bool:
    if is_inserted_split(wired.layer.layer_param_) or _is_loss(wired.layer) or not wired.top:
        return False
    return wired.need_backward or not wired.bottom


def _is_loss(layer: Layer) -> bool:
    return any(layer.loss_)


def _share_near_limits(limits: tuple[float, float], values: Array) -> float:
    if not values.size:
        return _NAN
    low, high = limits
    margin = NEAR_LIMIT * (high - low)
    return float(np.mean((values < low + margin) | (values > high - margin)))


def _alive_channels(dead_value: float, values: Array) -> Array:
    """For each channel whether any of its values is another; nothing where there are no values."""
    if not values.size:
        return np.zeros(0, bool)
    others: Sequence[int] = [axis for axis in range(values.ndim) if axis != 1]
    alive: Array = np.atleast_1d(np.any(values != dead_value, axis=tuple(others)))
    return alive
