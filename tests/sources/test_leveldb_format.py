import pytest

from blobnet.sources.leveldb_format import masked_crc, read_bytes, read_varint
from tests.sources.leveldb_files import masked, prefixed, varint


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**14, 2**32 - 1, 2**64 - 1])
def test_numbers_of_any_length(number):
    data = b"x" + varint(number) + b"y"
    assert read_varint(data, 1) == (number, len(data) - 1)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", IndexError),
        (b"\x80\x80", IndexError),
        (b"\xff" * 9 + b"\x02", ValueError),
        (b"\x80" * 100, ValueError),
        (b"\x80" * 11 + b"\0", ValueError),
    ],
)
def test_numbers_that_do_not_end_or_are_too_large(data, error):
    with pytest.raises(error):
        read_varint(data, 0)


def test_bytes_have_their_number_in_front():
    data = prefixed(b"abc") + prefixed(b"") + b"rest"
    assert read_bytes(data, 0) == (b"abc", 4)
    assert read_bytes(data, 4) == (b"", 5)
    with pytest.raises(IndexError):
        read_bytes(b"\4abc", 0)


def test_the_checksum_is_stored_turned():
    assert masked_crc(b"some bytes") == masked(b"some bytes")
