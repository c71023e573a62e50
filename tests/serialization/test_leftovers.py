"""What dead runs have left goes; what a living run writes, or whose owner is unknown, stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import blobnet
from blobnet.serialization import leftovers
from blobnet.serialization.files import atomic_write, atomic_writes
from blobnet.serialization.leftovers import hold_new, new_id, remove, this_machine

WRITER = """
import sys
from blobnet.serialization.files import atomic_write, atomic_writes
with atomic_write(sys.argv[1]) as temporary:
    temporary.write_text("half of the n")
    print(temporary.name, flush=True)
    sys.stdin.read()
"""
DAY = 24 * 60 * 60


@contextmanager
def writer(target: Path):
    """A process in the middle of writing the target; its temporary file."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)],
        cwd=Path(blobnet.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process, target.with_name(process.stdout.readline().strip())
        finally:
            process.kill()


def write(target: Path, text: str = "new") -> None:
    with atomic_write(target) as temporary:
        temporary.write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def age(path: Path, seconds: float) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


@pytest.mark.skipif(os.name != "posix", reason="what is held cannot be replaced there")
def test_a_killed_writer_leaves_nothing_after_the_next_write_a_living_one_all(tmp_path):
    target = tmp_path / "net.caffemodel"
    with writer(target) as (living, kept), writer(target) as (dying, left):
        dying.kill()
        dying.wait()
        assert {kept.name, left.name} == set(names(tmp_path))
        write(target)
        assert names(tmp_path) == sorted([kept.name, "net.caffemodel"])
        living.stdin.close()
        living.wait()
        assert names(tmp_path) == ["net.caffemodel"]
        assert target.read_text() == "half of the n", "the last one to finish"


def test_what_this_process_is_writing_is_not_taken_from_it(tmp_path):
    target = tmp_path / "net.caffemodel"
    with atomic_write(target) as first:
        first.write_text("first")
        write(target, "second")
        assert target.read_text() == "second"
        assert first.read_text() == "first"
    assert target.read_text() == "first"


def test_leftovers_of_other_targets_stay(tmp_path):
    others = [f".{name}.{new_id()}.tmp" for name in ("net.caffemodel2", "a.net.caffemodel", "net")]
    others += ["net.caffemodel.tmp", ".net.caffemodel.tmp", ".net.caffemodel.backup-12.tmp"]
    for name in others:
        (tmp_path / name).write_text("not ours")
    left = tmp_path / f".net.caffemodel.{new_id()}.tmp"
    left.write_text("half")
    write(tmp_path / "net.caffemodel")
    assert names(tmp_path) == sorted([*others, "net.caffemodel"])


@pytest.mark.parametrize("unique", ["0" * 14, "deadbeef"], ids=["another machine", "older names"])
def test_what_another_machine_may_be_writing_stays_for_a_day(unique, tmp_path):
    assert not unique.startswith(this_machine())
    left = tmp_path / f".net.caffemodel.{unique}.tmp"
    left.write_text("half")
    age(left, DAY - 60)
    write(tmp_path / "net.caffemodel")
    assert left.exists()
    age(left, 120)
    write(tmp_path / "net.caffemodel")
    assert names(tmp_path) == ["net.caffemodel"]


def test_without_locks_everything_stays_for_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "_try_lock", lambda descriptor: None)
    left = tmp_path / f".net.caffemodel.{new_id()}.tmp"
    left.write_text("half")
    write(tmp_path / "net.caffemodel")
    assert left.exists()
    age(left, DAY + 60)
    write(tmp_path / "net.caffemodel")
    assert names(tmp_path) == ["net.caffemodel"]


def test_a_held_file_is_not_taken_however_old_it_is(tmp_path):
    left = tmp_path / f".net.caffemodel.{new_id()}.tmp"
    path, hold = hold_new(lambda unique: left, b"half")
    assert path.read_bytes() == b"half"
    age(left, 9 * DAY)
    write(tmp_path / "net.caffemodel")
    assert left.exists()
    hold.release()
    write(tmp_path / "net.caffemodel")
    assert names(tmp_path) == ["net.caffemodel"]


def test_a_file_that_is_taken_before_it_is_held_is_made_again(tmp_path, monkeypatch):
    """Whoever tidies up may see a new file in the moment before its owner has the lock."""
    tried, try_lock = [], leftovers._try_lock

    def taken_at_first(descriptor):
        tried.append(descriptor)
        if len(tried) == 1:
            next(tmp_path.iterdir()).unlink()
        return try_lock(descriptor)

    monkeypatch.setattr(leftovers, "_try_lock", taken_at_first)
    write(tmp_path / "net.caffemodel")
    assert len(tried) == 2
    assert names(tmp_path) == ["net.caffemodel"]


@pytest.mark.parametrize("kind", ["none", "of Windows' disks"])
def test_where_locks_are_of_no_use_nobody_takes_a_file_for_free(kind, tmp_path, monkeypatch):
    """Disks of Windows keep away from a locked file even the writer that has locked it."""
    lock, fill, denied = leftovers._try_lock, leftovers._fill, []

    def locked(descriptor):
        return None if kind == "none" else lock(descriptor)

    def filled(path, contents):
        if kind != "none" and not denied:
            denied.append(path)
            raise PermissionError
        fill(path, contents)

    monkeypatch.setattr(leftovers, "_try_lock", locked)
    monkeypatch.setattr(leftovers, "_fill", filled)
    target = tmp_path / "net.caffemodel"
    with atomic_write(target) as temporary:
        monkeypatch.undo()  # another machine's locks may work, so it would find it free
        assert names(tmp_path) == [temporary.name]
        temporary.write_text("first")
        write(target, "second")
        assert temporary.read_text() == "first"
    assert names(tmp_path) == ["net.caffemodel"]
    assert target.read_text() == "first"


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_links_and_pipes_with_such_names_are_not_followed(tmp_path):
    (tmp_path / "kept").write_text("mine")
    link = tmp_path / f".net.caffemodel.{new_id()}.tmp"
    link.symlink_to(tmp_path / "kept")
    pipe = tmp_path / f".net.caffemodel.{new_id()}.tmp"
    os.mkfifo(pipe)
    write(tmp_path / "net.caffemodel")
    assert (tmp_path / "kept").read_text() == "mine"
    assert (tmp_path / "net.caffemodel").read_text() == "new"


def test_a_folder_belongs_to_whoever_holds_its_lock(tmp_path):
    def found():
        return list(leftovers.leftovers(tmp_path, re.compile("x"), ending=""))

    folder = tmp_path / f".x.{new_id()}"
    folder.mkdir()
    assert found() == [], "its owner may be about to lock it"
    _, hold = hold_new(lambda unique: folder / leftovers.LOCK_NAME)
    (folder / "data").write_text("half")
    assert found() == []
    hold.release()
    assert found() == [folder]
    remove(folder)
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="needs locks")
def test_what_is_being_removed_nobody_begins_to_write(tmp_path):
    """Else a writer would lock the file after it was seen to be free and before it is gone."""
    import fcntl

    path = tmp_path / f".model.{new_id()}.tmp"
    path.write_bytes(b"of a dead run")
    descriptor = os.open(path, os.O_RDWR)
    try:
        for found in leftovers.leftovers(tmp_path, re.compile("model")):
            assert found == path
            with pytest.raises(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


@pytest.mark.skipif(os.name != "posix", reason="needs locks")
def test_files_of_one_set_get_their_names_before_those_of_another(tmp_path, monkeypatch):
    """Two trainings of one prefix: whoever comes second waits, so no pair is mixed."""
    replace, waits, others = os.replace, threading.Event(), []

    def write_pair(text: str) -> None:
        with atomic_writes() as write:
            for name in ("weights", "state"):
                with write(tmp_path / name) as temporary:
                    temporary.write_text(text)

    def replace_and_let_the_other_begin(*paths) -> None:
        replace(*paths)
        if not others:
            others.append(threading.Thread(target=write_pair, args=("second",)))
            others[0].start()
            assert waits.wait(60)

    monkeypatch.setattr(leftovers.time, "sleep", lambda seconds: waits.set())
    monkeypatch.setattr(os, "replace", replace_and_let_the_other_begin)
    write_pair("first")
    others[0].join()
    assert {name: (tmp_path / name).read_text() for name in names(tmp_path)} == {
        "weights": "second",
        "state": "second",
    }
