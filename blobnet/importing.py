"""Importing a module that a prototxt or a command line names."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from types import ModuleType

_CAFFE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pycaffe", "import_path")
"""The folder that holds nothing but a package `caffe`."""


def import_module(name: str) -> ModuleType:
    """Import from where Python looks for modules, else from the working directory.

    The module may say `import caffe`: blobnet's is found where there is no other.
    """
    importlib.invalidate_caches()  # the file may be younger than this process
    try:
        return _import(name, _CAFFE)
    except ModuleNotFoundError:
        here = _current_folder()
        if here is None or here in sys.path:
            raise
    return _import(name, _CAFFE, here)


def _import(name: str, *folders: str) -> ModuleType:
    """Import what may lie in these folders, too, if it is nowhere else."""
    added = [folder for folder in folders if folder not in sys.path]
    sys.path.extend(added)
    try:
        return importlib.import_module(name)
    finally:
        for folder in added:
            sys.path.remove(folder)


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
