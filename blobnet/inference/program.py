"""A forward pass as one list of kernels, which runs without coming back to the interpreter.

The first forward with some shapes is recorded, layer by layer; those after it run the list. A
layer that computes otherwise, in numpy or in Python, stands in it as a step that is called. The
list holds addresses: as soon as a blob has another shape or other memory it is of no use.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from blobnet.blob import Blob
from blobnet.ops import parallel
from blobnet.ops.launch import Launch
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.recording import record
from blobnet.storage import Storage
from blobnet.types import Shape
from blobnet.wired_layer import WiredLayer

_CALL = (0, 0, 0, 0, 0, 0)
"""The step of a layer that is called."""


class Program:
    """What a forward of some layers, with the shapes that they have now, comes to.

    Making it runs them; `loss` is their loss.
    """

    def __init__(self, wired: Sequence[WiredLayer]) -> None:
        self._wired = wired
        self._thread = threading.get_ident()  # whose scratch memory is used
        self._pool = parallel.the_pool()
        self._launches: list[Launch] = []
        self._called: dict[int, int] = {}  # step to the number of its layer
        self.loss = 0.0
        steps: list[tuple[int, ...]] = []
        with overflow_allowed():
            for number, one in enumerate(wired):
                launches = self._record(one)
                if launches is None:
                    self._called[len(steps)] = number
                    steps.append(_CALL)
                else:
                    steps += [launch.numbers for launch in launches]
                    self._launches += launches
        self._steps = np.array(steps, np.int64).reshape(-1, len(_CALL))
        self._products = int(self._steps[:, -1].sum())
        self._memory = _memory_of(wired)

    def is_current(self) -> bool:
        """Whether everything is where it was, and has the shapes that it had."""
        for blob, storage, shape in self._memory:
            if blob.data_storage is not storage or (
                blob.shape is not shape and blob.shape != shape
            ):
                return False
        return parallel.the_pool() is self._pool and threading.get_ident() == self._thread

    def run(self) -> float:
        """Run the layers; returns their loss. Raises what a layer raises that is called."""
        loss, step = 0.0, 0
        while True:
            step = self._pool.run_steps(self._steps, step, self._products)
            if step < 0:
                raise MemoryError("not enough memory for what a compiled kernel computes")
            if step == len(self._steps):
                return loss
            number = self._called[step]
            with overflow_allowed():
                loss += self._wired[number].forward()
                if not self._tops_are_current(number):  # as many boxes as it has found, say
                    return loss + sum(one.forward() for one in self._wired[number + 1 :])
            step += 1

    def _record(self, one: WiredLayer) -> list[Launch] | None:
        """Run a layer; what it has launched, or None where that was not all."""
        with record() as found:
            self.loss += one.forward()
        layer = one.layer
        if not (layer.can_be_recorded and found.is_complete) or layer.loss_ or one.private_blobs:
            return None
        storages = [blob.data_storage for blob in (*one.bottom, *one.top, *layer.blobs_)]
        for launch in found.launches:  # whoever holds an array may write there: see Storage
            launch.arrays = [
                array for array in launch.arrays if not any(some.holds(array) for some in storages)
            ]
        return list(found.launches)

    def _tops_are_current(self, number: int) -> bool:
        tops = {id(blob) for blob in self._wired[number].top}
        return all(blob.shape == shape for blob, _, shape in self._memory if id(blob) in tops)


def _memory_of(wired: Iterable[WiredLayer]) -> list[tuple[Blob, Storage, Shape]]:
    """Every blob of some layers, with where it is."""
    blobs = {id(blob): blob for one in wired for blob in (*one.bottom, *one.top, *one.layer.blobs_)}
    return [(blob, blob.data_storage, blob.shape) for blob in blobs.values()]
