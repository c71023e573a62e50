"""What the chunks of an HDF5 dataset ask for: the library takes all that a file promises.

Every chunk that is read takes memory and time, written or not; a chunk that is packed is unpacked
to whatever size it has, which may be a thousand times larger than what the dataset declares.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

from blobnet.errors import BlobnetError, explain
from blobnet.extras import import_extra
from blobnet.limits import allowed_bytes, check_bytes

_PER_CHUNK = 8192  # bytes of memory, and some 30 microseconds
_BEST_DEFLATE = 1032  # times smaller
_STEP = 2**20


def check_chunks(dataset: Any, who: str, error: type[BlobnetError], file_size: int) -> None:
    """Raise `error` where the chunks of a dataset ask for more than a file of that size may."""
    chunks = dataset.chunks
    if chunks is None:
        return
    count = math.prod(-(-dim // chunk) for dim, chunk in zip(dataset.shape, chunks, strict=True))
    itemsize = dataset.id.get_type().get_size()
    size = math.prod(chunks) * itemsize
    stored = min(dataset.id.get_storage_size(), file_size)
    check_bytes(count * _PER_CHUNK, f"{who}, of {count} chunks,", error, stored=file_size)
    check_bytes(size, f"{who}, in every chunk,", error, stored=stored)
    deflates = _deflates(dataset)
    if len(deflates) > 1:  # a thousand times a thousand
        raise error(explain(f"{who}: packed more than once", expected="one filter of each kind"))
    if deflates and _BEST_DEFLATE * stored > allowed_bytes(stored):
        _check_unpacked(dataset, deflates[0], who, error, file_size)


def _deflates(dataset: Any) -> list[int]:
    """Which of a dataset's filters are deflate."""
    h5py = import_extra("h5py", "hdf5", "reading HDF5 files")
    filters = dataset.id.get_create_plist()
    numbers = range(filters.get_nfilters())
    return [i for i in numbers if filters.get_filter(i)[0] == h5py.h5z.FILTER_DEFLATE]


def _check_unpacked(
    dataset: Any, deflate: int, who: str, error: type[BlobnetError], file_size: int
) -> None:
    """Unpack the chunks that may be bombs, piece by piece."""
    suspects: list[Any] = []

    def look(chunk: Any) -> None:
        if _BEST_DEFLATE * chunk.size > allowed_bytes(min(chunk.size, file_size)):
            suspects.append(chunk)

    if hasattr(dataset.id, "chunk_iter"):  # HDF5 has it since 1.12.3
        dataset.id.chunk_iter(look)
    for chunk in suspects:
        if chunk.size > file_size:
            raise error(explain(f"{who}: a chunk is larger than the file", got=chunk.size))
        mask, packed = dataset.id.read_direct_chunk(chunk.chunk_offset)
        if not mask >> deflate & 1:  # what a checksum adds behind it is not looked at
            unpacked = _unpacked_size(packed, allowed_bytes(len(packed)))
            check_bytes(unpacked, f"{who}, in a packed chunk,", error, stored=len(packed))


def _unpacked_size(packed: bytes, limit: int) -> int:
    """The bytes that deflated data become; only more than `limit` where they are more."""
    inflater = zlib.decompressobj()
    size = 0
    try:
        while packed and not inflater.eof and size <= limit:
            size += len(inflater.decompress(packed, _STEP))
            packed = inflater.unconsumed_tail
    except zlib.error:
        pass  # no deflated data: the library says so
    return size
