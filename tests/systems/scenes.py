"""Pictures with a label for each pixel: a bright bar and a dark spot, which is rare, in noise."""

import numpy as np


def scenes(rng, count, height, width, *, channels=1, ignore=None):
    """`data`, and `label`: 0 ground, 1 bar, 2 spot; with `ignore` the lowest row is that."""
    label = np.zeros((count, 1, height, width), np.float32)
    for image in label[:, 0]:
        column = rng.integers(width - 4)
        image[:, column : column + 4] = 1
        row, column = rng.integers(height - 3), rng.integers(width - 3)
        image[row : row + 3, column : column + 3] = 2
    shades = np.array([0, 1, -1], np.float32)[label.astype(int)]
    data = shades + 0.3 * rng.normal(size=(count, channels, height, width))
    if ignore is not None:
        label[:, :, -1] = ignore
    return {"data": data, "label": label}
