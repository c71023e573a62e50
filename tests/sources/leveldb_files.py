"""LevelDB databases for tests, byte by byte: whole ones, and such as no library would write."""

from __future__ import annotations

import struct
from pathlib import Path

from tests.sources.lmdb_files import make_datum

LIBRARY = Path(__file__).parents[1] / "reference" / "leveldb"
BLOCK = 32768
MAGIC = bytes.fromhex("57fb808b247547db")


def crc_table():
    table = []
    for register in range(256):
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
        table.append(register)
    return table


CRC_TABLE = crc_table()


def plain_crc(data):
    register = 0xFFFFFFFF
    for byte in data:
        register = register >> 8 ^ CRC_TABLE[(register ^ byte) & 0xFF]
    return register ^ 0xFFFFFFFF


def masked(data):
    crc = plain_crc(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def prefixed(data):
    return varint(len(data)) + data


# --- logs -----------------------------------------------------------------------------------------


def fragment(kind, data):
    return struct.pack("<IHB", masked(bytes([kind]) + data), len(data), kind) + data


def log_bytes(records):
    """A log file of these records, in as many fragments as they need."""
    out = bytearray()
    for record in records:
        first, rest = True, record
        while first or rest:
            room = BLOCK - len(out) % BLOCK
            if room < 7:
                out += bytes(room)
                continue
            data, rest = rest[: room - 7], rest[room - 7 :]
            kind = (1 if not rest else 2) if first else (4 if not rest else 3)
            out += fragment(kind, data)
            first = False
    return bytes(out)


def batch(sequence, writes):
    """A record of a log: (key, value) pairs; the value None deletes the key."""
    out = struct.pack("<QI", sequence, len(writes))
    for key, value in writes:
        out += b"\0" + prefixed(key) if value is None else b"\1" + prefixed(key) + prefixed(value)
    return out


# --- tables ---------------------------------------------------------------------------------------


def internal(key, sequence, kind=1):
    return key + struct.pack("<Q", sequence << 8 | kind)


def block_bytes(entries, interval=16):
    """Entries with shared beginnings, and the offsets of those that share nothing."""
    out, restarts, last = bytearray(), [], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % interval == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value))
        out += key[shared:] + value
        last = key
    restarts = restarts or [0]
    return bytes(out) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def stored(content, kind=0):
    """A block as it stands in a file."""
    return content + bytes([kind]) + struct.pack("<I", masked(content + bytes([kind])))


def table_bytes(entries, compress=None, kind=0, block_size=1000):
    """A table of (internal key, value) pairs; `compress` packs each block of records."""
    pack = compress or (lambda content: content)
    out, index, waiting = bytearray(), [], []
    for number, entry in enumerate(entries):
        waiting.append(entry)
        size = sum(len(key) + len(value) for key, value in waiting)
        if size >= block_size or number == len(entries) - 1:
            content = pack(block_bytes(waiting))
            index.append((entry[0], varint(len(out)) + varint(len(content))))
            out += stored(content, kind)
            waiting = []
    return with_index(bytes(out), block_bytes(index, 1))


def with_index(blocks, index):
    """Blocks, an empty directory of filters, an index, and the footer."""
    empty = block_bytes([])
    handles = varint(len(blocks)) + varint(len(empty))
    out = blocks + stored(empty)
    handles += varint(len(out)) + varint(len(index))
    return out + stored(index) + handles.ljust(40, b"\0") + MAGIC


# --- folders --------------------------------------------------------------------------------------


def name_of_order(name=b"leveldb.BytewiseComparator"):
    return b"\1" + prefixed(name)


def new_table(level, number, size, smallest, largest):
    keys = prefixed(internal(smallest, 1)) + prefixed(internal(largest, 1))
    return b"\7" + varint(level) + varint(number) + varint(size) + keys


def write_manifest(folder, changes, name="MANIFEST-000004"):
    folder.mkdir(exist_ok=True)
    (folder / "CURRENT").write_bytes(name.encode() + b"\n")
    (folder / name).write_bytes(log_bytes(changes))


def write_database(folder, tables=(), logs=()):
    """A database of tables (level, {key: (sequence, value)}), and logs of (sequence, writes).

    Tables have the numbers 10, 11..., logs 100, 101...; returns the folder.
    """
    folder.mkdir(exist_ok=True)
    changes = [name_of_order() + b"\2" + varint(100)]
    for number, (level, records) in enumerate(tables, 10):
        entries = [
            (internal(key, sequence, value is not None), value or b"")
            for key, (sequence, value) in sorted(records.items())
        ]
        data = table_bytes(entries)
        (folder / f"{number:06d}.ldb").write_bytes(data)
        changes.append(new_table(level, number, len(data), min(records), max(records)))
    for number, batches in enumerate(logs, 100):
        (folder / f"{number:06d}.log").write_bytes(log_bytes([batch(*each) for each in batches]))
    write_manifest(folder, changes)
    return folder


def write_leveldb(folder, records):
    """(key, value) pairs: of three, one in a table of level 0, one of level 2, one in the log."""
    records = sorted(records)
    thirds = [records[0::3], records[1::3], records[2::3]]
    numbered = [{key: (i + 1, value) for i, (key, value) in enumerate(part)} for part in thirds]
    tables = [(level, part) for level, part in zip((0, 2), numbered[:2], strict=True) if part]
    return write_database(folder, tables, [[(1000, thirds[2])]] if thirds[2] else [])


def write_images(folder, images):
    """A database of (C, H, W) arrays, labelled 0, 1, 2...; keys as convert_imageset makes them."""
    return write_leveldb(
        folder,
        [
            (b"%08d_%d.png" % (i, i), make_datum(image, i).SerializeToString())
            for i, image in enumerate(images)
        ],
    )
