"""Files of a single blob: mean images, infogain matrices."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from blobnet import Blob
from blobnet.proto import BlobProto
from blobnet.serialization.blob_file import read_blob
from blobnet.serialization.blob_proto import blob_to_proto
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller

__all__ = ["draw", "run", "show", "smaller"]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_round], case)


def _round(rng: random.Random, folder: Path) -> None:
    contents = _contents()
    (folder / "b").write_bytes(damaged(rng, rng.choice(contents), contents))
    read_blob(folder / "b", "mean_file", rng.choice((np.float32, np.float64)))


def _contents() -> list[bytes]:
    blob, double = Blob(1, 3, 4, 5), Blob(2, 3, dtype="f8")
    blob.data[...], double.data[...] = 0.5, 1e300
    old = BlobProto(num=1, channels=3, height=2, width=2, data=range(12), diff=range(12))
    return [
        blob_to_proto(blob, write_diff=True).SerializeToString(),
        blob_to_proto(double).SerializeToString(),
        old.SerializeToString(),
        b"\x2d\0\0\x80\x3f" * 4 + b"\x3a\x03\x0a\x01\x04",
    ]
