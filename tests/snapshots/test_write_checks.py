"""What would go wrong with a snapshot is said before the first iteration."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet import MissingExtraError, SnapshotError, SolverError, WeightsError
from blobnet.serialization import weights as weights_module
from blobnet.serialization.leftovers import new_id
from blobnet.snapshots import write_checks
from tests.solver.training import make_solver

AT_THE_END = ""  # snapshot_after_train is the default
DUE = "snapshot: 5 "


def refused(settings: str, error: type[Exception] = SnapshotError) -> str:
    """What is said before anything is trained."""
    iterations = []
    with pytest.raises(error) as caught:
        train(settings, iterations)
    assert iterations == []
    return str(caught.value)


def train(settings: str, iterations: list[int]) -> None:
    solver = make_solver(settings=settings)
    solver.add_callback(lambda: iterations.append(solver.iter))
    solver.solve()


@pytest.fixture(params=[AT_THE_END, DUE], ids=["at the end", "due"])
def when(request):
    return request.param


def test_a_folder_that_is_missing(when, tmp_path):
    told = refused(f'{when} snapshot_prefix: "{tmp_path}/none/small"')
    assert f"snapshot prefix '{tmp_path}/none/small'" in told
    assert f"the folder {tmp_path}/none exists" in told


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rules for names")
def test_a_folder_that_is_a_file(when, tmp_path):
    (tmp_path / "file").touch()
    assert "Not a directory" in refused(f'{when} snapshot_prefix: "{tmp_path}/file/small"')


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(when, tmp_path):
    tmp_path.chmod(0o500)
    assert "Permission denied" in refused(f'{when} snapshot_prefix: "{tmp_path}/small"')


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rules for names")
def test_a_name_that_only_the_last_snapshot_makes_too_long(when, tmp_path):
    """With the suffix of a state and what a temporary name adds it has more than 255 bytes."""
    fits = 255 - len("._iter_20.solverstate.12345678901234.tmp")
    make_solver(settings=f'{when} max_iter: 20 snapshot_prefix: "{tmp_path}/{"x" * fits}"').solve()
    state = f"{'x' * fits}_iter_20.solverstate"
    assert (tmp_path / state).is_file()
    told = refused(f'{when} max_iter: 20 snapshot_prefix: "{tmp_path}/{"x" * (fits + 1)}"')
    assert "a shorter snapshot_prefix" in told
    assert f"x{state}" in told


def test_a_name_that_is_no_name(when):
    assert "a NUL (U+0000)" in refused(when + r'snapshot_prefix: "a\000b"', SolverError)


@pytest.mark.parametrize("kind", ["caffemodel", "solverstate"])
@pytest.mark.parametrize("iteration", [15, 20])
def test_a_folder_in_the_place_of_a_snapshot_to_come(kind, iteration, tmp_path):
    (tmp_path / f"small_iter_{iteration}.{kind}").mkdir()
    told = refused(f'{DUE} snapshot_prefix: "{tmp_path}/small"')
    assert f"small_iter_{iteration}.{kind}" in told
    assert "rename the folder" in told


def test_a_folder_where_no_snapshot_will_be_is_no_matter(tmp_path):
    for name in ("small_iter_7.caffemodel", "small_iter_25.solverstate", "small_iter_5.other"):
        (tmp_path / name).mkdir()
    make_solver(settings=f'{DUE} snapshot_prefix: "{tmp_path}/small"').solve()
    assert (tmp_path / "small_iter_20.solverstate").is_file()


def test_hdf5_without_its_package(when, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    settings = f'{when} snapshot_format: HDF5 snapshot_prefix: "{tmp_path}/small"'
    assert 'pip install "blobnet[hdf5]"' in refused(settings, MissingExtraError)


def test_weights_that_are_too_large_for_the_binary_form(when, tmp_path, monkeypatch):
    numbers = 4 * (5 * 4 + 5 + 3 * 5 + 3)
    settings = f'{when} snapshot_prefix: "{tmp_path}/small"'
    monkeypatch.setattr(weights_module, "MAX_BINARY_BYTES", numbers - 1)
    assert "snapshot_format: HDF5" in refused(settings, WeightsError)
    monkeypatch.setattr(weights_module, "MAX_BINARY_BYTES", 2 * numbers - 1)
    write_checks.check_before_training(make_solver(settings=settings))
    assert "snapshot_format: HDF5" in refused(settings + " snapshot_diff: true", WeightsError)


def test_what_writes_no_snapshot_needs_no_place(tmp_path):
    settings = f'snapshot_after_train: false snapshot_prefix: "{tmp_path}/none/small"'
    solver = make_solver(settings=settings)
    solver.solve()
    assert solver.iter == 20
    make_solver(settings=f'snapshot_prefix: "{tmp_path}/none/small"').step(2)


def test_nothing_is_left_of_the_trial(when, tmp_path):
    solver = make_solver(settings=f'{when} snapshot_prefix: "{tmp_path}/small"')
    write_checks.check_before_training(solver)
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_this_prefix_go_and_others_stay(when, tmp_path):
    ours = [f"small_iter_{n}.{kind}" for n in (3, 900) for kind in ("caffemodel", "solverstate.h5")]
    others = ["small_iter_x.caffemodel", "smaller_iter_3.caffemodel", "a.small_iter_3.caffemodel"]
    others += ["small_iter_3.log", "small_iter_3.caffemodel.old"]
    for name in (*ours, *others):
        (tmp_path / f".{name}.{new_id()}.tmp").write_text("half")
    make_solver(settings=f'{when} snapshot_prefix: "{tmp_path}/small"').solve()
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert sorted(name.rsplit(".", 2)[0] for name in left) == sorted(f".{name}" for name in others)


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rules for names")
@pytest.mark.parametrize("prefix", ["out/", "out/a+b(1", "out/[x]*", "out/small_iter_3"])
def test_a_prefix_means_itself_whatever_it_looks_like(prefix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    name = Path(f"{prefix}_iter_7.caffemodel").name
    left, other = (Path(f"out/.{name}.{new_id()}.tmp") for name in (name, f"a{name}"))
    for path in (left, other):
        path.write_text("half")
    make_solver(settings=f'snapshot_prefix: "{prefix}"').solve()
    assert Path(f"{prefix}_iter_20.solverstate").is_file()
    assert not left.exists()
    assert other.exists()


def test_a_disk_that_is_too_full_already_is_a_warning(tmp_path, monkeypatch, caplog):
    solver = make_solver(settings=f'momentum: 0.9 snapshot_prefix: "{tmp_path}/small"')
    needed = 2 * 4 * (5 * 4 + 5 + 3 * 5 + 3)

    class Disk:
        free = needed

    monkeypatch.setattr(write_checks.shutil, "disk_usage", lambda folder: Disk)
    with caplog.at_level(logging.WARNING, "blobnet"):
        write_checks.check_before_training(solver)
        assert caplog.messages == []
        Disk.free = needed - 1
        write_checks.check_before_training(solver)
    (message,) = caplog.messages
    assert f"{needed} bytes" in message
    assert f"{needed - 1} bytes" in message


def test_weights_that_the_training_will_replace_are_named(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    param = make_solver(settings=f'{DUE} snapshot_prefix: "{tmp_path}/small"').param
    for iteration in (4, 10, 20, 25):
        Path(f"small_iter_{iteration}.caffemodel").touch()
    with caplog.at_level(logging.WARNING, "blobnet"):
        names = [f"small_iter_{iteration}.caffemodel" for iteration in (4, 10, 25)]
        write_checks.warn_of_overwriting(param, [*names, "none.caffemodel"])
    (message,) = caplog.messages
    assert "small_iter_10.caffemodel will be replaced" in message


def test_the_prefix_must_be_given_where_snapshots_are_due():
    param = blobnet.parse_solver('base_lr: 1 lr_policy: "fixed" max_iter: 2 snapshot: 1')
    with pytest.raises(SnapshotError, match="snapshot_prefix is not"):
        blobnet.get_solver(param)
