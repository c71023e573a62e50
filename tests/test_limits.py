"""One rule for memory: what is allowed, how it is raised, what the error says."""

from __future__ import annotations

import sys

import pytest

from blobnet.errors import BlobnetError, DataError
from blobnet.limits import (
    VARIABLE,
    allowed_bytes,
    check_bytes,
    enough_memory,
    has_room,
    in_words,
    max_bytes,
)


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("", 2**30), ("8GiB", 2**33), ("512M", 2**29), ("3 kb", 3 * 1024), ("100", 100)],
)
def test_the_limit_is_what_the_environment_says(monkeypatch, text, bytes_):
    monkeypatch.setenv(VARIABLE, text)
    assert max_bytes() == bytes_


@pytest.mark.parametrize("text", ["much", "-1", "1.5G", "9" * 400])
def test_what_is_no_size_is_refused(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(BlobnetError, match=VARIABLE):
        max_bytes()


def test_a_file_may_ask_for_ten_times_its_size_and_the_limit(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1000")
    assert allowed_bytes(50) == 1500
    check_bytes(1500, "a.h5", DataError, stored=50)
    with pytest.raises(DataError, match=rf"a\.h5(.*\n)*.*{VARIABLE}=1GiB"):
        check_bytes(1501, "a.h5", DataError, stored=50)


def test_no_number_is_too_large_to_be_told():
    with pytest.raises(DataError, match="more than 1000000000 GiB"):
        check_bytes(10**5000, "a.h5", DataError)


@pytest.mark.parametrize(
    ("count", "words"),
    [(5, "5 bytes"), (2048, "2 KiB"), (2**20, "1 MiB"), (3 * 2**29, "1.5 GiB"),
     (8 * 2**30, "8.0 GiB"), (4 * 2**40, "4096 GiB")],
)  # fmt: skip
def test_sizes_as_people_say_them(count, words):
    assert in_words(count) == words


@pytest.mark.skipif(sys.platform != "linux", reason="other systems say so when memory is asked for")
def test_no_machine_has_room_for_everything():
    assert has_room(2**20)
    assert not has_room(2**60)


def test_a_machine_that_has_less_than_is_allowed():
    with pytest.raises(DataError, match="it: not enough memory"), enough_memory("it", DataError):
        raise MemoryError
    with pytest.raises(ValueError, match="else"), enough_memory("it", DataError):
        raise ValueError("else")
    with enough_memory("it", DataError):
        pass
