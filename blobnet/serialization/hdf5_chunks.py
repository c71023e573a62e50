"""The chunks of an HDF5 dataset, looked at before the library reads them.

The library takes what a file says: memory and time for every chunk, written or not; whatever size
a packed chunk unpacks to; and where that is smaller than a chunk should be, it reads on in memory
behind it, which ends the process, or takes what stands there for numbers.
"""

from __future__ import annotations

import math
import zlib
from typing import Any, NamedTuple

from blobnet.errors import BlobnetError, explain
from blobnet.extras import import_extra
from blobnet.input_files import shown
from blobnet.limits import check_bytes

_PER_CHUNK = 8192  # bytes of memory, and some 30 microseconds
_LZF = 32000  # h5py's own filter
_CHECKSUM = 4  # bytes
_BROKEN = -1


class _Filter(NamedTuple):
    kind: int
    flags: int
    values: tuple[int, ...]
    name: bytes


def check_chunks(
    dataset: Any, who: str, error: type[BlobnetError], file_size: int, on_disk: int
) -> None:
    """Raise `error` where the chunks ask for too much, or are not of the size that they state.

    on_disk  bytes of the file that are really there, without holes
    """
    if dataset.chunks is None:
        return
    pairs = zip(dataset.shape, dataset.chunks, strict=True)
    count = math.prod(-(-dim // chunk) for dim, chunk in pairs)
    size = math.prod(dataset.chunks) * int(dataset.id.get_type().get_size())
    stored = min(dataset.id.get_storage_size(), on_disk)
    check_bytes(count * _PER_CHUNK, f"{who}, of {count} chunks,", error, stored=on_disk)
    check_bytes(size, f"{who}, in every chunk,", error, stored=stored)
    plan = dataset.id.get_create_plist()
    filters = [_Filter(*plan.get_filter(number)) for number in range(plan.get_nfilters())]
    if sum(each.kind not in _keep_size() for each in filters) > 1:
        raise error(explain(f"{who}: packed more than once", expected="one kind of packing"))
    unknown = [number for number, each in enumerate(filters) if not _is_known(each)]
    for chunk in _stored_chunks(dataset, count, who, error):
        for number in unknown:
            if not chunk.filter_mask >> number & 1:
                raise _unknown_packing(filters[number], who, error)
        end = chunk.byte_offset + chunk.size
        if end > file_size or _unpacked_size(dataset, chunk, filters, size) not in (size, None):
            raise error(
                explain(
                    f"{who}: a packed chunk or a plain one is broken",
                    expected=f"{size} bytes once it is unpacked, all within the file",
                    got=f"others, in the chunk at byte {chunk.byte_offset}",
                    fix="the file may be cut short or damaged: fetch or save it again",
                )
            )


def _is_known(each: _Filter) -> bool:
    """Whether the library can undo this kind of packing, by itself or by a plugin."""
    try:
        return bool(import_extra("h5py", "hdf5", "reading HDF5 files").h5z.filter_avail(each.kind))
    except (RuntimeError, ValueError, OSError):  # it has looked for a plugin in vain
        return False


def _unknown_packing(each: _Filter, who: str, error: type[BlobnetError]) -> BlobnetError:
    return error(
        explain(
            f"{who}: packed in a way that this h5py does not know",
            expected="plain numbers, gzip, lzf, or what a plugin of HDF5 unpacks",
            got=f"filter {each.kind} {shown(each.name.decode(errors='replace'))}".strip(),
            fix="where it can be read: h5repack -f GZIP=4 OLD NEW",
        )
    )


def _stored_chunks(dataset: Any, most: int, who: str, error: type[BlobnetError]) -> list[Any]:
    """Where the chunks of a dataset are that were ever written."""
    chunks: list[Any] = []

    def take(chunk: Any) -> bool | None:
        chunks.append(chunk)
        return True if len(chunks) > most else None  # True ends the walk

    if hasattr(dataset.id, "chunk_iter"):  # HDF5 has it since 1.12.3
        dataset.id.chunk_iter(take)
    else:
        for number in range(min(dataset.id.get_num_chunks(), most + 1)):
            take(dataset.id.get_chunk_info(number))
    if len(chunks) > most:
        raise error(explain(f"{who}: more chunks than it has room for", expected=most))
    return chunks


def _unpacked_size(dataset: Any, chunk: Any, filters: list[_Filter], size: int) -> int | None:
    """The bytes of a chunk once it is unpacked; None where it is packed in an unknown way."""
    z = import_extra("h5py", "hdf5", "reading HDF5 files").h5z
    left: int | None = chunk.size
    used = [each for i, each in enumerate(filters) if not chunk.filter_mask >> i & 1]
    while used and left is not None:
        each = used.pop()
        if left <= 0:
            return _BROKEN
        if each.kind == z.FILTER_FLETCHER32:
            left -= _CHECKSUM
        elif each.kind == z.FILTER_SHUFFLE:
            if any(inner.kind not in _keep_size() for inner in used):
                return _BROKEN  # nobody shuffles what is packed
        else:
            left = _after(each, dataset, chunk, left, size)
    return left


def _after(each: _Filter, dataset: Any, chunk: Any, left: int, size: int) -> int | None:
    """The bytes that the first `left` bytes of a chunk become when this filter unpacks them."""
    z = import_extra("h5py", "hdf5", "reading HDF5 files").h5z
    if each.kind == _LZF:  # unpacks into as much as its setting says
        return each.values[2] if len(each.values) > 2 else _BROKEN
    if each.kind not in (z.FILTER_DEFLATE, z.FILTER_SZIP, z.FILTER_SCALEOFFSET, z.FILTER_NBIT):
        return None
    packed = memoryview(dataset.id.read_direct_chunk(chunk.chunk_offset)[1])[:left]
    if each.kind == z.FILTER_SZIP:
        return int.from_bytes(packed[:4], "little")
    if each.kind != z.FILTER_DEFLATE:
        return _spread_size(packed, each.values, each.kind == z.FILTER_NBIT)
    inflated = _inflated_size(packed, size + _CHECKSUM)
    if inflated == _BROKEN and chunk.size == size:
        return None  # HDF5 can leave the last chunks as they are; it tells them apart
    return inflated


def _spread_size(packed: memoryview, values: tuple[int, ...], is_nbit: bool) -> int:
    """The bytes of numbers that were stored with fewer bits, if there are enough of those.

    HDF5: the settings of H5Zscaleoffset.c and H5Znbit.c.
    """
    if is_nbit and len(values) > 6 and not values[1]:
        count, size, bits, head = values[2], values[4], values[6], 0
    elif not is_nbit and len(values) > 4 and len(packed) > 4:
        count, size, head = values[2], values[4], 21
        bits = min(int.from_bytes(packed[:4], "little"), 8 * size)
    else:
        return len(packed) if is_nbit else _BROKEN
    return count * size if len(packed) >= head + -(-count * bits // 8) else _BROKEN


def _inflated_size(packed: memoryview, limit: int) -> int:
    """The bytes that deflated data become; what is over `limit` is not unpacked."""
    inflater = zlib.decompressobj()
    try:
        size = len(inflater.decompress(packed, limit + 1))
    except zlib.error:
        return _BROKEN
    return size if inflater.eof or size > limit else _BROKEN


def _keep_size() -> tuple[int, ...]:
    """Filters that unpack a chunk to the size that it has, checksums aside."""
    z = import_extra("h5py", "hdf5", "reading HDF5 files").h5z
    return (z.FILTER_SHUFFLE, z.FILTER_FLETCHER32)
