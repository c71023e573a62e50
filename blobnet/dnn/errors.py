"""The error that cv2 raises, as scripts catch it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from blobnet.errors import BlobnetError


class error(BlobnetError):
    """What cv2 says in a cv2.error: arguments, models and layers that do not fit."""


@contextmanager
def as_dnn_errors() -> Iterator[None]:
    """Let what blobnet finds wrong arrive as `dnn.error`, which scripts catch."""
    try:
        yield
    except error:
        raise
    except BlobnetError as reason:
        raise error(str(reason)) from reason
