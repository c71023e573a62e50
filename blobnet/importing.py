"""Importing a module that a prototxt or a command line names."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import sys
import traceback
from types import ModuleType

BUILT_IN = "blobnet.python_layers"
"""The package of Python layers that public nets name, for where their repositories are not."""

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


def built_in(name: str) -> str | None:
    """The module of blobnet's own that stands in for one of a public repository, by its full name.

    Nothing of the repository's is imported for it. A full name is its own.
    """
    name = name.removeprefix(f"{BUILT_IN}.")
    if not all(part.isidentifier() and part[0] != "_" for part in name.split(".")):
        return None
    full_name = f"{BUILT_IN}.{name}"
    try:
        found = importlib.util.find_spec(full_name)
    except ModuleNotFoundError:  # of a package that it would be in
        return None
    is_module = found is not None and found.submodule_search_locations is None
    return full_name if is_module else None


def built_in_names() -> list[str]:
    """All of them, by the names that prototxts have: "rpn.proposal_layer"."""
    package = importlib.import_module(BUILT_IN)
    found = pkgutil.walk_packages(package.__path__, f"{BUILT_IN}.")
    names = (module.name.removeprefix(f"{BUILT_IN}.") for module in found if not module.ispkg)
    return sorted(name for name in names if not name.rpartition(".")[2].startswith("_"))


def is_missing(error: BaseException, name: str) -> bool:
    """Whether there is no module of that name, as opposed to one whose own imports fail."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    return missing is not None and f"{name}.".startswith(f"{missing}.")


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
