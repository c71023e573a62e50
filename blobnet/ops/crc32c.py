"""CRC-32C, the checksum in LevelDB's files, over whole arrays instead of byte by byte.

A checksum is linear: it is the XOR of what each byte contributes from where it stands. So a row
of bytes is one look-up per byte, in the table of its column, and one XOR along the row. The rows'
results, of four bytes each, make rows again, whose tables know how far apart they stood. RFC 3720.

Once much has been summed, a compiled kernel goes on, some ten times faster: until then it is not
worth the second that it takes to start.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from blobnet.ops.jit import CompiledLater, KernelError
from blobnet.types import Array

_POLYNOMIAL = 0x82F63B78  # bits reversed
_ALL_ONES = 0xFFFFFFFF
_COLUMNS = 128  # bytes in a row, be they the message's or those of 32 results
_PIECE = 2**16  # bytes taken at a time, so that what is made of them stays in the cache
_SHORT = 64  # bytes, up to which a plain loop is quicker
_later = CompiledLater("crc32c_kernel", 2**26)  # bytes


def crc32c(data: bytes | memoryview) -> int:
    """The CRC-32C of some bytes."""
    message = np.frombuffer(data, np.uint8)
    kernels = _later.after(len(message))
    if kernels is not None:
        try:
            return _pass_compiled(kernels, message)
        except KernelError:
            pass  # numpy serves from now on
    return _sum_by_numpy(message)


def _pass_compiled(kernels: Any, message: Array) -> int:
    register = np.array([_ALL_ONES], np.uint32)
    width = kernels.WIDTH
    whole = len(message) // width * width
    steps = message[:whole].reshape(-1, width)
    kernels.pass_all(steps, message[whole:], _step_tables(width), register)
    return int(register[0]) ^ _ALL_ONES


@cache
def _step_tables(width: int) -> Array:
    """By the number of bytes that follow, and value: what a byte contributes."""
    table = np.empty((width, 256), np.uint32)
    column = _byte_table()
    for behind in range(width):
        table[behind] = column
        column = column >> 8 ^ _byte_table()[column & 0xFF]
    return table


def _sum_by_numpy(message: Array) -> int:
    register = _ALL_ONES
    for start in range(0, len(message), _PIECE):
        piece = message[start : start + _PIECE]
        register = (_pass_bytes if len(piece) < _SHORT else _pass_rows)(piece, register)
    return register ^ _ALL_ONES


def _pass_bytes(piece: Array, register: int) -> int:
    """What is in the register when the piece has gone through, byte by byte."""
    for byte in piece.tolist():
        register = register >> 8 ^ int(_byte_table()[(register ^ byte) & 0xFF])
    return register


def _pass_rows(piece: Array, register: int) -> int:
    """The same, with all rows at once."""
    rows = -(-len(piece) // _COLUMNS)
    message = np.zeros(rows * _COLUMNS, np.uint8)  # zeros in front change nothing
    start = len(message) - len(piece)
    message[start:] = piece
    message[start : start + 4] ^= np.array([register], "<u4").view(np.uint8)
    level = 0
    registers = _step(message, level)
    while len(registers) > 1:
        level += 1
        missing = -len(registers) % (_COLUMNS // 4)
        registers = _step(np.pad(registers, (missing, 0)).view(np.uint8), level)
    return int(registers[0])


def _step(values: Array, level: int) -> Array:
    """A register for each row of `_COLUMNS` bytes."""
    index = values.reshape(-1, _COLUMNS) + np.arange(0, _COLUMNS * 256, 256)
    registers: Array = np.bitwise_xor.reduce(_tables(level)[0].take(index), axis=1)
    return registers.astype("<u4", copy=False)


@cache
def _byte_table() -> Array:
    """By value of a byte: the register when it has gone through an empty one."""
    register = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        register = register >> 1 ^ (register & 1) * np.uint32(_POLYNOMIAL)
    return register


@cache
def _tables(level: int) -> tuple[Array, Array]:
    """Of a level's rows: by column and value, what a byte contributes; and how to move on.

    The second table holds, for each byte of a register and its values, what becomes of it when
    as many zeros as stand in a row go through. A row of level 0 holds bytes of the message, one
    of any other level holds registers, of which each stands for a row of the level before.
    """
    table = np.empty((_COLUMNS, 256), "<u4")
    if level == 0:
        column = _byte_table()
        for index in reversed(range(_COLUMNS)):
            table[index] = column
            column = column >> 8 ^ _byte_table()[column & 0xFF]
        return table, table[:4]
    step = _tables(level - 1)[1]
    block = np.arange(256, dtype="<u4") << np.arange(0, 32, 8, dtype="<u4")[:, None]
    for index in reversed(range(0, _COLUMNS, 4)):
        table[index : index + 4] = block
        byte = block.view(np.uint8).reshape(4, 256, 4)
        block = np.bitwise_xor.reduce([step[k].take(byte[:, :, k]) for k in range(4)])
    return table, block
