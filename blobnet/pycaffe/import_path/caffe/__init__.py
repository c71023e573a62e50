"""The name `caffe`: blobnet's pycaffe, unless there is another `caffe` to be imported.

The folder around this package holds nothing else and stands last in sys.path, put there by a .pth
file. Where packages lie in several places, another `caffe` may come behind it all the same: that
one is looked for, and imported in place of this. This package in a second installation is none.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from pathlib import Path

_OURS = Path(__file__).resolve().parts[-5:-2]  # blobnet/pycaffe/import_path


def _another() -> ModuleSpec | None:
    """Another package or module `caffe`; a mere folder of that name is none.

    Nor is that of another copy of blobnet, a clone beside one that is installed: it would look for
    this one in its turn.
    """
    elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve().parts[-3:] != _OURS]
    spec = PathFinder.find_spec(__name__, elsewhere)
    return spec if spec is not None and spec.has_location else None


def _import() -> None:
    spec = _another()
    if spec is None or spec.loader is None:
        from blobnet.pycaffe import alias

        alias.take_the_name()
        return
    module = sys.modules[__name__] = module_from_spec(spec)
    spec.loader.exec_module(module)


_import()
