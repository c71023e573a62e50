"""Which function reads the nodes of an ONNX operator: it adds layers to the net that is made."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blobnet.exchange.onnx.node_reader import NodeReader

Reader = Callable[["NodeReader"], None]
_READERS: dict[str, Reader] = {}
_ROOM = "blobnet.exchange.onnx.readers"


def reads(*op_types: str) -> Callable[[Reader], Reader]:
    """Let a function read the nodes of these operators."""

    def register(reader: Reader) -> Reader:
        _READERS.update(dict.fromkeys(op_types, reader))
        return reader

    return register


def readers() -> dict[str, Reader]:
    """Operator to function, of all that are read."""
    importlib.import_module(_ROOM)
    return _READERS
