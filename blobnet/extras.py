"""Optional dependencies: imported where they are used, never before."""

from __future__ import annotations

import importlib
from types import ModuleType

from blobnet.errors import MissingExtraError, explain


def import_extra(module: str, extra: str, purpose: str) -> ModuleType:
    """The optional `module`, which `pip install "blobnet[extra]"` brings.

    Raises MissingExtraError, naming the `purpose` and the command, where it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            explain(
                f"{purpose} needs the package {module.partition('.')[0]}",
                got=error,
                fix=f'pip install "blobnet[{extra}]"',
            )
        ) from error
