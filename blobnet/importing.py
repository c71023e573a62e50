"""Importing a module that a prototxt or a command line names."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from types import ModuleType


def import_module(name: str) -> ModuleType:
    """Import from where Python looks for modules, else from the working directory."""
    importlib.invalidate_caches()  # the file may be younger than this process
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        here = _current_folder()
        if here is None or here in sys.path:
            raise
    sys.path.append(here)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(here)


def raised_inside(error: BaseException) -> bool:
    """Whether an error comes from the code of the module itself; to leave does not count as one."""
    if not isinstance(error, Exception) or isinstance(error, ImportError):
        return False
    files = (frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(not file.startswith("<frozen") and not _is_ours(file) for file in files)


def _is_ours(file: str) -> bool:
    return file == importlib.__file__ or file.startswith(os.path.dirname(__file__) + os.sep)


def _current_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it does not exist any more
        return None
