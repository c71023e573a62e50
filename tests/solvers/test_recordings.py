"""Every update rule against sixty steps that Caffe itself has made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet

FOLDER = Path(__file__).parents[1] / "reference" / "solvers"
RECORDINGS = sorted(FOLDER.glob("*.npz"))

pytest.importorskip("h5py", reason="the recorded nets read their rows from HDF5")


def test_every_solver_type_is_recorded():
    solvers = [blobnet.parse_solver(str(np.load(path)["solver"])) for path in RECORDINGS]
    assert {solver.type for solver in solvers} == set(blobnet.solvers.SOLVERS)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_sixty_steps_are_those_of_caffe(path, monkeypatch):
    with np.load(path) as recording:
        values = dict(recording)
    monkeypatch.chdir(FOLDER)
    param = blobnet.parse_solver(str(values["solver"]))
    param.net_param.CopyFrom(blobnet.parse_net(str(values["net"])))
    solver = blobnet.get_solver(param)
    for name, i, blob in weights(solver):
        blob.data[...] = values[f"{name}_init_{i}"]
    losses = []
    for _ in values["loss"]:
        solver.step(1)
        losses.append(float(solver.net.blobs["loss"].data))
    np.testing.assert_allclose(losses, values["loss"], rtol=5e-6)
    for name, i, blob in weights(solver):
        np.testing.assert_allclose(
            blob.data, values[f"{name}_final_{i}"], rtol=1e-4, atol=5e-6, err_msg=f"{name}_{i}"
        )


def weights(solver):
    return [
        (name, i, blob) for name, blobs in solver.net.params.items() for i, blob in enumerate(blobs)
    ]
