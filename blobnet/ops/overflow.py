"""How numpy treats what floats cannot hold: said here, for all layers, threads and updates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

import numpy as np

_is_allowed: ContextVar[bool] = ContextVar("overflow is allowed", default=False)


def overflow_allowed() -> AbstractContextManager[None]:
    """A `with` block in which numpy does not warn: infinities and NaN are results like others.

    A pass of a net runs in one, and each layer by itself; so does an update of the weights. The
    threads that compute beside them always do: numpy keeps this setting for each thread by itself.
    What went wrong is looked for afterwards, in the loss (see `diagnostics/`).
    """
    return _NOTHING if _is_allowed.get() else _allowed()


def allow_overflow() -> None:
    """Let numpy not warn in this thread, from its beginning to its end."""
    np.seterr(all="ignore")
    _is_allowed.set(True)


@contextmanager
def _allowed() -> Iterator[None]:
    with np.errstate(all="ignore"):
        token = _is_allowed.set(True)
        try:
            yield
        finally:
            _is_allowed.reset(token)


class _Nothing(AbstractContextManager[None]):
    """What a block within another does: numpy's own takes longer than a small layer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass


_NOTHING = _Nothing()
