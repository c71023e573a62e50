import random

import pytest

from blobnet.ops.crc32c import crc32c
from tests.sources.leveldb_files import plain_crc


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_published_values(data, expected):
    assert crc32c(data) == expected


@pytest.mark.parametrize(
    "size",
    [1, 3, 4, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 32762, 65535, 65536, 65537, 131200],
)
def test_any_length_is_summed_as_byte_by_byte(size):
    data = random.Random(size).randbytes(size)
    assert crc32c(data) == plain_crc(data)


def test_a_part_of_some_memory():
    data = random.Random(1).randbytes(1000)
    assert crc32c(memoryview(data)[3:900]) == plain_crc(data[3:900])


def test_every_bit_counts():
    data = bytearray(200)
    sums = {crc32c(data)}
    for bit in range(8 * len(data)):
        data[bit // 8] ^= 1 << bit % 8
        sums.add(crc32c(data))
        data[bit // 8] ^= 1 << bit % 8
    assert len(sums) == 8 * len(data) + 1
