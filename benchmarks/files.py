"""Weight files of 244 MB: CaffeNet's, read from a warm disk and written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import Measured, interleave
from benchmarks.nets import caffenet
from blobnet.net import Net
from blobnet.proto import NetParameter


def load(rounds: int, definition: NetParameter | None = None) -> Measured:
    """Into a net that is there already."""
    net = Net(definition or caffenet(1), "TEST", seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.caffemodel"
        net.save(path)
        return Measured(*interleave([lambda: net.copy_from(path)], rounds))


def save(rounds: int, definition: NetParameter | None = None) -> Measured:
    net = Net(definition or caffenet(1), "TEST", seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.caffemodel"
        return Measured(*interleave([lambda: net.save(path)], rounds))
