"""The error that cv2 raises, as scripts catch it."""

from __future__ import annotations

from blobnet.errors import BlobnetError


class error(BlobnetError):
    """What cv2 says in a cv2.error: arguments, models and layers that do not fit."""
