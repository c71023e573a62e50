"""The passes of an update, made by several ranks: gradients are added up while backward runs.

A rank with iter_size k makes k passes; of n ranks, pass j of rank r is number j * n + r of an
update. The sum is taken in that order, so it is to the bit what one process gets that makes all
n * k passes by itself.
"""

from __future__ import annotations

import atexit
import pickle
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.checks.divergence import check_loss
from blobnet.distributed.buckets import Bucket, make_buckets, own_row
from blobnet.distributed.courier import Courier
from blobnet.distributed.exchange import FastSums, OrderedSums, Sums
from blobnet.distributed.ranks import Ranks
from blobnet.distributed.shared_memory import SharedMemorySums, shared_rows
from blobnet.solver import Solver, SolverAction
from blobnet.solver.passes import Passes
from blobnet.types import Array, DType

REDUCTIONS = ("ordered", "fast")
_STRENGTH = (SolverAction.NONE, SolverAction.SNAPSHOT, SolverAction.STOP)


class SharedPasses(Passes):
    """The passes of one rank, and what all do together.

    ranks    the processes
    reduce   one of REDUCTIONS: "fast" gives up the order of the sum
    waiting  called every second while others are waited for; may raise
    """

    def __init__(
        self, ranks: Ranks, solver: Solver, reduce: str, waiting: Callable[[], None]
    ) -> None:
        super().__init__()
        self.group, self.ranks, self.is_first = ranks, ranks.count, ranks.is_first
        self.before = solver.passes.before
        self.courier = Courier()
        atexit.register(self.courier.close)  # no thread talks any more when MPI ends
        self._waiting = waiting
        self._sums: deque[tuple[int, Sums]] = deque()
        self._all = self._make_sums(solver, reduce)
        self._is_first_pass = self._is_last_pass = False
        self._stops = False  # whether this rank asks all others to stop
        self._agreed = SolverAction.NONE
        solver.net.callbacks.after_backward.append(self._after_backward)

    def _make_sums(self, solver: Solver, reduce: str) -> list[tuple[Bucket, Sums]]:
        """The exchange of each part of the gradients."""
        group, wait = self.group, self.courier.wait_for
        is_shared = False

        def rows(count: int, dtype: DType) -> Sequence[Array]:
            nonlocal is_shared
            seen_by_all = None if reduce == "fast" else shared_rows(group, count, dtype)
            is_shared = seen_by_all is not None
            return seen_by_all or [own_row(count, dtype)[0]] * group.count

        found: list[tuple[Bucket, Sums]] = []
        for bucket in make_buckets(solver.net, rows, group.rank):
            own = bucket.arrays[group.rank]
            if is_shared:
                found.append((bucket, SharedMemorySums(group, bucket.arrays, wait)))
            elif reduce == "fast":
                found.append((bucket, FastSums(group, own, wait)))
            else:
                found.append((bucket, OrderedSums(group, own, wait)))
        return found

    # --- what the solver calls ----------------------------------------------------------------

    def run(self, solver: Solver) -> float:
        passes = solver.param.iter_size
        losses = []
        for index in range(passes):
            self._is_first_pass, self._is_last_pass = index == 0, index == passes - 1
            self._sums = deque((bucket.layer, sums) for bucket, sums in self._all)
            losses.append(self.run_one(solver.net, again=index > 0))
            check_loss(solver, losses[-1])
            if not self._is_last_pass:  # the next one writes over these gradients
                self.courier.wait(self._waiting)
        asked = solver.asked_from_outside()
        if self._stops:
            asked, self._stops = SolverAction.STOP, False
        of_all = self.gather(np.array([*losses, _STRENGTH.index(asked)], np.float64))
        self._agreed = _STRENGTH[int(of_all[:, -1].max())]
        total = 0.0
        for loss in of_all[:, :-1].T.ravel().tolist():  # as one process adds them
            total += loss
        return total / (passes * self.ranks)

    def asked(self, ask: Callable[[], SolverAction]) -> SolverAction:
        """What any rank was asked before the last update: all do it behind that one."""
        agreed, self._agreed = self._agreed, SolverAction.NONE
        return agreed

    def asks_all_to_stop(self) -> bool:
        self._stops = True
        return True

    def snapshot(self, solver: Solver) -> Path:
        """The first rank writes, and gives all others what they do not learn from gradients."""
        self.share_unlearned(solver)
        own = super().snapshot(solver) if self.is_first else Path()
        path, good = self.broadcast((own, solver.last_good_snapshot))
        solver.last_snapshot, solver.last_good_snapshot = path, good
        written: Path = path
        return written

    # --- among ranks --------------------------------------------------------------------------

    def broadcast(self, value: Any) -> Any:
        """The first rank's value, on all of them: its bytes, after their number.

        MPI's own broadcast would keep a processor from the first rank, which makes the value.
        """
        data = np.frombuffer(pickle.dumps(value) if self.is_first else b"", np.uint8)
        size = np.array([data.size])
        self.broadcast_arrays([size])
        if not self.is_first:
            data = np.empty(int(size[0]), np.uint8)
        self.broadcast_arrays([data])
        return pickle.loads(data.tobytes())

    def largest(self, number: int) -> int:
        return int(self.gather(np.array([number])).max())

    def gather(self, values: Array) -> Array:
        """Values of all ranks, (ranks, n), from (n,) of each."""
        of_all = np.empty((self.ranks, values.size), values.dtype)

        def tell() -> None:
            self.courier.wait_for(self.group.comm.Iallgather(values, of_all))

        self.courier.hand_over(tell)
        self.courier.wait(self._waiting)
        return of_all

    def broadcast_arrays(self, arrays: list[Array]) -> None:
        """Write the first rank's values into the arrays of all."""

        def send() -> None:
            for array in arrays:
                self.courier.wait_for(self.group.comm.Ibcast(array))

        self.courier.hand_over(send)
        self.courier.wait(self._waiting)

    def share_unlearned(self, solver: Solver) -> None:
        """Give what layers keep beside learned weights, averages say, to all: the first rank's."""
        net = solver.net
        pairs = zip(net.learnable_params, net.params_lr, strict=True)
        self.broadcast_arrays([blob.data for blob, rate in pairs if rate == 0])

    def _after_backward(self, layer: int) -> None:
        """Begin to exchange what is complete behind a layer's backward."""
        while self._sums and layer <= self._sums[0][0]:
            _, sums = self._sums.popleft()
            self.courier.hand_over(
                partial(sums.add, is_first=self._is_first_pass, is_last=self._is_last_pass)
            )
