"""A session that runs as its watchers want: played, paused, slowed, stepped.

The training has one thread, the one that calls `run` or `solver.solve`. What others ask for is done
there, between two iterations; so nothing is read while it is being written.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from blobnet.errors import BlobnetError
from blobnet.solver import SolverAction
from blobnet.watch.session import Session

SHARE = 0.05
"""What views may take of the thread's time, while the training runs at full speed."""
_SLOW_SHARE = 0.02
"""And what chain rules and filters may take: they come less often, where they take long."""
_MOST_PAUSE = 5.0  # seconds, after a view that takes long
_KEEP_EVERY = 1.0  # seconds between two states that are kept at full speed
_LOOK_UP = 0.1  # seconds, while waiting, between two looks at what a signal asks for
_SLOW = 0.1  # a pause from which on every iteration is shown
_FOREVER = 2**31 - 1


@dataclass
class Viewer:
    """Somebody who waits for a view, with the wishes of `Session.view`."""

    wishes: dict[str, Any]
    since: int
    answer: Future[str]


class Player:
    """Runs a training between its watchers' wishes.

    version  counts what there was to see; a viewer waits for another one than it has
    message  what went wrong, or that all is done; else empty
    """

    def __init__(self, session: Session, *, playing: bool = False) -> None:
        self.session = session
        self.version = 1
        self.message = ""
        self._playing, self._steps, self._delay = playing, 0, 0.0
        self._closed = False
        self._changed = threading.Condition()
        self._asked: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._viewers: list[Viewer] = []
        self._next_frame = self._next_keep = self._next_slow = 0.0
        self._slow_took = 0.0
        self._noted = None if session.frame is None else session.frame
        session.between = self._between
        self._set_pace()

    # --- from other threads -------------------------------------------------------------------

    def ask(self, function: Callable[[], Any]) -> Future[Any]:
        """Let the training's thread call this between two iterations."""
        answer: Future[Any] = Future()
        with self._changed:
            if self._closed:
                answer.set_exception(BlobnetError("the training has ended"))
                return answer
            self._asked.append((function, answer))
            self._changed.notify_all()
        return answer

    def view(self, since: int, **wishes: Any) -> Future[str]:
        """What `Session.view` tells, as JSON, once there is another version than `since`."""
        answer: Future[str] = Future()
        with self._changed:
            if self._closed:
                answer.set_exception(BlobnetError("the training has ended"))
                return answer
            self._viewers.append(Viewer(wishes, since, answer))
            self._changed.notify_all()
        return answer

    def close(self) -> None:
        """End the training after its iteration, and let nobody wait."""
        with self._changed:
            self._closed = True
            waiting = [answer for _, answer in self._asked]
            waiting += [viewer.answer for viewer in self._viewers]
            self._asked.clear()
            self._viewers.clear()
            self._changed.notify_all()
        for answer in waiting:
            if answer.set_running_or_notify_cancel():
                answer.set_exception(BlobnetError("the training has ended"))

    # --- what is asked for: call these by `ask` -----------------------------------------------

    def play(self) -> None:
        """Run on, to the end if nobody says otherwise."""
        self._playing, self._steps, self.message = True, 0, ""
        self._set_pace()

    def pause(self) -> None:
        """Stand still, where all of the last iteration is there to be looked at."""
        was_playing, self._playing, self._steps = self._playing, False, 0
        self._set_pace()
        frame = self.session.frame
        is_whole = frame is not None and frame.layers is None and frame is self._noted
        is_last = frame is not None and frame.iteration + 1 == self.session.solver.iter
        if was_playing and not (is_whole and is_last) and self._left() > 0:
            self._steps = 1

    def hold(self) -> None:
        """Stand still at once."""
        self._playing, self._steps, self.message = False, 0, ""
        self._set_pace()

    def step(self, iterations: int = 1) -> None:
        """Make one or several updates, then stand still."""
        self._playing, self._steps, self.message = False, iterations, ""
        self._set_pace()

    def slow(self, seconds: float) -> None:
        """Wait so long between two iterations; 0 is full speed."""
        self._delay = min(max(seconds, 0.0), 60.0)
        self._set_pace()

    def _set_pace(self) -> None:
        self.session.keeps_every = not (self._playing and self._delay < _SLOW)

    # --- in the training's thread -------------------------------------------------------------

    def run(self) -> None:
        """Train up to max_iter as the watchers want it, and on after they have gone back."""
        solver = self.session.solver
        while self._wait(0.0):
            message = ""
            try:
                solver.step(max(self._left(), 0), progress=False)
            except BlobnetError as error:
                message = str(error)
            if self._left() <= 0:
                message = f"max_iter is reached: {solver.iter} iterations are done"
            if message:
                self.hold()
                self._say(message)

    def _left(self) -> int:
        param = self.session.solver.param
        return (param.max_iter if param.HasField("max_iter") else _FOREVER) - (
            self.session.solver.iter
        )

    def _say(self, message: str) -> None:
        self.message = message
        self.version += 1

    def _between(self) -> None:
        """Before each iteration: do what is asked for, and wait as long as is wanted."""
        if not self._wait(self._delay if self._playing else 0.0):
            self.session.solver.request_early_exit()
        elif self._steps:
            self._steps -= 1
        now = time.monotonic()
        if not self.session.keeps_every and now >= self._next_keep:
            self.session.keep()
            self._next_keep = time.monotonic() + max(_KEEP_EVERY, 50 * (time.monotonic() - now))
        self.session.wanted = self._wanted()

    def _wanted(self) -> Any:
        """What the next iteration has to note."""
        if not self._playing or self._delay >= _SLOW or self._left() == 1:
            return None
        with self._changed:
            wanted = {viewer.wishes.get("layer") for viewer in self._viewers}
        if not wanted or time.thread_time() < self._next_frame:
            return "nothing"
        return sorted(layer for layer in wanted if layer is not None)

    def _wait(self, seconds: float) -> bool:
        """Until an iteration is to run, at least so long; False where none is to run any more."""
        end = time.monotonic() + seconds
        while True:
            self._answer()
            if self._is_asked_to_stop():
                return False
            with self._changed:
                if self._closed:
                    return False
                if self._asked:
                    continue
                now = time.monotonic()
                if (self._playing and now >= end) or self._steps:
                    return True
                left = end - now if self._playing else _LOOK_UP
                self._changed.wait(min(left, _LOOK_UP))

    def _is_asked_to_stop(self) -> bool:
        """Do what a signal asks for while nothing runs; whether that is to stop."""
        solver = self.session.solver
        if self._playing:  # then the solver asks itself
            return False
        action = solver.asked_from_outside()
        if action is SolverAction.SNAPSHOT:
            solver.snapshot()
        return action is SolverAction.STOP

    def _answer(self) -> None:
        """Do what is asked for, and give viewers what is new."""
        if self.session.frame is not self._noted:
            self._noted = self.session.frame
            self.version += 1
        while True:
            with self._changed:
                if not self._asked:
                    break
                function, answer = self._asked.popleft()
            if answer.set_running_or_notify_cancel():
                self.version += 1
                _fulfil(answer, function)
        self._show()

    def _show(self) -> None:
        began = time.thread_time()
        with self._changed:
            ready = [viewer for viewer in self._viewers if self._is_ready(viewer)]
            self._viewers = [viewer for viewer in self._viewers if viewer not in ready]
        for viewer in ready:
            if viewer.answer.set_running_or_notify_cancel():
                _fulfil(viewer.answer, partial(self._told, viewer))
        if ready:
            spent = time.thread_time() - began - self._spend_on_slow()
            self._next_frame = time.thread_time() + min(spent / SHARE, _MOST_PAUSE)

    def _is_ready(self, viewer: Viewer) -> bool:
        frame = self.session.frame
        if viewer.answer.cancelled():
            return True
        if frame is None or viewer.since == self.version:
            return False
        layer = viewer.wishes.get("layer")
        return not self._playing or layer is None or frame.is_noted(layer)

    def _told(self, viewer: Viewer) -> str:
        """The view; at full speed without what takes long, where that would be too often."""
        session, wishes = self.session, dict(viewer.wishes)
        slow = {name: wishes.pop(name) for name in ("weight", "filters") if name in wishes}
        told = session.view(**wishes)
        is_due = session.keeps_every or not viewer.since or time.thread_time() >= self._next_slow
        layer = wishes.get("layer")
        if is_due and layer is not None:
            began = time.thread_time()
            if slow.get("weight"):
                told["weight"] = session.weight_view(layer, *slow["weight"])
            if slow.get("filters"):
                told["filters"] = session.filters(layer)
            self._slow_took += time.thread_time() - began
        told["player"] = {
            "version": self.version,
            "playing": self._playing or self._steps > 0,
            "delay": self._delay,
            "message": self.message,
        }
        return json.dumps(told, allow_nan=False)

    def _spend_on_slow(self) -> float:
        """What chain rules and filters have taken; the next come when that is a small share."""
        spent, self._slow_took = self._slow_took, 0.0
        if spent:
            pause = min(spent / _SLOW_SHARE, _MOST_PAUSE)
            self._next_slow = time.thread_time() + pause
        return spent


def _fulfil(answer: Future[Any], function: Callable[[], Any]) -> None:
    """Whatever goes wrong is the asker's: the training goes on."""
    try:
        answer.set_result(function())
    except Exception as error:
        answer.set_exception(error)
