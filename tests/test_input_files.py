"""Files that can be read, and all the ways in which they cannot."""

from __future__ import annotations

import io
import os

import pytest

import blobnet
from blobnet import input_files
from blobnet.errors import DataError, LayerError, NetError
from blobnet.input_files import (
    check_file,
    is_file,
    is_folder,
    naming_file,
    open_file,
    read_file,
    shown,
    stored_bytes,
)

ODD_PATHS = ["a\0b", "a" * 5000, "x/" * 3000, "\ud800"]


def test_the_bytes_of_a_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\0\1")
    assert read_file(path, DataError) == b"\0\1"
    assert check_file(path, DataError) == 2
    with open_file(path, DataError) as file:
        assert file.read(1) == b"\0"


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_path_that_no_system_takes(path):
    assert not is_file(path)
    assert not is_folder(path)
    with pytest.raises(DataError, match=r"mean_file .*cannot be read"):
        read_file(path, DataError, setting="mean_file")


def test_a_missing_file_is_looked_for_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=rf"nothing: cannot be read(.*\n)*.*{tmp_path.name}"):
        read_file("nothing", DataError)


def test_whoever_asks_may_know_better_where_to_look(tmp_path):
    with pytest.raises(DataError, match=r"a: cannot be read(.*\n)*.*fix: +look in root_folder"):
        read_file(tmp_path / "a", DataError, fix="look in root_folder")


def test_a_path_with_what_cannot_be_seen_is_told_first(tmp_path):
    with pytest.raises(DataError, match=r"fix: +the path holds a tab \(U\+0009\)"):
        read_file(tmp_path / "a\tb", DataError, fix="look in root_folder")


def test_a_hole_is_a_promise(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    (tmp_path / "full").write_bytes(b"x" * 2**21)
    assert len(read_file(tmp_path / "full", DataError)) == 2**21
    with open(tmp_path / "hole", "wb") as file:
        file.truncate(2**40)
    if (tmp_path / "hole").stat().st_blocks < 2**10:  # where the file system knows holes
        with pytest.raises(DataError, match=r"hole asks for too much memory(.*\n)*.*1024 GiB"):
            read_file(tmp_path / "hole", DataError)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_does_not_keep_anybody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe"):
        read_file(tmp_path / "pipe", DataError)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no devices in folders")
def test_a_device_is_no_file():
    assert not is_file("/dev/zero")
    with pytest.raises(DataError, match="a device"):
        read_file("/dev/zero", DataError)


def test_a_folder_is_no_file(tmp_path):
    assert is_folder(tmp_path)
    with pytest.raises(DataError, match="a folder"):
        check_file(tmp_path, DataError)


def test_a_file_that_is_too_large_is_not_opened(tmp_path):
    (tmp_path / "a").write_bytes(b"123")
    with pytest.raises(DataError, match=r"at most 2 bytes(.*\n)*.*3 bytes"):
        open_file(tmp_path / "a", DataError, largest=2)


def test_a_folder_that_is_gone_is_said(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(DataError, match="does not exist any more"):
        read_file("nothing", DataError)
    monkeypatch.chdir(tmp_path)


def test_a_path_is_shown_without_control_characters_and_with_an_end():
    assert shown("a\033[0m\0") == r"a\x1b[0m\x00"
    assert len(shown("x" * 10**6)) < 500


def test_bytes_without_holes(tmp_path):
    (tmp_path / "full").write_bytes(b"x" * 2**20)
    with open(tmp_path / "hole", "wb") as file:
        file.truncate(2**30)
    assert stored_bytes(tmp_path / "full") >= 2**20
    if hasattr(os.stat_result, "st_blocks"):
        assert stored_bytes(tmp_path / "hole") < 2**20


@pytest.mark.parametrize("buffering", [-1, 0, 100])
def test_a_file_may_be_read_in_pieces_and_from_anywhere(buffering, tmp_path):
    content = bytes(range(256)) * 100
    (tmp_path / "a").write_bytes(content)
    with open_file(tmp_path / "a", DataError, buffering=buffering) as file:
        assert file.read(3) == content[:3]
        assert file.seek(-2, os.SEEK_END) == len(content) - 2
        assert file.read() == content[-2:]
        file.seek(700)
        memory = bytearray(20_000)
        assert file.readinto(memory) == len(memory)
        assert memory == content[700:20_700]
        assert file.read(None) == content[20_700:]
        assert file.read(1) == b""


READS = {
    "a piece": lambda file: file.read(10),
    "all": lambda file: file.read(),
    "into memory": lambda file: file.readinto(bytearray(10)),
}


@pytest.mark.skipif(os.name == "nt", reason="this system does not open folders")
@pytest.mark.parametrize("buffering", [-1, 0])
@pytest.mark.parametrize("how", READS)
def test_a_disk_that_fails_while_it_is_read(how, buffering, tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    with open_file(tmp_path / "a", DataError, setting="mean_file", buffering=buffering) as file:
        _exchange(file, os.open(tmp_path, os.O_RDONLY))  # every read of a folder fails
        with pytest.raises(DataError, match=r"mean_file .*a: cannot be read\n  got: +Is a direct"):
            READS[how](file)


@pytest.mark.skipif(os.name == "nt", reason="a pipe is another thing there")
def test_a_place_that_cannot_be_gone_to(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    reading, writing = os.pipe()
    os.close(writing)
    with open_file(tmp_path / "a", DataError, buffering=0) as file:
        _exchange(file, reading)
        with pytest.raises(DataError, match=r"a: cannot be read\n  got: +Illegal seek"):
            file.seek(10)


def _exchange(file, descriptor):
    """Let an open file be another one."""
    os.dup2(descriptor, file.fileno())
    os.close(descriptor)


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="Linux shows memory as a file")
def test_a_file_that_the_system_only_shows():
    with pytest.raises(DataError, match=r"/proc/self/mem: cannot be read\n  got: +Input/output"):
        read_file("/proc/self/mem", DataError)


@pytest.mark.skipif(os.name == "nt", reason="a pipe is another thing there")
@pytest.mark.parametrize("buffering", [-1, 0])
@pytest.mark.parametrize("how", READS)
def test_a_file_that_has_nothing_to_give(how, buffering, tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    reading, writing = os.pipe()
    os.set_blocking(reading, False)  # like /proc/kmsg: nothing yet, but not the end
    with open_file(tmp_path / "a", DataError, buffering=buffering) as file:
        _exchange(file, reading)
        with pytest.raises(DataError, match="a: gives nothing to read"):
            READS[how](file)
    os.close(writing)


def test_a_file_that_grows_while_it_is_read_comes_to_an_end(tmp_path, monkeypatch):
    class Growing(io.BytesIO):
        def fileno(self):
            return descriptor

        def read(self, size=-1):
            assert 0 < size <= 2**20, "without an end"
            return super().read(size)

    (tmp_path / "a").write_bytes(b"x" * 100)
    descriptor = os.open(tmp_path / "a", os.O_RDONLY)
    monkeypatch.setattr(input_files, "open_file", lambda *_, **__: Growing(b"x" * 2**21))
    assert len(read_file(tmp_path / "a", DataError)) <= 2**20
    os.close(descriptor)


def test_an_error_names_the_file_that_a_definition_came_from():
    with pytest.raises(LayerError, match=r"^a\.prototxt: x: no\n  go"), naming_file("a.prototxt"):
        raise LayerError("x: no\n  go")
    with pytest.raises(LayerError, match=r"^a\.prototxt:3: no$"), naming_file("a.prototxt"):
        raise LayerError("a.prototxt:3: no")  # once is enough
    with pytest.raises(LayerError, match=r"^no$"), naming_file(None):
        raise LayerError("no")
    with pytest.raises(ValueError, match=r"^a user's$"), naming_file("a.prototxt"):
        raise ValueError("a user's")


def test_nets_and_solvers_name_the_files_of_their_nets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = 'layer { name: "a" type: "Power" bottom: "nothing" top: "b" }'
    (tmp_path / "net.prototxt").write_text(text)
    with pytest.raises(NetError, match=r"^net\.prototxt: .*nothing"):
        blobnet.Net("net.prototxt")
    solver = 'base_lr: 1 lr_policy: "fixed"'
    with pytest.raises(NetError, match=r"^net\.prototxt: .*nothing"):
        blobnet.get_solver(blobnet.parse_solver(f'{solver} net: "net.prototxt"'))
    with pytest.raises(NetError, match=r"^Unknown bottom blob 'nothing'"):
        blobnet.get_solver(blobnet.parse_solver(f"{solver} net_param {{ {text} }}"))
