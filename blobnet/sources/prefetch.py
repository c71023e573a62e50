"""Reading ahead in a background thread, without running ahead of what is remembered.

The thread hands over every batch together with the state behind it. So the state to save is that
of the batch used last, however many more have been read; and a training that resumes from it
reads the same batches again.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from blobnet.limits import VARIABLE, allowed_bytes, in_words
from blobnet.loggers import named_logger
from blobnet.sources.batches import BatchReader
from blobnet.sources.deal import Deal
from blobnet.sources.source import State
from blobnet.types import Array

_Item = tuple[list[Array], State]
_log = named_logger("blobnet.sources.prefetch")

_ALWAYS = 4  # batches: as many as Caffe reads ahead where nothing is said
_OVERHEAD = 4096  # bytes that a batch takes besides its values, its state among them
_SECONDS_AT_EXIT = 5.0  # how long the end of the program waits for a thread in mid-batch


class Prefetcher:
    """Batches from a reader, made ahead of time.

    make_reader  opens a reader; every thread gets its own. It must not hold on to whoever owns
                 the Prefetcher, or neither would ever be collected
    depth        how many batches to have ready; 0 reads on demand, without a thread. More than
                 a few are held only while they take no more memory than `limits` allows a file
    state        where to begin

    The thread starts with the first batch, and ends when the Prefetcher is closed, collected, or
    the program ends. A copy, an unpickled or a forked one starts a thread of its own.
    """

    def __init__(self, make_reader: Callable[[], BatchReader], depth: int, state: State) -> None:
        self._make_reader, self._depth, self._state = make_reader, depth, state
        self._deal = Deal()
        self._worker: _Worker | _OnDemand | None = None

    def next(self) -> list[Array]:
        """The next batch. Raises what the reader raised in the thread.

        The thread rests until `read_on`, or it would hold up the interpreter just when the batch
        is to be used.
        """
        if self._worker is None or self._worker.process != os.getpid():
            self._worker = self._start()
        try:
            batch, self._state = self._worker.get()
        except BaseException:
            self.close()
            raise
        return batch

    def read_on(self) -> None:
        """Let the thread read ahead again; call it when the batch has been used."""
        if self._worker is not None:
            self._worker.read_on()

    def get_state(self) -> State:
        """The state behind the batch handed out last."""
        return self._state

    def set_state(self, state: State) -> None:
        """Go on from there; what was read ahead is dropped. Raises what the reader raises."""
        reader = self._make_reader()
        try:
            reader.set_state(state)
        finally:
            reader.close()
        self.close()
        self._state = state

    def take_turns(self, turn: int, turns: int) -> None:
        """Of so many batches that follow each other, hand out that one from now on."""
        self.close()
        self._deal = Deal(turn, turns)

    def close(self) -> None:
        """End the thread; the next batch would start another."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_worker": None}

    def _start(self) -> _Worker | _OnDemand:
        reader = self._make_reader()
        try:
            reader.set_state(self._state)
        except BaseException:
            reader.close()
            raise
        if self._depth:
            return _Worker(reader, self._deal, self._depth, self)
        return _OnDemand(reader, self._deal)


class _OnDemand:
    """A reader that reads when it is asked."""

    def __init__(self, reader: BatchReader, deal: Deal) -> None:
        self._reader, self._deal, self.process = reader, deal, os.getpid()
        self._when_collected = weakref.finalize(self, reader.close)

    def get(self) -> _Item:
        return self._deal.read(self._reader), self._reader.get_state()

    def read_on(self) -> None:
        """Nothing: it reads when it is asked."""

    def close(self) -> None:
        self._when_collected()


class _Worker(threading.Thread):
    """A thread that keeps a queue filled until its owner is collected or closes it."""

    def __init__(self, reader: BatchReader, deal: Deal, depth: int, owner: object) -> None:
        super().__init__(name="blobnet-prefetch", daemon=True)
        self.process = os.getpid()
        self._reader, self._deal, self._queue = reader, deal, _Queue(depth)
        self._when_collected = weakref.finalize(owner, self.stop)  # refers to the owner weakly
        self.start()

    def run(self) -> None:
        said = False
        try:
            while self._queue.wait_for_room():
                if (held := self._queue.full_before_its_time()) and not said:
                    said = True
                    _log.warning(
                        "prefetch: %d batches are read ahead, not %d: more would take over %s of "
                        "memory (%s)",
                        held,
                        self._queue.depth,
                        in_words(allowed_bytes()),
                        VARIABLE,
                    )
                batch = self._deal.read(self._reader)
                self._queue.put((batch, self._reader.get_state()))
        except BaseException as error:  # whatever it is, it belongs to the one who waits
            self._queue.put(error)
        finally:
            self._reader.close()

    def get(self) -> _Item:
        item = self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def read_on(self) -> None:
        self._queue.tell_of_room()

    def stop(self) -> None:
        """Tell the thread to end, and do not wait for it."""
        if self.process == os.getpid():  # else the thread is not here, but its lock may be shut
            self._queue.close()

    def close(self, timeout: float | None = None) -> None:
        """End the thread."""
        self._when_collected.detach()
        self.stop()
        if self.process == os.getpid():
            self.join(timeout)


class _Queue:
    """A bounded queue that can be closed from anywhere.

    Also from within itself: a garbage collection in the middle of `put` may close it, which is
    why its lock is one that the same thread can take twice.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._most_bytes = allowed_bytes()
        self._bytes = 0
        self._held = 0  # how many items filled it
        self._items: deque[_Item | BaseException] = deque()
        self._closed = False
        self._changed = threading.Condition(threading.RLock())

    def wait_for_room(self) -> bool:
        """Whether there is room for another item; False when the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_room())
            return not self._closed

    def full_before_its_time(self) -> int:
        """How many items took all the memory there is for them, where fewer than wanted did."""
        return self._held

    def _has_room(self) -> bool:
        count = len(self._items)
        if _ALWAYS <= count < self.depth and self._bytes * (count + 1) > self._most_bytes * count:
            self._held = count
            return False
        return count < self.depth

    def put(self, item: _Item | BaseException) -> None:
        with self._changed:
            self._items.append(item)
            self._bytes += _size(item)
            self._changed.notify_all()

    def get(self) -> _Item | BaseException:
        """The next item; who waits for room is told by `tell_of_room`, or by a `get` in need."""
        with self._changed:
            if not self._items:
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._items)
            item = self._items.popleft()
            self._bytes -= _size(item)
            return item

    def tell_of_room(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._items.clear()
            self._bytes = 0
            self._changed.notify_all()


def _size(item: _Item | BaseException) -> int:
    """The memory that an item takes, in bytes."""
    if isinstance(item, BaseException):
        return 0
    return _OVERHEAD + sum(array.nbytes for array in item[0])


@atexit.register
def _end_all() -> None:
    """Let no thread run into the interpreter's end."""
    for thread in threading.enumerate():
        if isinstance(thread, _Worker):
            thread.close(_SECONDS_AT_EXIT)
