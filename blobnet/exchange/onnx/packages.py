"""The packages behind the extra `onnx`, and which version of the format is written."""

from __future__ import annotations

from typing import Any

from blobnet.extras import import_extra

OPSET = 17
"""Written because PRelu, GridSample and ScatterElements' sums are there (16), runtimes of 2022 and
later read it, and nothing that Caffe computes needs a newer one."""
IR_VERSION = 8
"""The form of the file that belongs to opset 17; a newer one is refused by older runtimes."""


def onnx() -> Any:
    """The module `onnx`. Raises MissingExtraError where it is not installed."""
    import_extra("onnx.helper", "onnx", "reading and writing ONNX")
    return import_extra("onnx", "onnx", "reading and writing ONNX")
