"""How an image becomes a net's input: stated by options, or found in the net's definition."""

from __future__ import annotations

from blobnet.preprocessing.preprocessing import Placement, Preprocessing
from blobnet.preprocessing.settings import Settings

__all__ = ["Placement", "Preprocessing", "Settings"]
