"""An LMDB file, read page by page.

The C library maps the file into memory and trusts it: a truncated or zeroed page ends the whole
process. Reading the pages here costs about as little, turns damage into a DataError, writes
nothing, takes no lock, and lets any number of readers and forked processes have the same file.

The file is a B+tree of pages. Two meta pages stand at the front, of which the newer one counts;
branch pages lead to leaf pages; a value that does not fit into a leaf has overflow pages of its
own. All numbers are little endian, as a 64-bit machine writes them. LMDB: mdb.c, MDB_page,
MDB_node, MDB_meta.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from pathlib import Path
from struct import Struct, unpack_from
from typing import NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.limits import check_bytes
from blobnet.sources.random_access import RandomAccessFile
from blobnet.sources.source import RecordIndex

_MAGIC, _VERSION = 0xBEEFC0DE, 1
_PAGE_HEADER = Struct("<QHHHH")  # page number, unused, flags, end of the index, start of the nodes
_META = Struct("<IIQQ IHH5Q IHH5Q QQ")  # magic, version, ..., two trees, last page, transaction
_NODE_HEADER = Struct("<HHHH")  # low, high, flags, length of the key
_PAGE_NUMBER = Struct("<Q")

_BRANCH, _LEAF, _OVERFLOW, _META_PAGE, _LEAF2 = 0x01, 0x02, 0x04, 0x08, 0x20
_KINDS = _BRANCH | _LEAF | _OVERFLOW | _META_PAGE | _LEAF2
_BIG_VALUE = 0x01  # a flag of a node: its value stands in overflow pages
_MAX_DEPTH = 32
_NODE_BITS = 16  # of a record's place; a page has 65536 bytes at most


class _Meta(NamedTuple):
    page_size: int
    last_page: int
    root: int
    depth: int
    entries: int
    flags: int
    transaction: int


class _Page(NamedTuple):
    number: int
    data: bytes
    nodes: tuple[int, ...]  # where each node starts


class _Node(NamedTuple):
    key: bytes
    low: int
    high: int
    flags: int
    end: int  # of the key; what belongs to it follows there


class LmdbFile:
    """The records of a `data.mdb`, in the order of their keys, and a cursor among them.

    Raises DataError, on opening where the file is no whole LMDB, later where a page is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = RandomAccessFile(path)
        self._size = self._file.size
        self._trail: list[tuple[_Page, int]] = []  # the branches from the root to the cursor
        self._leaf, self._index = _Page(0, b"", ()), 0
        self._passed = 0  # records of the leaves that the cursor has left behind
        try:
            self._meta = self._newest_meta()
            self._check_size()
        except DataError:
            self.close()
            raise

    @property
    def entries(self) -> int:
        """The number of records."""
        return self._meta.entries

    def close(self) -> None:
        self._file.close()

    # --- the cursor ---------------------------------------------------------------------------

    def first(self) -> bool:
        """Put the cursor on the first record; False, and it is nowhere, if there is none."""
        self._trail, self._passed = [], 0
        if self._meta.entries:
            self._descend(self._meta.root)
        return self._meta.entries > 0

    def seek(self, key: bytes) -> bool:
        """Put the cursor on the record of that key; False, and it is nowhere, if there is none."""
        self._trail, self._passed = [], 0
        number = self._meta.root
        for level in range(self._meta.depth - 1):
            page = self._page(number, level)
            keys = [self._node(page, index).key for index in range(1, len(page.nodes))]
            index = bisect_right(keys, key)  # the first node's key counts as smaller than all
            self._trail.append((page, index))
            number = self._child(page, index)
        self._leaf = self._page(number, self._meta.depth - 1)
        keys = [self._node(self._leaf, index).key for index in range(len(self._leaf.nodes))]
        self._index = bisect_left(keys, key)
        return self._index < len(keys) and keys[self._index] == key

    def advance(self) -> bool:
        """Move the cursor on by one record; False, and it is nowhere, if that was the last."""
        self._index += 1
        if self._index < len(self._leaf.nodes):
            return True
        self._passed += len(self._leaf.nodes)
        if self._passed > min(self.entries, self._size // _NODE_HEADER.size):
            raise self._damaged("more records than it should have")  # pages that go in circles
        while self._trail:
            page, index = self._trail.pop()
            if index + 1 < len(page.nodes):
                self._trail.append((page, index + 1))
                self._descend(self._child(page, index + 1))
                return True
        return False

    def share_passed(self) -> float:
        """How much of the database the cursor has gone through since the first record: 0 to 1."""
        return min((self._passed + self._index) / max(self.entries, 1), 1)

    def key(self) -> bytes:
        """The key at the cursor."""
        return self._node(self._leaf, self._index).key

    def record(self) -> tuple[bytes, bytes]:
        """Key and value at the cursor."""
        data = self._leaf.data
        key, low, high, flags, start = self._node(self._leaf, self._index)
        size = low | high << 16
        if flags not in (0, _BIG_VALUE):
            raise self._damaged("a record that is a database of its own")
        end = start + (_PAGE_NUMBER.size if flags else size)
        if end > len(data):
            raise self._damaged(f"a record that leaves page {self._leaf.number}")
        if flags:
            return key, self._big_value(_PAGE_NUMBER.unpack_from(data, start)[0], size)
        return key, data[start:end]

    # --- any order ----------------------------------------------------------------------------

    def index(self) -> RecordIndex:
        """Where every record stands: its page, and its node there. Moves the cursor."""
        places = array("Q")
        there_are_more = self.first()
        while there_are_more:
            first = self._leaf.number << _NODE_BITS
            places.extend(range(first, first + len(self._leaf.nodes)))
            self._index = len(self._leaf.nodes) - 1
            there_are_more = self.advance()
        return RecordIndex(np.array(places, np.uint64))

    def record_at(self, index: RecordIndex, number: int) -> tuple[bytes, bytes]:
        """Key and value of a record; the cursor is nowhere then."""
        page, node = divmod(int(index.places[number]), 1 << _NODE_BITS)
        self._trail, self._leaf = [], self._page(page, self._meta.depth - 1)
        if node >= len(self._leaf.nodes):
            raise self._damaged(f"page {page} has changed")
        self._index = node
        return self.record()

    # --- pages --------------------------------------------------------------------------------

    def _descend(self, number: int) -> None:
        """From a page to the leftmost leaf below it."""
        while len(self._trail) < self._meta.depth - 1:
            page = self._page(number, len(self._trail))
            self._trail.append((page, 0))
            number = self._child(page, 0)
        self._leaf, self._index = self._page(number, self._meta.depth - 1), 0

    def _page(self, number: int, level: int) -> _Page:
        """The branch or leaf page of that number, checked."""
        data = self._read(number, self._meta.page_size)
        stored_number, _, flags, lower, _ = _PAGE_HEADER.unpack_from(data)
        kind = _LEAF if level == self._meta.depth - 1 else _BRANCH
        count = (lower - _PAGE_HEADER.size) // 2
        if stored_number != number or flags & _KINDS != kind:
            raise self._damaged(f"page {number} is not the page that should be there")
        if not 0 < count <= (len(data) - _PAGE_HEADER.size) // 2:
            raise self._damaged(f"page {number} has an index of {count} records")
        return _Page(number, data, unpack_from(f"<{count}H", data, _PAGE_HEADER.size))

    def _node(self, page: _Page, index: int) -> _Node:
        key_start = page.nodes[index] + _NODE_HEADER.size
        if key_start <= len(page.data):
            low, high, flags, length = _NODE_HEADER.unpack_from(page.data, page.nodes[index])
            key_end = key_start + length
            if key_end <= len(page.data):
                return _Node(page.data[key_start:key_end], low, high, flags, key_end)
        raise self._damaged(f"a record that leaves page {page.number}")

    def _child(self, page: _Page, index: int) -> int:
        """The page that a node of a branch leads to: the flags hold its upper bits."""
        node = self._node(page, index)
        return node.low | node.high << 16 | node.flags << 32

    def _big_value(self, number: int, size: int) -> bytes:
        check_bytes(size, f"{shown(self._path)}, a record", DataError)
        data = self._read(number, _PAGE_HEADER.size)
        stored_number, _, flags, _, _ = _PAGE_HEADER.unpack_from(data)
        if stored_number != number or flags & _KINDS != _OVERFLOW:
            raise self._damaged(f"page {number} is not the page that should be there")
        return self._read(number, size, behind=_PAGE_HEADER.size)

    # --- the file -----------------------------------------------------------------------------

    def _read(self, page: int, size: int, *, behind: int = 0) -> bytes:
        """`size` bytes from the start of a page on, or from behind some bytes of it."""
        start = page * self._meta.page_size + behind
        data = self._file.read(start, size) if start + size <= self._size else b""
        if len(data) < size:
            raise self._damaged(f"page {page}, behind the end of the file")
        return data

    def _newest_meta(self) -> _Meta:
        first = self._read_meta(0)
        second = self._read_meta(first.page_size)
        return max(first, second, key=lambda meta: meta.transaction)

    def _read_meta(self, offset: int) -> _Meta:
        data = self._file.read(offset, _PAGE_HEADER.size + _META.size)
        if len(data) < _PAGE_HEADER.size + _META.size:
            raise self._foreign(f"{self._size} bytes")
        magic, version, _, _, page_size, *_, flags, depth, _, _, _, entries, root, last, number = (
            _META.unpack_from(data, _PAGE_HEADER.size)
        )
        if magic != _MAGIC:
            raise self._foreign("another kind of file, or a machine of another kind wrote it")
        if version != _VERSION:
            raise self._foreign(f"format version {version}")
        if page_size not in (1 << bits for bits in range(8, 17)):
            raise self._foreign(f"pages of {page_size} bytes")
        if flags or depth > _MAX_DEPTH or (entries > 0) != (depth > 0):
            raise self._foreign(f"flags {flags:#x}, depth {depth}, {entries} records")
        return _Meta(page_size, last, root, depth, entries, flags, number)

    def _check_size(self) -> None:
        needed = (self._meta.last_page + 1) * self._meta.page_size
        if self._size < needed:
            raise DataError(
                explain(
                    f"{self._path}: the file is cut short",
                    expected=f"{needed} bytes",
                    got=f"{self._size} bytes",
                    fix="copy or make the database again",
                )
            )

    def _foreign(self, got: object) -> DataError:
        return DataError(
            explain(
                f"{self._path}: not an LMDB that can be read",
                expected="the file of a plain LMDB, format version 1, as a 64-bit machine writes",
                got=got,
                fix="copy or make the database again",
            )
        )

    def _damaged(self, got: object) -> DataError:
        return DataError(
            explain(
                f"{self._path}: the file is damaged", got=got, fix="copy or make the database again"
            )
        )
