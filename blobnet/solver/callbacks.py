"""How code outside takes part in a training: hooks, and requests to stop or to snapshot."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from blobnet.solver.history import TrainingHistory
    from blobnet.solver.progress import Progress
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

    def may_use_cleared_diffs(self) -> bool:
        """Whether `on_start` or `on_test` may read the weights' diffs, which are 0 then."""
        return not self.watches_only and self._overrides("on_start", "on_test")

    def may_give_gradients(self) -> bool:
        """Whether it may compute what the net does not."""
        return not self.watches_only and self._overrides("on_start", "on_gradients_ready")

    def _overrides(self, *hooks: str) -> bool:
        return any(getattr(type(self), hook) is not getattr(SolverCallback, hook) for hook in hooks)


class FunctionCallback(SolverCallback):
    """pycaffe's form: two functions without arguments."""

    def __init__(self, start: Callable[[], None], ready: Callable[[], None] | None) -> None:
        self._start, self._ready = start, ready

    def on_start(self, solver: Solver) -> None:
        self._start()

    def on_gradients_ready(self, solver: Solver) -> None:
        if self._ready is not None:
            self._ready()


class Callbacks:
    """All hooks into one solver, called in the order in which they came; copies have none.

    The first one is its history, which copies take along.
    """

    def __init__(self, history: TrainingHistory) -> None:
        self.history = history
        self._callbacks: list[SolverCallback] = [history]

    def add(
        self,
        callback: SolverCallback | Callable[[], None],
        on_gradients_ready: Callable[[], None] | None,
    ) -> None:
        """Add a SolverCallback, or functions for on_start and gradients ready."""
        if not isinstance(callback, SolverCallback):
            callback = FunctionCallback(callback, on_gradients_ready)
        self._callbacks.append(callback)

    @contextmanager
    def with_one_more(self, callback: Progress) -> Iterator[None]:
        """Have one that is called during a `with` block only, which is its own as well."""
        self._callbacks.append(callback)
        try:
            with callback:
                yield
        finally:
            self._callbacks.remove(callback)

    def call(self, hook: str, solver: Solver, *args: Any) -> None:
        """Call this hook, say "on_update", of each of them."""
        for callback in self._callbacks:
            getattr(callback, hook)(solver, *args)

    def may_use_cleared_diffs(self) -> bool:
        """Whether one of them may read the weights' diffs before the forward."""
        return any(callback.may_use_cleared_diffs() for callback in self._callbacks)

    def may_give_gradients(self) -> bool:
        """Whether one of them may compute what the net does not."""
        return any(callback.may_give_gradients() for callback in self._callbacks)

    def __reduce__(self) -> tuple[type[Callbacks], tuple[TrainingHistory]]:
        """For pickle and copy: callbacks belong to this process, and to the solver they watch."""
        return Callbacks, (self.history,)


class FromOutside:
    """The part of a solver by which code outside takes part."""

    _callbacks: Callbacks
    _action_function: Callable[[], SolverAction]

    def add_callback(
        self,
        callback: SolverCallback | Callable[[], None],
        on_gradients_ready: Callable[[], None] | None = None,
    ) -> None:
        """Add a SolverCallback or, as in pycaffe, functions for on_start and gradients ready."""
        self._callbacks.add(callback, on_gradients_ready)

    def asked_from_outside(self) -> SolverAction:
        """What the action function says now."""
        return self._action_function()

    def set_action_function(self, function: Callable[[], SolverAction]) -> None:
        """Ask `function` after every update and test batch what to do: stop or snapshot."""
        self._action_function = function
