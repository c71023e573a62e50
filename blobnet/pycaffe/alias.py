"""One copy of every class under two names: `caffe.io` is the module `blobnet.pycaffe.io`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from blobnet.pycaffe.logs import start_unless_configured

NAME = "caffe"
OURS = __name__.rpartition(".")[0]


def take_the_name() -> None:
    """Let `import caffe` and what begins with `caffe.` give our modules, in this process.

    From now on there is a log, too, as with pycaffe.
    """
    start_unless_configured()
    sys.modules[NAME] = sys.modules[OURS]
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds `caffe.x` where there is a `blobnet.pycaffe.x`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        ours = OURS + fullname.removeprefix(NAME)
        is_ours = sys.modules.get(NAME) is sys.modules.get(OURS)
        if not is_ours or not fullname.startswith(f"{NAME}."):
            return None
        try:
            module = importlib.import_module(ours)
        except ModuleNotFoundError as error:
            if error.name == ours:
                return None  # what is then raised names it as it was asked for
            raise
        return ModuleSpec(fullname, _Existing(module), is_package=hasattr(module, "__path__"))


class _Existing(Loader):
    """Gives a module that is there already, which goes on saying where it comes from."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec
