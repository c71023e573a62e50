"""HDF5 files of records, as the layer HDF5Data reads them."""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from blobnet.sources.hdf5_batches import Hdf5Batches
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller

__all__ = ["draw", "run", "show", "smaller"]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_round], case)


def _round(rng: random.Random, folder: Path) -> None:
    path = folder / "x.h5"
    if rng.random() < 0.7:
        path.write_bytes(damaged(rng, rng.choice(_contents()), _contents()))
    else:
        _write_with_broken_chunks(rng, path)
    batches = Hdf5Batches([path], ["data", "label"], np.random.default_rng(0), batch_size=4)
    batches.read()
    batches.read()
    batches.close()


def _write_with_broken_chunks(rng: random.Random, path: Path) -> None:
    """Chunks that are found, and are not what they should be."""
    import h5py

    ways = [{}, {"compression": "gzip"}, {"compression": "lzf"}, {"scaleoffset": 3}]
    if "szip" in h5py.filters.encode:
        ways.append({"compression": "szip", "compression_opts": ("nn", 4)})
    options = {
        "chunks": (rng.choice((2, 5)), 2, 3),
        "shuffle": rng.random() < 0.4,
        "fletcher32": rng.random() < 0.3,
        **rng.choice(ways),
    }
    if "scaleoffset" in options:
        options["fletcher32"] = False  # HDF5 refuses a checksum of what is not kept exactly
    version = rng.choice(("earliest", "latest"))
    with h5py.File(path, "w", libver=version) as file:
        values = np.arange(30.0).reshape(5, 2, 3)
        sound = file.create_dataset("data", data=values, **options)
        file.flush()
        mask, content = sound.id.read_direct_chunk((0, 0, 0))
    with h5py.File(path, "w", libver=version) as file:
        dataset = file.create_dataset("data", (5, 2, 3), "f8", **options)
        mask ^= rng.choice((0, 0, 1, 2, 3))
        broken = damaged(rng, content, []) or b"\0"  # h5py's own writing fails for none
        dataset.id.write_direct_chunk((0, 0, 0), broken, mask)
        file["label"] = np.arange(5)


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
