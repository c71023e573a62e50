"""A command that several processes run together: their logs, threads, and how they end."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from blobnet.cli.program import program_name
from blobnet.cli.signals import SignalHandler
from blobnet.distributed.connect import connect
from blobnet.distributed.definitions import agree_on_seed, split_batches
from blobnet.distributed.failure import Patience, end_all, failing_together
from blobnet.distributed.launchers import launched, ranks_here
from blobnet.distributed.ranks import Ranks
from blobnet.distributed.shared_passes import REDUCTIONS
from blobnet.distributed.world import are_found, find_ranks
from blobnet.errors import BlobnetError
from blobnet.loggers import named_logger
from blobnet.ops.parallel import num_threads, threads_set_to
from blobnet.solver import Solver, SolverCallback
from blobnet.solverdef.settings import SolverDefinition

_log = named_logger("blobnet.cli")


@contextmanager
def together(how_to_go_on: Callable[[], str]) -> Iterator[Ranks | None]:
    """The ranks that a launcher has started, for a `with` block; None where there is one process.

    An exception in the block, or a rank that is lost, ends all of them, with words on stderr and
    with `how_to_go_on`.
    Ranks on one machine share its processors, unless somebody has said how many threads to use.
    """
    ranks = find_ranks()
    if ranks is None:
        yield None
        return
    context = click.get_current_context()
    share = fair_share() if context.params.get("threads") is None else None

    def in_context() -> str:
        with context.scope(cleanup=False):  # it is asked from another thread, too
            return how_to_go_on()

    with failing_together(ranks, program_name(), in_context), threads_set_to(share):
        yield ranks


def end_those_who_wait() -> None:
    """Where a command has failed before it found the other ranks: in MPI they wait for this one."""
    if launched()[0] and not are_found():
        with suppress(BlobnetError):
            ranks = find_ranks()
            if ranks is not None:
                end_all(ranks, "this error ends all ranks")


def fair_share(environment: Mapping[str, str] = os.environ) -> int | None:
    """How many threads a rank is to use; None where the launcher has bound it to processors."""
    processors = num_threads()
    if processors < (os.cpu_count() or 1):
        return None
    return max(processors // ranks_here(environment), 1)


class NamesRank(logging.Filter):
    """Puts the rank in front of log lines: those of others than the first would be taken for it."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self._rank = rank

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = f"rank {self._rank}: {record.getMessage()}", ()
        return True


def is_first(ranks: Ranks | None) -> bool:
    """Whether this process writes for all."""
    return ranks is None or ranks.is_first


def shared_seed(ranks: Ranks | None) -> int | None:
    """For weights that no file has: the same on all; None where one process draws as it likes."""
    return None if ranks is None else ranks.draw()


def prepare_for_ranks(
    definition: SolverDefinition, ranks: Ranks | None, *, split_batch: bool
) -> SolverDefinition:
    """The definition from which every rank makes its solver."""
    if ranks is None:
        if split_batch:
            _log.warning("--split-batch: there is one process only; mpiexec starts several")
        return definition
    if not ranks.is_first:  # its log is read by what reads those of Caffe
        name_rank(ranks)
    agree_on_seed(definition, ranks)
    return split_batches(definition, ranks.count) if split_batch else definition


@dataclass(frozen=True)
class Company:
    """The other ranks, and how to train with them: see `connect`."""

    ranks: Ranks | None = None
    reduce: str = REDUCTIONS[0]
    sync_bn: bool = False

    def join(self, solver: Solver, handler: SignalHandler) -> None:
        """Let a solver train with them, where there are some."""
        if self.ranks is None:
            return
        connect(
            solver,
            self.ranks,
            reduce=self.reduce,
            sync_bn=self.sync_bn,
            waiting=Patience(lambda: handler.interrupted),
            has_weights=True,
        )


ALONE = Company()


class TellsHowToGoOn(SolverCallback):
    """After each snapshot of several ranks: a job that loses one has no time to say it."""

    watches_only = True

    def __init__(self, how: Callable[[], str]) -> None:
        self._how = how

    def on_snapshot(self, solver: Solver, state_file: Path) -> None:
        _log.info("%s", self._how())


def name_rank(ranks: Ranks) -> None:
    """Let the log lines of this process say which rank it is."""
    for handler in named_logger("blobnet").handlers:
        handler.addFilter(NamesRank(ranks.rank))
