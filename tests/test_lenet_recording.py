"""LeNet-5 on MNIST: a hundred steps as Caffe made them, and the snapshots that it left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.datasets.mnist_folder import read_folder
from blobnet.datasets.to_lmdb import write_lmdb
from blobnet.proto import NetParameter, SolverState

SHARED = Path(__file__).parents[2] / "shared"
RECORDED, MNIST = SHARED / "reference" / "lenet", SHARED / "mnist"

pytestmark = [
    pytest.mark.skipif(not RECORDED.is_dir(), reason=f"Caffe's recording is not at {RECORDED}"),
    pytest.mark.skipif(not MNIST.is_dir(), reason=f"MNIST is not at {MNIST}"),
]

STEPS, BATCH = 100, 64
SETTINGS = """
    base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005 lr_policy: "inv" gamma: 0.0001 power: 0.75
    max_iter: 100 snapshot_prefix: "lenet"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the database that the recorded net names: the images of 101 batches."""
    folder = tmp_path_factory.mktemp("lenet")
    digits, count = read_folder(MNIST, "../shared/mnist"), (STEPS + 1) * BATCH
    write_lmdb(
        folder / "mnist_train_lmdb", digits.train_images[:count], digits.train_labels[:count]
    )
    return folder


@pytest.fixture(autouse=True)
def _in_that_folder(folder, monkeypatch):
    monkeypatch.chdir(folder)


def make_solver(settings=""):
    param = blobnet.parse_solver(SETTINGS + settings)
    param.net = str(RECORDED / "lenet_train.prototxt")
    return blobnet.get_solver(param)


@pytest.fixture(scope="module")
def trained(folder):
    """A solver after the hundred steps, and the losses of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        solver = make_solver()
        solver.net.copy_from(RECORDED / "lenet_init.caffemodel")
        losses = []
        solver.add_callback(lambda: None, lambda: losses.append(solver.loss))
        solver.step(STEPS)
    return solver, losses


def test_every_loss_is_that_of_caffe(trained):
    _, losses = trained
    np.testing.assert_allclose(losses, np.load(RECORDED / "lenet_loss.npy"), rtol=1e-3)


def caffes_snapshots():
    """Caffe's two states; the one in HDF5 where it can be read."""
    for name in ("lenet_iter_100.solverstate", "lenet_iter_100.solverstate.h5"):
        yield pytest.param(name, id=name.rpartition(".")[2])


@pytest.fixture(params=caffes_snapshots())
def restored(request):
    """A solver that has read Caffe's own snapshot."""
    if request.param.endswith(".h5"):
        pytest.importorskip("h5py")
    solver = make_solver("random_seed: 1")
    solver.restore(RECORDED / request.param)
    return solver


def test_weights_and_history_have_come_to_the_same(trained, restored):
    solver, _ = trained
    assert restored.iter == solver.iter == STEPS
    for blob, caffes in zip(
        solver.net.learnable_params, restored.net.learnable_params, strict=True
    ):
        assert_close(blob.data, caffes.data)
    for history, caffes in zip(solver.history_, restored.history_, strict=True):
        assert_close(history, caffes)


def assert_close(array, expected):
    """Within a thousandth of the typical value, whatever the single value is."""
    np.testing.assert_allclose(array, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).mean())


def test_training_goes_on_from_caffes_snapshot(trained, restored):
    """Caffe does not keep where reading stood; with that set, the next losses are the same."""
    solver, _ = trained
    unbroken = make_solver()
    unbroken.net.share_with(solver.net)
    restored.net.set_state(solver.net.get_state())
    expected = solver.net.forward()["loss"].copy()
    restored.step(1)
    np.testing.assert_allclose(restored.loss, expected, rtol=1e-3)
    assert restored.iter == STEPS + 1


def test_a_resumed_training_reads_from_the_beginning(restored):
    """As Caffe does."""
    restored.step(1)
    first = read_folder(MNIST, "").train_labels[:BATCH]
    np.testing.assert_array_equal(restored.net.blobs["label"].data, first)


# --- our snapshots look like Caffe's --------------------------------------------------------------


def test_the_binary_weights_have_caffes_fields(trained, folder):
    solver, _ = trained
    solver.param.snapshot_format = solver.param.BINARYPROTO
    solver.snapshot()
    ours, caffes = (
        NetParameter.FromString((place / "lenet_iter_100.caffemodel").read_bytes())
        for place in (folder, RECORDED)
    )
    assert outline(ours) == outline(caffes)


def test_the_binary_state_has_caffes_fields_and_one_more(trained, folder):
    solver, _ = trained
    solver.param.snapshot_format = solver.param.BINARYPROTO
    state = solver.snapshot()
    assert state.name == "lenet_iter_100.solverstate"
    ours, caffes = (
        SolverState.FromString((place / state.name).read_bytes()) for place in (folder, RECORDED)
    )
    assert (ours.iter, ours.current_step) == (caffes.iter, caffes.current_step)
    assert ours.learned_net == "lenet_iter_100.caffemodel"
    ours.learned_net = caffes.learned_net
    ours.ClearField("blobnet_state")
    assert outline(ours) == outline(caffes)


@pytest.mark.parametrize("name", ["caffemodel", "solverstate"])
def test_hdf5_files_have_caffes_groups_and_datasets(name, trained, folder):
    h5py = pytest.importorskip("h5py")
    solver, _ = trained
    solver.param.snapshot_format = solver.param.HDF5
    solver.snapshot()
    outlines = []
    for place in (folder, RECORDED):
        with h5py.File(place / f"lenet_iter_100.{name}.h5", "r") as file:
            found = {}
            file.visititems(lambda key, node, found=found: found.update({key: kind_of(node)}))
            found.pop("blobnet_state", None)
            outlines.append(found)
    ours, caffes = outlines
    if name == "solverstate":
        kind, length = ours.pop("learned_net"), len("lenet_iter_100.caffemodel.h5")
        assert kind == caffes.pop("learned_net") == ((), f"|S{length + 1}", True)
    assert ours == caffes


def kind_of(node):
    """Shape, type and, of text, whether it ends with a zero; None for a group."""
    if not hasattr(node, "dtype"):
        return None
    is_text = node.dtype.kind == "S"
    return node.shape, node.dtype.str, is_text and node.id.get_type().get_strpad() == 0


def outline(message):
    """A message without its numbers: which fields are set, how many values, and all settings."""
    result = []
    for field, value in message.ListFields():
        if field.message_type is None:
            counted = field.name in ("data", "diff")
            result.append((field.name, len(value) if counted else plain(value)))
        elif isinstance(value, type(message)) or hasattr(value, "ListFields"):
            result.append((field.name, outline(value)))
        else:
            result.append((field.name, [outline(item) for item in value]))
    return result


def plain(value):
    return value if isinstance(value, (str, bytes, int, float)) else list(value)
