"""Clips with a truth for each voxel, written as C3D 1.0 reads them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np


def write_clip(path: Path, values: np.ndarray) -> Path:
    """(channels, length, height, width), bytes or floats."""
    head = struct.pack("<5i", 1, *values.shape)
    path.write_bytes(head + values.astype(values.dtype.newbyteorder("<")).tobytes())
    return path
