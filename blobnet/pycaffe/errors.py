"""Errors as pycaffe's users catch them, and files looked for before they are read.

pycaffe raises RuntimeError for a file that cannot be opened and for arrays that do not fit. These
are so, and BlobnetErrors as well.
"""

from __future__ import annotations

from blobnet.errors import BlobnetError
from blobnet.input_files import AnyPath, open_file


class CaffeError(BlobnetError, RuntimeError):
    """What pycaffe says in a RuntimeError."""


def check_file(path: AnyPath) -> None:
    """Raise CaffeError, "Could not open file ...", where there is no file to be read."""
    open_file(path, CaffeError, setting="Could not open file").close()
