"""NCCL: what adds up gradients of several GPUs in Caffe; here, those of several ranks of MPI.

Caffe: parallel.hpp; train.py is the script that uses it.
"""

from __future__ import annotations

import secrets

from blobnet.distributed.connect import connect
from blobnet.distributed.world import find_ranks
from blobnet.errors import explain
from blobnet.pycaffe import settings
from blobnet.pycaffe.errors import CaffeError
from blobnet.solver import Solver, SolverCallback

_UID_BYTES = 128  # as many as NCCL's own


class NCCL(SolverCallback):
    """The gradients of one solver, which are their own sum; of several under `mpiexec -n 4`.

        nccl = caffe.NCCL(solver, caffe.NCCL.new_uid())
        nccl.bcast()
        solver.add_callback(nccl)
        if solver.param.layer_wise_reduce:
            solver.net.after_backward(nccl)

    From `bcast` on, which all ranks call, the solvers train together. Raises CaffeError where
    `caffe.set_solver_count` says another number than there are.
    """

    watches_only = True

    def __init__(self, solver: Solver, uid: str | bytes) -> None:
        self._solver, self._ranks = solver, find_ranks()
        count = self._ranks.count if self._ranks is not None else 1
        stated = settings.solver_count()
        if stated != count:
            raise CaffeError(
                explain(
                    "NCCL: there are not as many solvers as stated",
                    expected=f"solver_count {count}: "
                    + (
                        f"{count} ranks of MPI"
                        if count > 1
                        else "one process, whose threads use all cores"
                    ),
                    got=f"solver_count {stated}",
                    fix=f"start so many processes: mpiexec -n {stated} python ..."
                    if stated > 1
                    else f"caffe.set_solver_count({count}) and set_solver_rank in each process",
                )
            )

    @staticmethod
    def new_uid() -> bytes:
        """A name for those that train together."""
        return secrets.token_bytes(_UID_BYTES)

    def bcast(self) -> None:
        """Give the weights of the first solver to all, which train together from now on."""
        if self._ranks is not None:
            connect(self._solver, self._ranks, has_weights=False)

    def __call__(self, layer: int) -> None:
        """After the backward of a layer, as a net's callback."""
