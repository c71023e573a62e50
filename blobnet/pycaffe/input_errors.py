"""What pycaffe's functions raise for arrays and files: ours, and what its users catch."""

from __future__ import annotations

from blobnet.errors import BlobnetError, DataError


class InputError(BlobnetError, ValueError):
    """An array, a message or a setting that cannot be worked with: pycaffe's ValueError."""


class ImageFileError(DataError, OSError):
    """An image file that cannot be read: pycaffe's IOError."""


class MissingImageError(ImageFileError, FileNotFoundError):
    """There is no such image file."""
