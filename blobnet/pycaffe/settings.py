"""What pycaffe sets for a whole process: mode, device, seed, place among several solvers.

blobnet itself has no such state; nets and solvers made by `import caffe` look here. Caffe keeps
the same in `Caffe::Get()`: common.hpp, common.cpp.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

import numpy as np

from blobnet.checks.divergence import STOPS
from blobnet.errors import explain
from blobnet.loggers import named_logger
from blobnet.pycaffe.errors import CaffeError

log = named_logger("blobnet.pycaffe")

_NETS = 0xCAFFE  # the nets' own branch of a seed: a solver's nets grow on the others


@dataclass
class _Settings:
    seeds: np.random.SeedSequence | None = None
    solver_count: int = 1
    solver_rank: int = 0
    multiprocess: bool = False
    check_loss: bool = STOPS
    told: set[str] = field(default_factory=set)  # what the log has said already


_settings = _Settings()


def _tell_once(call: str) -> None:
    if call not in _settings.told:
        _settings.told.add(call)
        log.info("%s: blobnet computes on the CPU, this changes nothing", call)


# --- mode and device ------------------------------------------------------------------------------


def set_mode_cpu() -> None:
    """Compute on the CPU: blobnet always does."""


def set_mode_gpu() -> None:
    """Taken, so that scripts run unchanged; the CPU computes, which the log says once."""
    _tell_once("set_mode_gpu")


def set_device(device_id: int) -> None:
    """Choose a GPU: taken, so that scripts run unchanged; the CPU computes."""
    operator.index(device_id)
    _tell_once("set_device")


# --- random numbers -------------------------------------------------------------------------------


def set_random_seed(seed: int) -> None:
    """Let every net and solver that is made from now on draw its random numbers from `seed`.

    Each takes the next part of one sequence: a script that makes the same nets in the same order
    gets the same numbers, whatever the nets do in between. A solver whose definition states a
    `random_seed` begins a new sequence with it, as in Caffe. The numbers are not Caffe's own.

    Raises CaffeError for what is no whole number from 0.
    """
    try:
        number = operator.index(seed)
        _settings.seeds = np.random.SeedSequence(number, spawn_key=(_NETS,))
    except (TypeError, ValueError) as error:
        expected = "a whole number from 0"
        raise CaffeError(explain("no random seed", expected=expected, got=repr(seed))) from error


def next_seed() -> np.random.SeedSequence | None:
    """The seed of the next net; None where none was set, so that it is unpredictable."""
    return None if _settings.seeds is None else _settings.seeds.spawn(1)[0]


def next_number() -> int | None:
    """The same as a number that a solver's `random_seed` can hold."""
    seed = next_seed()
    return None if seed is None else int(seed.generate_state(1)[0])


# --- a loss that is no number ---------------------------------------------------------------------


def set_check_loss(check: bool) -> None:
    """Whether solvers stop when the loss or the weights are no finite numbers any more.

    They do unless told otherwise: SolverError says which layer was the first, and the update that
    would have followed is not made. Caffe goes on, with weights of NaN and log lines of "nan";
    `caffe.set_check_loss(False)` does as Caffe, for all solvers of the process. For a script that
    is to stay as it is: BLOBNET_CHECK_LOSS=0 in the environment.

    A label that is no class stays an error: Caffe reads memory that is not its own there, which
    nothing can do alike.
    """
    _settings.check_loss = bool(check)


def check_loss() -> bool:
    """Whether a loss that is no finite number ends a training: see `set_check_loss`."""
    return _settings.check_loss


# --- several solvers ------------------------------------------------------------------------------


def solver_count() -> int:
    """How many solvers train together, as `set_solver_count` says; 1 at first."""
    return _settings.solver_count


def set_solver_count(count: int) -> None:
    """Say how many solvers train together. More than one cannot here: `NCCL` says so."""
    _settings.solver_count = operator.index(count)


def solver_rank() -> int:
    """The number of this process's solver among them, as `set_solver_rank` says; 0 at first."""
    return _settings.solver_rank


def set_solver_rank(rank: int) -> None:
    """Say which of them this process trains; it is added to a solver's `random_seed`."""
    _settings.solver_rank = operator.index(rank)


def set_multiprocess(multiprocess: bool) -> None:
    """Say that the solvers are processes, not threads. Nothing depends on it here."""
    _settings.multiprocess = bool(multiprocess)


def has_nccl() -> bool:
    """False: there are no GPUs whose gradients would be added up."""
    return False
