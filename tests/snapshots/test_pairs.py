"""Weights and state of a snapshot belong together: what else lies beside a state is refused."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from pathlib import Path

import pytest

import blobnet
from blobnet import SnapshotError
from blobnet.serialization import files
from blobnet.serialization.solver_state import read_solver_state
from tests.solver.training import assert_same_bits, make_solver, rewritten, trained, weights_of

OTHER = "random_seed: 8 "  # a later setting wins: another training under the same names


class Died(BaseException):
    """Ends a training within a snapshot, as a kill does: nothing is tidied up."""


@pytest.fixture
def die_before_rename(monkeypatch):
    """A function: the process "dies" just before that rename of the next snapshot."""

    def prepare(number: int) -> None:
        left = [number]
        replace = os.replace

        def dying(*args):
            left[0] -= 1
            if left[0] < 0:
                raise Died
            replace(*args)

        monkeypatch.setattr(os, "replace", dying)
        monkeypatch.setattr(files._Temporary, "discard", lambda self: self._hold.release())

    yield prepare
    monkeypatch.undo()


def die_in_a_snapshot(solver, die_before_rename, monkeypatch, number: int) -> None:
    die_before_rename(number)
    with pytest.raises(Died):
        solver.snapshot()
    monkeypatch.undo()


def resumed(settings: str, state: Path, **options) -> blobnet.Solver:
    fresh = make_solver(settings=settings + "random_seed: 99 ")
    fresh.restore(state, **options)
    return fresh


def other_weights(settings: str, tmp_path: Path, ending: str) -> Path:
    """The weight file that another training writes under the same names."""
    folder = tmp_path / "other"
    folder.mkdir()
    trained(settings.replace("/small", "/other/small") + OTHER).snapshot()
    return folder / f"small_iter_3.caffemodel{ending}"


# --- what does not belong together ----------------------------------------------------------------


def test_the_state_says_which_bytes_its_weights_have(settings, ending, tmp_path):
    state = trained(settings).snapshot()
    weights = (tmp_path / f"small_iter_3.caffemodel{ending}").read_bytes()
    expected = f"{len(weights)}-{zlib.crc32(weights):08x}"
    assert json.loads(read_solver_state(state).extra)["weights"] == expected


def test_weights_of_another_run_are_refused_and_nothing_changes(settings, ending, tmp_path):
    state = trained(settings).snapshot()
    weights = tmp_path / f"small_iter_3.caffemodel{ending}"
    shutil.copy(other_weights(settings, tmp_path, ending), weights)
    solver = make_solver(settings=settings)
    before = weights_of(solver)
    with pytest.raises(SnapshotError) as caught:
        solver.restore(state)
    for words in (str(state), str(weights), "another run", "fix:", "--trust_weights"):
        assert words in str(caught.value)
    assert solver.iter == 0
    assert_same_bits(weights_of(solver), before)
    assert not any(history.any() for history in solver.history_)


def test_they_are_taken_where_they_are_to_be_trusted(settings, ending, tmp_path):
    solver = trained(settings)
    state = solver.snapshot()
    shutil.copy(
        other_weights(settings, tmp_path, ending), tmp_path / f"small_iter_3.caffemodel{ending}"
    )
    fresh = resumed(settings, state, trust_weights=True)
    assert fresh.iter == 3
    assert_same_bits(weights_of(fresh), weights_of(trained(settings + OTHER)))
    assert_same_bits(fresh.history_, solver.history_)


def test_one_changed_bit_in_the_weights_is_noticed(tmp_path):
    settings = f'snapshot_prefix: "{tmp_path}/small"'
    state = trained(settings).snapshot()
    weights = tmp_path / "small_iter_3.caffemodel"
    contents = bytearray(weights.read_bytes())
    contents[-9] ^= 1
    weights.write_bytes(contents)
    with pytest.raises(SnapshotError, match="or edited"):
        resumed(settings, state)


def test_weights_with_gradients_are_those_of_their_state_too(settings):
    settings += "snapshot_diff: true "
    solver = trained(settings)
    assert_same_bits(weights_of(resumed(settings, solver.snapshot())), weights_of(solver))


@pytest.mark.parametrize("own_part", [None, {"version": 1}])
def test_states_without_a_fingerprint_go_on_as_ever(own_part, settings, ending, tmp_path):
    """Those of Caffe have none of our part, older ones of ours no fingerprint."""
    state = trained(settings).snapshot()
    stored = json.loads(read_solver_state(state).extra)
    del stored["weights"]
    rewritten(state, extra=b"" if own_part is None else json.dumps(stored).encode())
    shutil.copy(
        other_weights(settings, tmp_path, ending), tmp_path / f"small_iter_3.caffemodel{ending}"
    )
    expected = weights_of(trained(settings + OTHER))
    assert_same_bits(weights_of(resumed(settings, state)), expected)


@pytest.mark.parametrize("fingerprint", [7, None, ["x"], {}, "12-abc", ""])
def test_a_hostile_fingerprint_fits_nothing(fingerprint, settings):
    state = trained(settings).snapshot()
    stored = json.loads(read_solver_state(state).extra) | {"weights": fingerprint}
    rewritten(state, extra=json.dumps(stored).encode())
    if fingerprint is None:  # as where there is none
        resumed(settings, state)
    else:
        with pytest.raises(SnapshotError, match=r"small_iter_3.solverstate"):
            resumed(settings, state)


# --- where the weights are found ------------------------------------------------------------------


def test_a_pair_that_was_renamed_is_a_pair(settings, ending, tmp_path):
    solver = trained(settings)
    solver.snapshot()
    for kind in ("caffemodel", "solverstate"):
        old = tmp_path / f"small_iter_3.{kind}{ending}"
        old.rename(tmp_path / f"best.{kind}{ending}")
    fresh = resumed(settings, tmp_path / f"best.solverstate{ending}")
    assert_same_bits(weights_of(fresh), weights_of(solver))


def test_a_namesake_beside_the_state_does_not_hide_the_right_weights(settings, ending, tmp_path):
    solver = trained(settings)
    state = solver.snapshot()
    wrong = other_weights(settings, tmp_path, ending)
    moved = shutil.copy(state, wrong.parent / state.name)  # in place of the other run's state
    assert_same_bits(weights_of(resumed(settings, Path(moved))), weights_of(solver))


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_a_link_to_a_state_leads_to_its_weights(kind, ending, tmp_path, monkeypatch):
    """Also where the state's own path for them holds in another working folder only."""
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    runs.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(runs)
    settings = f'snapshot_format: {kind} snapshot_prefix: "small" '
    solver = trained(settings)
    state = runs / solver.snapshot()
    monkeypatch.chdir(elsewhere)
    latest = elsewhere / f"latest.solverstate{ending}"
    latest.symlink_to(os.path.join("..", "runs", state.name))
    assert_same_bits(weights_of(resumed(settings, latest)), weights_of(solver))
    stored = json.loads(read_solver_state(state).extra)
    del stored["weights"]  # as in states that have no fingerprint
    rewritten(state, extra=json.dumps(stored).encode())
    assert_same_bits(weights_of(resumed(settings, latest)), weights_of(solver))


def test_a_relative_path_holds_in_any_folder(kind, ending, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = f'snapshot_format: {kind} snapshot_prefix: "out/small" '
    (tmp_path / "out").mkdir()
    solver = trained(settings)
    state = tmp_path / solver.snapshot()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert_same_bits(weights_of(resumed(settings, state)), weights_of(solver))


def test_a_path_of_windows_means_the_file_beside_the_state(settings, ending, tmp_path):
    solver = trained(settings)
    stated = f"C:\\runs\\small_iter_3.caffemodel{ending}"
    state = rewritten(solver.snapshot(), learned_net=stated)
    assert_same_bits(weights_of(resumed(settings, state)), weights_of(solver))


# --- killed within a snapshot ---------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_that_dies_while_it_replaces_a_pair_leaves_one_to_go_on_from(
    number, settings, die_before_rename, monkeypatch
):
    """Before the first rename the older pair, between the two the new one."""
    older = trained(settings)
    state = older.snapshot()
    newer = trained(settings + OTHER)
    die_in_a_snapshot(newer, die_before_rename, monkeypatch, number)
    expected = newer if number else older
    fresh = resumed(settings, state)
    assert_same_bits(weights_of(fresh), weights_of(expected))
    assert_same_bits(fresh.history_, expected.history_)


def test_an_interrupt_between_the_two_renames_costs_no_pair(settings, monkeypatch):
    """As Ctrl-C, where nobody handles it: an exception anywhere."""
    state = trained(settings).snapshot()
    newer = trained(settings + OTHER)
    replace = os.replace

    def interrupted(*args):
        replace(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        newer.snapshot()
    monkeypatch.undo()
    assert_same_bits(weights_of(resumed(settings, state)), weights_of(newer))
    assert not newer.is_saving


def test_the_next_run_puts_what_is_missing_in_place(
    settings, ending, tmp_path, die_before_rename, monkeypatch
):
    trained(settings).snapshot()
    newer = trained(settings + OTHER)
    die_in_a_snapshot(newer, die_before_rename, monkeypatch, 1)
    trained(settings, steps=1).snapshot()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"small_iter_{number}.{kind}{ending}"
        for number in (1, 3)
        for kind in ("caffemodel", "solverstate")
    ]
    state = tmp_path / f"small_iter_3.solverstate{ending}"
    assert_same_bits(weights_of(resumed(settings, state)), weights_of(newer))


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_that_dies_in_its_first_snapshot_leaves_no_state(
    number, settings, tmp_path, die_before_rename, monkeypatch
):
    die_in_a_snapshot(trained(settings), die_before_rename, monkeypatch, number)
    visible = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert len(visible) == number
    assert not any("solverstate" in name for name in visible)


def test_a_disk_that_is_full_at_the_state_costs_no_older_pair(settings, tmp_path, monkeypatch):
    trained(settings).snapshot()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    newer = trained(settings + OTHER)
    calls, fsync = [], os.fsync

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, os.strerror(28))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SnapshotError, match=r"solverstate.*cannot be written(\n.*)*disk is full"):
        newer.snapshot()
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
