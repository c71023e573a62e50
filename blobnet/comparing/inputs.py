"""Inputs to try a net with: drawn from a seed, as a stranger's net can be given them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from blobnet.arguments import fill_blobs
from blobnet.net import Net
from blobnet.types import Array, Shape


def random_inputs(net: Net, seed: int) -> dict[str, Array]:
    """Input name to float32 values; the same for the same seed.

    Images and features are drawn from a normal distribution, of mean 0 and standard deviation 1.
    One number for each item, a label, is 0. What Faster R-CNN calls im_info, one row of 2 or 3
    numbers, has the size of the first image, and a scale of 1.
    """
    rng = np.random.default_rng(seed)
    shapes = {name: net.blobs[name].shape for name in net.inputs}
    image = next((shape for shape in shapes.values() if len(shape) == 4), None)
    made = {}
    for name, shape in shapes.items():
        drawn = rng.standard_normal(shape, np.float32)
        if image is not None and _is_image_size(shape):
            drawn[...] = (*image[2:], 1)[: shape[-1]]
        elif shape and np.prod(shape[1:], dtype=np.int64) == 1:
            drawn[...] = 0
        made[name] = drawn
    return made


def run(net: Net, inputs: Mapping[str, Array]) -> None:
    """A forward with these inputs, whatever they are called."""
    fill_blobs(net.blobs, net.inputs, inputs, "data")
    net.forward()


def _is_image_size(shape: Shape) -> bool:
    return len(shape) == 2 and shape[0] == 1 and shape[1] in (2, 3)
