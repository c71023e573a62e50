"""How numpy treats what floats cannot hold: said here, for all layers, threads and updates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ContextDecorator, contextmanager
from contextvars import ContextVar

import numpy as np

_is_allowed: ContextVar[bool] = ContextVar("overflow is allowed", default=False)


def overflow_allowed() -> AbstractContextManager[None]:
    """A `with` block in which numpy does not warn: infinities and NaN are results like others.

    It serves as a decorator, too. A pass of a net runs in one, and each layer by itself; so does
    an update of the weights, and every thread that computes beside them: numpy keeps this setting
    for each thread by itself. What went wrong is looked for afterwards, in the loss (see
    `diagnostics/`).
    """
    return _NOTHING if _is_allowed.get() else _allowed()


@contextmanager
def _allowed() -> Iterator[None]:
    with np.errstate(all="ignore"):
        token = _is_allowed.set(True)
        try:
            yield
        finally:
            _is_allowed.reset(token)


class _Nothing(ContextDecorator):
    """What a block within another does: numpy's own takes longer than a small layer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass


_NOTHING = _Nothing()
