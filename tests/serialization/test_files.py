from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet import SnapshotError
from blobnet.serialization.files import atomic_write, check_writable


@pytest.fixture
def old(tmp_path):
    """A file with old contents, alone in its folder."""
    file = tmp_path / "net.caffemodel"
    file.write_text("old")
    return file


def write(file, text: str, error: BaseException | None = None) -> None:
    with atomic_write(file) as temporary:
        temporary.write_text(text)
        if error is not None:
            raise error


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_gets_the_contents_and_nothing_else_is_left(tmp_path):
    file = tmp_path / "new.txt"
    with atomic_write(file) as temporary:
        assert temporary.parent == tmp_path, "only within one file system is a rename atomic"
        temporary.write_text("new")
        assert not file.exists()
    assert file.read_text() == "new"
    assert names(tmp_path) == ["new.txt"]


def test_the_old_contents_stay_until_the_block_is_left(old):
    with atomic_write(str(old)) as temporary:
        temporary.write_text("new")
        assert old.read_text() == "old"
    assert old.read_text() == "new"
    assert names(old.parent) == ["net.caffemodel"]


@pytest.mark.parametrize("error", [ValueError("wrong"), KeyboardInterrupt()])
def test_an_error_inside_the_block_leaves_the_old_file_alone(old, error):
    with pytest.raises(type(error)):
        write(old, "half of the n", error)
    assert old.read_text() == "old"
    assert names(old.parent) == ["net.caffemodel"]


def test_a_block_that_writes_nothing_fails_and_leaves_the_old_file_alone(old):
    with pytest.raises(SnapshotError), atomic_write(old):
        pass
    assert old.read_text() == "old"
    assert names(old.parent) == ["net.caffemodel"]


def test_a_process_killed_in_the_middle_leaves_the_old_file_alone(old):
    program = (
        "import os, sys\n"
        "from blobnet.serialization.files import atomic_write\n"
        "with atomic_write(sys.argv[1]) as temporary:\n"
        "    temporary.write_text('half of the n')\n"
        "    os._exit(9)\n"
    )
    root = Path(blobnet.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program, str(old)], cwd=root, check=False)
    assert done.returncode == 9
    assert old.read_text() == "old"
    write(old, "new")
    assert old.read_text() == "new", "what the dead process left is in nobody's way"


def refuse(code: int):
    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "a folder that you may write to"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_what_the_disk_refuses_is_explained_and_leaves_the_old_file(
    old, monkeypatch, step, code, hint
):
    monkeypatch.setattr(os, step, refuse(code))
    with pytest.raises(SnapshotError) as caught:
        write(old, "new")
    monkeypatch.undo()
    assert f"{old}: cannot be written" in str(caught.value)
    assert os.strerror(code) in str(caught.value)
    assert hint in str(caught.value)
    assert old.read_text() == "old"
    assert names(old.parent) == ["net.caffemodel"]


def test_a_full_disk_inside_the_block_is_explained_too(old):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(SnapshotError, match=r"No space left(.*\n)*.*disk is full"):
        write(old, "half of the n", full)
    assert old.read_text() == "old"
    assert names(old.parent) == ["net.caffemodel"]


def test_the_contents_reach_the_disk_before_the_name_does(old, monkeypatch):
    steps = []
    for step in ("fsync", "replace"):
        original = getattr(os, step)

        def recorded(*args, step=step, original=original):
            steps.append(step)
            return original(*args)

        monkeypatch.setattr(os, step, recorded)
    write(old, "new")
    assert steps == ["fsync", "replace", *["fsync"] * (os.name == "posix")], "last the folder"


def test_a_missing_folder_is_named(tmp_path):
    file = tmp_path / "none" / "net.caffemodel"
    with pytest.raises(SnapshotError, match=r"No such file(.*\n)*.*make the folder first: .*none"):
        write(file, "new")
    assert names(tmp_path) == []


def test_a_file_in_the_place_of_the_folder_is_an_error_of_ours(old):
    with pytest.raises(SnapshotError, match="Not a directory"):
        write(old / "net.caffemodel", "new")
    assert old.read_text() == "old"


def test_a_folder_in_the_place_of_the_file_is_an_error_of_ours(tmp_path):
    (tmp_path / "net").mkdir()
    with pytest.raises(SnapshotError, match="net: cannot be written"):
        write(tmp_path / "net", "new")
    assert names(tmp_path) == ["net"]


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices")
def test_a_pipe_or_a_device_is_not_replaced(tmp_path):
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    device.symlink_to("/dev/null")
    for path, kind in ((pipe, "a pipe"), (device, "a device")):
        with pytest.raises(SnapshotError, match=f"cannot be written\n.*{kind} of that name"):
            write(path, "new")
    assert pipe.is_fifo()
    assert device.is_symlink()
    assert names(tmp_path) == ["device", "pipe"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rules for names")
@pytest.mark.parametrize(
    ("name", "hint"), [("x" * 250, "a shorter name"), ("a\0b", "null"), ("\ud800", "encode")]
)
def test_what_no_file_system_takes_is_an_error_of_ours(name, hint, tmp_path):
    for function in (check_writable, lambda path: write(path, "new")):
        with pytest.raises(SnapshotError, match=hint):
            function(tmp_path / name)
    assert names(tmp_path) == []


def test_a_trial_leaves_the_file_and_the_folder_as_they_are(old):
    check_writable(old)
    assert old.read_text() == "old"
    assert names(old.parent) == ["net.caffemodel"]
    with pytest.raises(SnapshotError, match="make the folder first"):
        check_writable(old.parent / "none" / "net")
    with pytest.raises(SnapshotError, match="a folder of that name"):
        check_writable(old.parent)
