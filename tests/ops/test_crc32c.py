import random

import pytest

from blobnet.ops import crc32c as module
from blobnet.ops import jit
from blobnet.ops.crc32c import crc32c
from blobnet.ops.jit import KernelError, available
from tests.sources.leveldb_files import plain_crc


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def way(request, monkeypatch):
    """Who sums: numpy, as at first, or the kernel, as when much has been summed."""
    if request.param == "compiled" and not available():
        pytest.skip("nothing can be compiled here")
    monkeypatch.setattr(jit, "kernels_are_running", lambda: False)
    monkeypatch.setattr(
        module._later, "done", module._later.much if request.param == "compiled" else 0
    )
    return request.param


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


def test_the_kernel_serves_once_much_has_been_summed(way, monkeypatch):
    served = []
    monkeypatch.setattr(module._later, "much", 100)
    monkeypatch.setattr(module._later, "done", 0)
    monkeypatch.setattr(jit, "compiled", lambda name: served.append(name))
    for _ in range(3):
        assert crc32c(b"123456789" + bytes(60)) == plain_crc(b"123456789" + bytes(60))
    assert served == ["crc32c_kernel"]


def test_numpy_serves_where_the_kernel_cannot_be_compiled(way, monkeypatch):
    def fail(*_):
        raise KernelError("no")

    monkeypatch.setattr(module, "_pass_compiled", fail)
    assert crc32c(b"123456789") == 0xE3069283


def test_every_bit_counts():
    data = bytearray(200)
    sums = {crc32c(data)}
    for bit in range(8 * len(data)):
        data[bit // 8] ^= 1 << bit % 8
        sums.add(crc32c(data))
        data[bit // 8] ^= 1 << bit % 8
    assert len(sums) == 8 * len(data) + 1
