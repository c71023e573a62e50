"""Several ranks become one training."""

from __future__ import annotations

import logging
from collections.abc import Callable

from blobnet.distributed.agreement import check_agreement, of_solver
from blobnet.distributed.ranks import Ranks
from blobnet.distributed.shared_passes import REDUCTIONS, SharedPasses
from blobnet.distributed.world import find_ranks
from blobnet.errors import SolverError, explain
from blobnet.loggers import named_logger
from blobnet.solver import Solver

_log = named_logger("blobnet.distributed")


def connect(
    solver: Solver,
    ranks: Ranks | None = None,
    *,
    reduce: str = "ordered",
    sync_bn: bool = False,
    waiting: Callable[[], None] = lambda: None,
    has_weights: bool | None = None,
) -> bool:
    """Let a solver train together with those of the other ranks; False where there are none.

        solver = blobnet.get_solver("solver.prototxt")
        blobnet.distributed.connect(solver)  # under mpiexec -n 4
        solver.solve()

    ranks        those of the launcher, unless stated
    reduce       "ordered", to the bit what one process computes; or "fast": MPI's own sums
    sync_bn      whether BatchNorm uses the statistics of all ranks' batches, as of one batch
    waiting      called every second while other ranks are waited for; may raise
    has_weights  whether the weights have to be those of rank 0 already; as a `random_seed` says,
                 unless stated. All go on from those of rank 0, with its state

    All ranks call it, with solvers made alike, before any iteration; from then on whatever one
    does with its solver, all do: `step`, `solve`, `snapshot`. A copy of the solver, pickled or
    deep, trains alone. Raises DistributedError where ranks differ, MissingExtraError without
    mpi4py.
    """
    if reduce not in REDUCTIONS:
        raise SolverError(explain("no way to add up", expected=REDUCTIONS, got=reduce))
    ranks = ranks or find_ranks()
    if ranks is None or ranks.count == 1:
        return False
    if has_weights is None:
        has_weights = solver.param.random_seed >= 0
    if not ranks.is_first:  # one log of a training is enough
        logger = named_logger("blobnet")
        logger.setLevel(max(logger.level, logging.WARNING))
    check_agreement(ranks, of_solver(solver, with_weights=has_weights))
    solver.passes = passes = SharedPasses(ranks, solver, reduce, waiting)
    give_state(passes, solver)
    take_turns(ranks, solver)
    if sync_bn:
        use_statistics_of_all(passes, solver)
    _log.info("%s", in_words(solver, ranks))
    return True


def give_state(passes: SharedPasses, solver: Solver) -> None:
    """Rank 0's weights, history and state to all."""
    params = solver.net.all_params
    arrays = [param.blob.data for param in params if param.owner is None]
    passes.broadcast_arrays([*arrays, *solver.history_])
    stands = solver.iter_, solver.is_resumed, solver.get_state()
    solver.iter_, solver.is_resumed, state = passes.broadcast(stands)
    if not passes.is_first:
        solver.set_state(state)


def take_turns(ranks: Ranks, solver: Solver) -> None:
    """Let every layer draw and read for the passes of this rank; warn of those that cannot."""
    for layer in (wired.layer for wired in solver.net.wired):
        reason = layer.take_turns(ranks.rank, ranks.count)
        if reason is not None and ranks.is_first:
            _log.warning('%s layer "%s": %s', layer.type, layer.name, reason)


def use_statistics_of_all(passes: SharedPasses, solver: Solver) -> None:
    """Raises SolverError where no layer takes statistics of a batch, LayerError where one cannot
    take those of all.
    """
    layers = [wired.layer for wired in solver.net.wired]
    if not [layer for layer in layers if layer.use_statistics_of(passes.gather)]:
        raise SolverError(
            explain(
                "--sync-bn: the net has no statistics that could be those of all batches",
                expected="a layer that uses those of its batch, as BatchNorm",
                got=", ".join(sorted({layer.type for layer in layers})),
                fix="leave it out",
            )
        )


def in_words(solver: Solver, ranks: Ranks) -> str:
    """The effective batch."""
    first = next(iter(solver.net.blobs.values()), None)
    batch = first.shape[0] if first is not None and first.shape else 1
    passes = solver.param.iter_size
    each = f"{batch} of each" + (f" in each of {passes} passes" if passes > 1 else "")
    return (
        f"{ranks.count} ranks train together: an update is made of {batch * passes * ranks.count} "
        f"items, {each}; learning rates are as the solver says"
    )
