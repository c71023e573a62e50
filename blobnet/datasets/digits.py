"""The digits that travel with blobnet: small, but real handwriting, and there without a network.

1,797 digits by 13 people, 8 x 8 cells of 0 to 16 each, from the test set of "Optical Recognition
of Handwritten Digits" by E. Alpaydin and C. Kaynak, UCI Machine Learning Repository,
https://doi.org/10.24432/C50P49, licensed under CC BY 4.0 (see digits_LICENSE.md). Changed here:
shuffled, split into two parts and enlarged to the size of MNIST's images.

`digits.npz` keeps the cells as published. Its first 1,437 rows are the training part, the other
360, 36 of each digit, the test part; the order was drawn once, so it is the same everywhere. Who
wrote which digit is not known, so the same hands are in both parts.
"""

from __future__ import annotations

from importlib import resources

import numpy as np
from numpy.typing import NDArray

from blobnet.datasets.digit_data import SIDE, Bytes, DigitData

TRAINING = 1437
MARGIN = 1  # empty cells around a digit, as MNIST's digits have an empty border
_FULL_INK = 16  # the highest value of a cell


def load_digits() -> DigitData:
    """The digits on board as 28 x 28 images: 1,437 to learn from, 360 to be tested on."""
    cells, labels = published_cells()
    images = enlarge(cells)
    return DigitData(
        images[:TRAINING],
        labels[:TRAINING],
        images[TRAINING:],
        labels[TRAINING:],
        "the 1,797 small digits that come with blobnet (UCI, enlarged to 28 x 28)",
    )


def published_cells() -> tuple[Bytes, Bytes]:
    """The cells (1797, 8, 8), 0 to 16, and the labels (1797,), in the order of the split."""
    with (
        resources.files("blobnet.datasets").joinpath("digits.npz").open("rb") as stream,
        np.load(stream, allow_pickle=False) as stored,
    ):
        return stored["cells"], stored["labels"]


def enlarge(cells: Bytes) -> Bytes:
    """Cells (N, 8, 8) of 0 to 16 as images (N, 28, 28) of 0 to 255, by cubic interpolation.

    All sums are of integers, so every machine makes the same bytes.
    """
    weights, unit = _cubic_weights(cells.shape[1], SIDE)
    ink = weights @ cells.astype(np.int64) @ weights.T
    full = unit * unit * _FULL_INK
    images: Bytes = np.clip((ink * 255 + full // 2) // full, 0, 255).astype(np.uint8)
    return images


def _cubic_weights(cells: int, pixels: int) -> tuple[NDArray[np.int64], int]:
    """How much of each cell goes into each pixel (pixels, cells), and the number that means 1.

    Catmull-Rom interpolation: the centre of a pixel lies r / d of a step, 0 <= r < d, after the
    centre of a cell. Times 2 d^3, the cubic's four weights are integers. Outside is no ink.
    """
    weights = np.zeros((pixels, cells), np.int64)
    d = 2 * pixels
    for pixel in range(pixels):
        before, r = divmod((2 * pixel + 1) * (cells + 2 * MARGIN) - (2 * MARGIN + 1) * pixels, d)
        cubic = (
            -r * d**2 + 2 * r**2 * d - r**3,
            2 * d**3 - 5 * r**2 * d + 3 * r**3,
            r * d**2 + 4 * r**2 * d - 3 * r**3,
            -(r**2) * d + r**3,
        )
        for cell, weight in enumerate(cubic, start=before - 1):
            if 0 <= cell < cells:
                weights[pixel, cell] = weight
    return weights, 2 * d**3
