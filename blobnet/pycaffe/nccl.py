"""NCCL: what adds up gradients of several GPUs in Caffe; with one process there is nothing to add.

Caffe: parallel.hpp; train.py is the script that uses it.
"""

from __future__ import annotations

import secrets

from blobnet.errors import explain
from blobnet.pycaffe import settings
from blobnet.pycaffe.errors import CaffeError
from blobnet.solver import Solver, SolverCallback

_UID_BYTES = 128  # as many as NCCL's own


class NCCL(SolverCallback):
    """The gradients of one solver, which are their own sum.

        nccl = caffe.NCCL(solver, caffe.NCCL.new_uid())
        nccl.bcast()
        solver.add_callback(nccl)
        if solver.param.layer_wise_reduce:
            solver.net.after_backward(nccl)

    Raises CaffeError where `caffe.set_solver_count` says that there are several.
    """

    watches_only = True

    def __init__(self, solver: Solver, uid: str | bytes) -> None:
        if settings.solver_count() > 1:
            raise CaffeError(
                explain(
                    "NCCL: nothing adds up the gradients of several solvers here",
                    expected="solver_count 1: one process, whose threads use all cores",
                    got=f"solver_count {settings.solver_count()}",
                    fix="train with one solver; where the effective batch matters, let it have "
                    "the batch_size of all, or an iter_size",
                )
            )

    @staticmethod
    def new_uid() -> bytes:
        """A name for those that train together."""
        return secrets.token_bytes(_UID_BYTES)

    def bcast(self) -> None:
        """Give the weights of the first solver to all: it is the only one."""

    def __call__(self, layer: int) -> None:
        """After the backward of a layer, as a net's callback."""
