"""What smaller numbers cost on images: how often two nets agree, and how far they are apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blobnet.comparing.difference import difference
from blobnet.comparing.inputs import run
from blobnet.errors import DataError, NetError, explain
from blobnet.net import Net
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import read_image
from blobnet.types import Array

_FIVE = 5


@dataclass
class Agreement:
    """How two nets agree in one output, over all images.

    relative  the largest difference, beside the largest value of its image's output
    images    how many were looked at
    top_1     of how many the best class is the same; None where the output is no scores of classes
    top_5     of how many the best class of the first net is among the five best of the second;
              None where there are five classes or fewer
    """

    relative: float = 0.0
    images: int = 0
    top_1: int | None = None
    top_5: int | None = None

    def add(self, expected: Array, got: Array) -> None:
        """Take in what both nets make of an image: (1, ...) of one shape."""
        self.images += 1
        if expected.shape != got.shape:  # as many boxes as were found
            self.relative = float("inf")
            return
        self.relative = max(self.relative, difference(expected, got).relative)
        if expected.ndim < 2 or expected.shape[1] < 2 or expected.shape[1] != expected.size:
            return
        best = int(expected.argmax())
        order = np.argsort(-got.reshape(-1), kind="stable")
        self.top_1 = (self.top_1 or 0) + int(order[0] == best)
        if expected.size > _FIVE:
            self.top_5 = (self.top_5 or 0) + int(best in order[:_FIVE])


def agreement(
    nets: tuple[Net, Net],
    images: Sequence[Path],
    settings: Settings,
    progress: Callable[[int, int], None] = lambda done, total: None,
    unreadable: Callable[[DataError], None] | None = None,
) -> dict[str, Agreement]:
    """Run images through two nets with the same outputs; output name to how they agree.

    unreadable  called for an image that cannot be read, which is passed over; None: it is raised

    Raises NetError where the net has more inputs than an image, DataError where there is no image.
    """
    first, second = nets
    if len(first.inputs) != 1:
        what = "images are measured for nets with one input"
        raise NetError(explain(what, got=", ".join(first.inputs) or "none"))
    if not images:
        raise DataError(explain("no images to measure with"))
    name = first.inputs[0]
    prepare = settings.preprocessing(first.blobs[name].shape)
    found = {output: Agreement() for output in first.outputs}
    for done, path in enumerate(images, 1):
        try:
            item = prepare(read_image(path, gray=prepare.channels == "GRAY"))[None]
        except DataError as error:
            if unreadable is None or len(images) == 1:
                raise
            unreadable(error)
            continue
        for net in nets:
            net.blobs[name].reshape(item.shape)
            net.reshape()
            run(net, {name: item})
        for output, one in found.items():
            one.add(first.blobs[output].data, second.blobs[output].data)
        progress(done, len(images))
    return found
