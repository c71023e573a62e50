"""Digits as idx files and as tables of numbers, gzipped or not."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

from blobnet.datasets.csv_images import CsvImages
from blobnet.datasets.idx import read_idx
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller
from scripts.fuzzing._texts import broken

__all__ = ["draw", "run", "show", "smaller"]

_CSV = [
    "label,1x1,1x2,2x1,2x2\n3,0,12,255,7\n1,1,2,3,4\n",
    '"5","0","1","2","3.0"\r\n-1,0,0,0,1e0\n',
]
_IDX = [
    struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 3) + bytes(range(12)),
    struct.pack(">4BI", 0, 0, 8, 1, 5) + bytes(range(5)),
]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_idx, _csv], case)


def _write(rng: random.Random, folder: Path, data: bytes) -> Path:
    if rng.random() < 0.5:
        data = gzip.compress(data * rng.choice((1, 1, 100)), mtime=0)
        data = damaged(rng, data, [data]) if rng.random() < 0.5 else data
    (folder / "x").write_bytes(data)
    return folder / "x"


def _idx(rng: random.Random, folder: Path) -> None:
    read_idx(_write(rng, folder, damaged(rng, rng.choice(_IDX), _IDX)), rng.choice((1, 3)))


def _csv(rng: random.Random, folder: Path) -> None:
    shape = rng.choice((None, None, (1, 2, 2), (4, 1, 1)))
    for _ in CsvImages(_write(rng, folder, broken(rng, _CSV)), shape):
        pass
