"""HDF5 files of records, as the layer HDF5Data reads them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from blobnet.sources.hdf5_batches import Hdf5Batches
from scripts.fuzzing.damage import damaged
from scripts.fuzzing.rounds import run


def faults(seed: int, count: int) -> Iterator[str]:
    """What goes wrong with `count` broken files."""
    _contents()  # made before the process forks
    yield from run("HDF5Data", _round, seed, count)


def _round(rng: random.Random, folder: Path) -> None:
    path = folder / "x.h5"
    path.write_bytes(damaged(rng, rng.choice(_contents()), _contents()))
    batches = Hdf5Batches([path], ["data", "label"], np.random.default_rng(0), batch_size=4)
    batches.read()
    batches.read()
    batches.close()


@cache
def _contents() -> list[bytes]:
    import h5py

    contents = []
    options = [{}, {"chunks": True}, {"compression": "gzip"}, {"compression": "lzf"}]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x"
        for number, option in enumerate(options):
            with h5py.File(path, "w", libver=("earliest", "latest")[number % 2]) as file:
                file.create_dataset("data", data=np.arange(30.0).reshape(5, 2, 3), **option)
                file.create_dataset("label", data=np.arange(5, dtype="i4"), maxshape=(None,))
                file["also"] = h5py.SoftLink("/data")
                file["data"].attrs["a"] = 1
            contents.append(path.read_bytes())
    return contents
