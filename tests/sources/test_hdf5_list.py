from __future__ import annotations

import os

import pytest

from blobnet import DataError
from blobnet.sources.hdf5_list import read_list


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files of any content, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my data").mkdir()
    paths = [tmp_path / name for name in ("a.h5", "b.h5", "my data/a b.h5", "ü.h5")]
    for path in paths:
        path.write_bytes(b"")
    return paths


def names(tmp_path, text: str | bytes):
    (tmp_path / "list.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(tmp_path / "list.txt")


def test_a_list_may_be_separated_by_any_white_space(files, tmp_path):
    assert names(tmp_path, f"a.h5  b.h5\n\n\t{files[2].as_posix()}\r\n") == files[:3]


def test_a_line_that_is_a_file_is_one_path(files, tmp_path):
    assert names(tmp_path, "my data/a b.h5 \nb.h5\n") == [files[2], files[1]]
    (tmp_path / "a.h5 b.h5").write_bytes(b"")
    assert names(tmp_path, "a.h5 b.h5") == [tmp_path / "a.h5 b.h5"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_as_any_editor_writes_it(encoding, files, tmp_path):
    assert names(tmp_path, "ü.h5\r\nmy data/a b.h5\r\n\x1a".encode(encoding)) == files[3:1:-1]


def test_a_name_in_another_encoding_leads_to_its_file(files, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.h5")
    path.write_bytes(b"")
    assert names(tmp_path, b"caf\xe9.h5\n") == [path]


def test_lists_that_are_none(files, tmp_path):
    with pytest.raises(DataError, match=r"nothing.txt: cannot be read\n.*\n.*current folder"):
        read_list(tmp_path / "nothing.txt")
    with pytest.raises(DataError, match=r"(?s)no list.*an HDF5 file\n.*in a text file"):
        names(tmp_path, b"\x89HDF\r\n\x1a\n\0")
    with pytest.raises(DataError, match="at least 1 HDF5 filename"):
        names(tmp_path, " \n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("missing.h5", r"line 2: lists a file that is missing\n.*missing.h5\n.*current folder"),
        ("my data/c.h5", r"(?s)line 2: lists.*my data/c.h5\n.*nor the words of it"),
        ("a.h5\u200b", r"(?s)line 2: lists.*a zero-width space \(U\+200B\)"),
        ("my\u200b data/c.h5", r"(?s)line 2: lists.*a zero-width space \(U\+200B\)"),
        ('"my data/a b.h5"', r"(?s)line 2: lists.*quotation marks are taken for part"),
        ("my data", r"line 2: .*my data: cannot be read\n.*\n.*a folder"),
        ("x" * 5000, r"line 2: lists a file that is missing"),
        ("a\0b.h5", r"(?s)a NUL|no text"),
    ],
)
def test_a_line_that_leads_nowhere_is_named(line, words, files, tmp_path):
    with pytest.raises(DataError, match=words):
        names(tmp_path, f"a.h5\n{line}\n")


def test_in_a_folder_that_is_gone_paths_from_the_root_are_found(files, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "list.txt").write_text(f"{files[0]}\n")
    (tmp_path / "other.txt").write_text("a.h5\n")
    (tmp_path / "gone").rmdir()
    assert read_list(tmp_path / "list.txt") == files[:1]
    with pytest.raises(DataError, match="does not exist any more"):
        read_list(tmp_path / "other.txt")
