"""Text as editors of all times and systems leave it."""

from __future__ import annotations

import codecs
import os

import pytest

from blobnet.errors import DataError
from blobnet.text_files import decode, is_text, place, read_text_file

TEXT = 'name: "ü 数据" # x\nlayer { }\n'
NET = 'name: "a"\nlayer { }\n'


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r\n").encode("utf-16"),
        TEXT.encode() + b"\x1a",
        TEXT.encode() + b"\x1a\0\0\0",
        TEXT.encode() + bytes(1000),
        TEXT.encode("utf-16-le") + bytes(6),
    ],
)
def test_one_text_in_every_form(data):
    assert decode(data) == TEXT


@pytest.mark.parametrize("data", [b"", b"a", b"ab", b"ab\n", b"\x1a", b"a b c 1"])
def test_short_files_are_utf8(data):
    assert decode(data) == data.decode().rstrip("\x1a")


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "shift-jis", "big5"])
def test_other_encodings_keep_their_bytes_as_paths_do(encoding):
    name = {"latin-1": "données", "big5": "數據"}.get(encoding, "数据")
    data = f"# {name}\n{name}.png 1\n".encode(encoding)
    assert os.fsencode(decode(data)) == data


def test_a_file_is_read_and_named_where_it_cannot_be(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(TEXT.encode("utf-16"))
    assert read_text_file(tmp_path / "a", DataError) == TEXT
    with pytest.raises(DataError, match=r"source .*none: cannot be read"):
        read_text_file(tmp_path / "none", DataError, setting="source")
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "10")
    with pytest.raises(DataError, match=r"(?s)source .*a asks for.*at most 10 bytes.*MAX_BYTES="):
        read_text_file(tmp_path / "a", DataError, setting="source")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x0a\x05LeNet\x12\x04data", False),
        (b"a\0\0b", False),
        (TEXT.encode(), True),
        ("# 数据\n".encode("gbk"), True),
        (b"\x1b[1mbold\x1b[0m\x0c", True),
    ],
)
def test_what_is_text(data, text):
    assert is_text(decode(data)) == text


def test_places_count_from_one():
    assert place("ab\ncd", 0) == (1, 1)
    assert place("ab\ncd", 4) == (2, 2)
