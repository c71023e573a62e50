"""The few type names that every room uses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""Numbers of one floating type: float32, or float64 in a net made for gradient checks."""

IntArray = NDArray[np.int64]
"""Places in flat arrays, and sizes."""

Table = Any
"""The same in a plan: to kernels that are traced, what stands for such an array."""

Shape = tuple[int, ...]
DType = np.dtype[Any]
