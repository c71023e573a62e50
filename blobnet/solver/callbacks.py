"""How code outside takes part in a training: hooks, and requests to stop or to snapshot."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from blobnet.solver.solver import Solver


class SolverAction(enum.Enum):
    """What somebody outside (a signal handler) may ask of a running solver."""

    NONE = 0
    STOP = 1
    SNAPSHOT = 2


def no_action() -> SolverAction:
    """What is asked for where nobody from outside has a say."""
    return SolverAction.NONE


class SolverCallback:
    """Hooks into a training; override what you need, pass an instance to `add_callback`.

    A net without a loss is trained all the same where a callback overrides `on_start` or
    `on_gradients_ready`, for it may compute the gradients; not where it `watches_only`.
    """

    watches_only: ClassVar[bool] = False

    def on_start(self, solver: Solver) -> None:
        """Before the forward of an iteration."""

    def on_gradients_ready(self, solver: Solver) -> None:
        """After the backward: every `diff` is there, nothing is updated yet."""

    def on_update(self, solver: Solver) -> None:
        """After the weights have changed; `solver.iter` counts this update."""

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        """After a test: the mean of each output; of blobs with several values `name[i]`."""

    def on_snapshot(self, solver: Solver, state_file: Path) -> None:
        """After a snapshot has been written."""


class FunctionCallback(SolverCallback):
    """pycaffe's form: two functions without arguments."""

    def __init__(
        self, on_start: Callable[[], None], on_gradients_ready: Callable[[], None] | None
    ) -> None:
        self._on_start = on_start
        self._on_gradients_ready = on_gradients_ready

    def on_start(self, solver: Solver) -> None:
        self._on_start()

    def on_gradients_ready(self, solver: Solver) -> None:
        if self._on_gradients_ready is not None:
            self._on_gradients_ready()


def as_callback(
    callback: SolverCallback | Callable[[], None],
    on_gradients_ready: Callable[[], None] | None = None,
) -> SolverCallback:
    """A SolverCallback as it is; functions made into one."""
    if isinstance(callback, SolverCallback):
        return callback
    return FunctionCallback(callback, on_gradients_ready)


def may_give_gradients(callback: SolverCallback) -> bool:
    """Whether a callback may compute what the net does not."""
    hooks = ("on_start", "on_gradients_ready")
    return not callback.watches_only and any(
        getattr(type(callback), hook) is not getattr(SolverCallback, hook) for hook in hooks
    )
