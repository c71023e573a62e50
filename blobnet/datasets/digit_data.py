"""What every set of handwritten digits is, wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 28
"""The height and the width of an image, as LeNet expects them."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class DigitData:
    """Images of digits and what they show, a part to learn from and a part to be tested on.

    train_images  (N, 28, 28) uint8   0 is the background, 255 full ink
    train_labels  (N,) uint8          0 to 9
    test_images   (M, 28, 28) uint8
    test_labels   (M,) uint8
    source        a sentence part that says what was taken, and from where
    passed_over   why the places that come first in the search were not taken, one line each
    """

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    source: str
    passed_over: tuple[str, ...] = ()
