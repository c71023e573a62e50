"""An image that a watcher has drawn or chosen, as a net's input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.net import Net
from blobnet.preprocessing.image_files import channels_first
from blobnet.preprocessing.in_definitions import settings_of
from blobnet.shapes import by_axes
from blobnet.solver import Solver
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer


def source_of(net: Net, blob: str) -> WiredLayer:
    """The layer without bottoms that makes a blob. Raises SolverError where none does."""
    sources = [wired for wired in net.wired if not wired.bottom]
    makers = {name: wired for wired in sources for name in wired.top_names}
    if blob not in makers:
        raise SolverError(
            explain(
                f"'{blob}' is computed, it cannot be set",
                expected=f"one of {', '.join(sorted(makers)) or 'no blob of this net'}",
                fix=did_you_mean(blob, makers),
            )
        )
    return makers[blob]


def own_image(solver: Solver, source: WiredLayer, blob: str, pixels: bytes) -> Array:
    """(C, rows, columns), with the mean and the scale that the layer gives its own images.

    pixels  blue, green, red of each, row by row: as many as the blob has

    Raises SolverError where the blob holds no images, or others; NetError, DataError where the mean
    does not fit or cannot be read.
    """
    shape = solver.net.blobs[blob].shape
    if len(shape) != 4 or shape[1] not in (1, 3) or len(pixels) != 3 * shape[2] * shape[3]:
        raise SolverError(
            explain(
                f"this is no image for '{blob}'",
                expected=f"3 bytes for each pixel of {by_axes(shape)}",
                got=f"{len(pixels):,} bytes",
            )
        )
    param = solver.param
    definition = Path(param.net or param.train_net or "net")
    settings = settings_of(source.layer.layer_param_, definition)
    settings = replace(settings, size=None, crop=None)  # it has the size of the input
    image = np.frombuffer(pixels, np.uint8).reshape(*shape[2:], 3)
    return settings.preprocessing(shape)(channels_first(image, gray=shape[1] == 1))
