"""Notes an iteration while it runs; between the noted ones it costs nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection

import numpy as np

from blobnet.net import Net
from blobnet.solver import Solver
from blobnet.types import Array
from blobnet.watch.frame import Frame, Place
from blobnet.watch.numbers import mean_abs

MOST_BYTES = 2**27
"""So much memory the copies of a frame may take; layers beyond are noted only if asked for."""


class Recorder:
    """Makes frames of a solver's iterations."""

    def __init__(self, solver: Solver) -> None:
        self._net = net = solver.net
        self._frame: Frame | None = None
        self._shared_data = _shared(net, "data_storage")
        self._shared_diff = _shared(net, "diff_storage")
        self._param_of = parameter_positions(net)
        self._hooks = (
            (net.callbacks.after_forward, self._after_forward),
            (net.callbacks.before_backward, self._before_backward),
            (net.callbacks.after_backward, self._after_backward),
        )
        weights = sum(blob.data.nbytes for blob in net.learnable_params)
        self.can_note_all = 4 * weights <= MOST_BYTES

    def begin(self, solver: Solver, layers: Collection[int] | None) -> Frame:
        """Note the pass that follows: the layers at these positions in full, or all."""
        self.stop()
        frame = Frame(solver.iter, solver.get_learning_rate(), passes=solver.passes_per_update)
        frame.layers = layers
        self._frame = frame
        for hooks, hook in self._hooks:
            hooks.append(hook)
        return frame

    def stop(self) -> None:
        """Note nothing more."""
        if self._frame is not None:
            for hooks, hook in self._hooks:
                hooks.remove(hook)
        self._frame = None

    def gradients_ready(self, solver: Solver) -> None:
        """All gradients are there."""
        frame = self._frame
        if frame is None:
            return
        frame.loss = solver.loss
        frame.clipped = _clipping(solver)
        count = len(solver.net.learnable_params)
        for index in self._noted_params(frame):
            blob = solver.net.learnable_params[index]
            frame.before[index], frame.gradient[index] = blob.data.copy(), blob.diff.copy()
            frame.memory[index] = [array.copy() for array in solver.history_[index::count]]

    def updated(self, solver: Solver) -> None:
        """The weights have changed; the change is left in their diff."""
        frame = self._frame
        if frame is None:
            return
        frame.is_update = True
        for index in self._noted_params(frame):
            frame.change[index] = solver.net.learnable_params[index].diff.copy()
        for position, wired in enumerate(solver.net.wired):
            if wired.need_backward and wired.layer.blobs_:
                frame.change_sizes[position] = mean_abs(wired.layer.blobs_[0].diff)
        self.stop()

    def _after_backward(self, position: int) -> None:
        """With the first layer a pass ends: the diffs hold its gradient alone."""
        frame = self._frame
        if frame is None or position > 0 or frame.passes < 2:
            return
        noted = {
            index: self._net.learnable_params[index].diff for index in self._noted_params(frame)
        }
        if frame.passes * sum(diff.nbytes for diff in noted.values()) <= MOST_BYTES:
            for index, diff in noted.items():
                frame.by_pass.setdefault(index, []).append(diff.copy())

    def _noted_params(self, frame: Frame) -> list[int]:
        if frame.layers is None:
            return list(range(len(self._net.learnable_params)))
        rows = [self._net.wired[position] for position in frame.layers]
        noted = {self._param_of[id(blob)] for wired in rows for blob in wired.layer.blobs_}
        return sorted(noted)

    def _after_forward(self, position: int) -> None:
        frame = self._frame
        if frame is not None and frame.is_noted(position):
            for place in self._shared_data.get(position, ()):
                frame.tops[place] = self._net.wired[position].top[place[1]].data.copy()

    def _before_backward(self, position: int) -> None:
        frame, wired = self._frame, self._net.wired[position]
        if frame is None or not wired.need_backward:
            return
        if wired.top:
            frame.delta_sizes[position] = mean_abs(wired.top[0].diff)
        if frame.is_noted(position):
            for place in self._shared_diff.get(position, ()):
                frame.deltas[place] = wired.top[place[1]].diff.copy()


def parameter_positions(net: Net) -> dict[int, int]:
    """The id of each weight Blob of a layer to its position among the learnable parameters."""
    owned = [param for param in net.all_params if param.owner is None]
    position = {id(param): index for index, param in enumerate(owned)}
    return {id(p.blob): position[id(p if p.owner is None else p.owner)] for p in net.all_params}


def _shared(net: Net, storage: str) -> dict[int, list[Place]]:
    """By the layer's position: the tops whose memory is that of another layer's top, too."""
    places = [
        ((position, index), id(getattr(blob, storage)))
        for position, wired in enumerate(net.wired)
        for index, blob in enumerate(wired.top)
    ]
    uses = Counter(memory for _, memory in places)
    shared: dict[int, list[Place]] = {}
    for place, memory in places:
        if uses[memory] > 1:
            shared.setdefault(place[0], []).append(place)
    return shared


def _clipping(solver: Solver) -> float:
    """What clip_gradients will multiply all gradients with."""
    limit = solver.param.clip_gradients
    if limit < 0:
        return 1.0
    norm = math.sqrt(sum(_sum_of_squares(blob.diff) for blob in solver.net.learnable_params))
    return limit / norm if norm > limit else 1.0


def _sum_of_squares(array: Array) -> float:
    values = array.reshape(-1)
    return float(np.dot(values, values))
