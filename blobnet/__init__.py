"""blobnet: Caffe without the build. Reads, runs and trains Caffe's models in pure Python.

The public names are those of `blobnet/api.py`. They are loaded when the first of them is asked
for, so that `blobnet --help` need not wait for numpy.
"""

import importlib
from typing import TYPE_CHECKING

from blobnet import processor as processor  # first: numpy must not be imported before it
from blobnet.version import __version__ as __version__

if TYPE_CHECKING:
    from blobnet.api import *  # noqa: F403 - the names as a type checker sees them
else:

    def __getattr__(name: str) -> object:
        if name == "__all__" or not name.startswith("__"):
            api = importlib.import_module("blobnet.api")
            names = {key: value for key, value in vars(api).items() if not key.startswith("_")}
            globals().update(names, __all__=[*names])
        if name not in globals():
            raise AttributeError(f"module 'blobnet' has no attribute '{name}'")
        return globals()[name]

    def __dir__() -> list[str]:
        __getattr__("layers")
        return sorted(globals())
