"""What nets are given: random images and labels, and statistics that overflow nowhere."""

from __future__ import annotations

import numpy as np

from blobnet.net import Net
from blobnet.types import Array

CLASSES = 1000
"""Of the labels of public nets."""


def fill_inputs(net: Net, classes: int) -> None:
    """Random images into "data", random labels into "label"."""
    net.blobs["data"].data[...] = random_images(net)
    labels = np.random.default_rng(2).integers(classes, size=net.blobs["label"].shape)
    net.blobs["label"].data[...] = labels


def random_images(net: Net) -> Array:
    images: Array = np.random.default_rng(1).normal(size=net.blobs["data"].shape)
    return images.astype(np.float32)


def give_statistics(net: Net) -> None:
    """Let BatchNorm layers that were never trained change nothing, where they would overflow."""
    for layer in net.layers:
        if layer.type == "BatchNorm":
            for blob, value in zip(layer.blobs_, (0, 1, 1), strict=True):
                blob.data[...] = value  # mean, variance, and how many they were summed over
