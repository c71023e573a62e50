"""Optional dependencies: imported where they are used, never before."""

from __future__ import annotations

import importlib
from types import ModuleType

from blobnet.errors import MissingExtraError, explain


def import_extra(module: str, extra: str, purpose: str) -> ModuleType:
    """The optional `module`, which `pip install "blobnet[extra]"` brings.

    Raises MissingExtraError, naming the `purpose` and the command, where it is not installed, and
    where it does not start: made for another numpy, half updated, or set to what it does not know.
    """
    return import_package(module, f'"blobnet[{extra}]"', purpose)


def import_package(module: str, install: str, purpose: str) -> ModuleType:
    """The same for a package that no extra of ours brings, but `pip install {install}`."""
    needs = f"{purpose} needs the package {module.partition('.')[0]}"
    try:
        return importlib.import_module(module)
    except ImportError as error:
        fix = f"pip install {install}"
        raise MissingExtraError(explain(needs, got=error, fix=fix)) from error
    except Exception as error:
        fix = f'find out what stops this: python -c "import {module}"'
        what = f"{needs}, which does not start"
        raise MissingExtraError(explain(what, got=error, fix=fix)) from error
