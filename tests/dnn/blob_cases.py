"""What images and boxes cv2.dnn was given for the recording `opencv/dnn_blobs.npz`."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

MEAN = (104.0, 117.5, 123.25)

CASES = {
    "as_it_is": ("u1", {}),
    "shrunk": ("u1", {"size": (7, 5), "mean": MEAN}),
    "grown": ("u1", {"scalefactor": 0.007843, "size": (30, 19), "mean": (127.5, 127.5, 127.5)}),
    "halved": ("u1", {"scalefactor": 1 / 255, "size": (9, 6), "swapRB": True, "mean": MEAN}),
    "cut": ("u1", {"scalefactor": 0.017, "size": (8, 8), "mean": MEAN, "crop": True}),
    "bytes": ("u1", {"size": (13, 4), "swapRB": True, "ddepth": 0}),
    "gray": ("gray", {"size": (5, 9), "mean": (50,), "swapRB": True}),
    "floats": ("f4", {"size": (11, 8), "mean": MEAN}),
    "floats_cut": ("f4", {"size": (9, 15), "crop": True}),
    "doubles": ("f8", {"size": (25, 8), "scalefactor": 0.1}),
    "shorts": ("u2", {"size": (25, 8), "scalefactor": 0.1}),
}
"""Name to the image's kind of number, and the arguments."""

PARAMS = {
    "framed": {
        "scalefactor": (0.5, 2.0, 3.0, 1.0),
        "size": (20, 16),
        "mean": (*MEAN, 0.0),
        "swapRB": True,
        "paddingmode": 2,
        "borderValue": (9.0, 8.0, 7.0, 0.0),
    },
    "channels_last": {"size": (8, 6), "mean": (*MEAN, 0.0), "swapRB": True, "datalayout": 4},
}

BOXES = {
    "plain": (0.1, 0.4),
    "best": (0.1, 0.4, 1.0, 9),
    "adaptive": (0.0, 0.8, 0.9),
    "none": (0.99, 0.4),
}
"""Name to what follows boxes and scores."""


def boxes() -> tuple[Array, Array, Array]:
    """Boxes (40, 4), scores with a few equal ones, and classes."""
    number = np.arange(40)
    corners = np.stack([number * 7 % 31, number * 11 % 23], 1)
    sides = np.stack([8 + number % 9, 6 + number % 13], 1)
    scores = (number * 17 % 40 // 2 / 20).astype(np.float32)
    return np.concatenate([corners, sides], 1).astype(float), scores, number % 3
