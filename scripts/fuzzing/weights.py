"""Weights, binary and HDF5: read into a net, and blob by blob."""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from blobnet.serialization.weights import read_weights
from scripts.fuzzing import _samples as samples
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller

__all__ = ["draw", "run", "show", "smaller"]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_binary_round, _hdf5_round], case)


def _binary_round(rng: random.Random, folder: Path) -> None:
    content = damaged(rng, rng.choice(samples.nets()), samples.nets())
    _read(folder / "w.caffemodel", content)


def _hdf5_round(rng: random.Random, folder: Path) -> None:
    _read(folder / "w.caffemodel.h5", damaged(rng, rng.choice(_hdf5()), _hdf5()))


def _read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for blobs in read_weights(path).values():
        for blob in blobs.values():
            if blob.damage is None and np.prod(blob.shape, dtype=float) < 10**6:
                blob.load()
    samples.solver().net.copy_from(path)


@cache
def _hdf5() -> list[bytes]:
    import h5py

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "w.h5"
        samples.solver().net.save(path)
        contents = [path.read_bytes()]
        for version in ("earliest", "latest"):
            with h5py.File(path, "w", libver=version) as file:
                for layer, shapes in (("ip", ((4, 3), (4,))), ("a/b", ((2, 4), (2,)))):
                    for index, shape in enumerate(shapes):
                        file.create_dataset(
                            f"data/{layer}/{index}", data=np.ones(shape), chunks=True,
                            shuffle=True, compression="gzip", fletcher32=True,
                        )  # fmt: skip
                file["data/same"] = file["data/ip"]
                file["data/soft"] = h5py.SoftLink("/data/a/b")
            contents.append(path.read_bytes())
        return contents
