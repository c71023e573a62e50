"""Breaking bytes in the ways in which files break, and in those in which people break them."""

from __future__ import annotations

import random

_NUMBERS = [0, 1, 2, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]
_NUMBERS += [2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1]


def damaged(rng: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """`content` with one to a few things done to it; `others` are files to take pieces from."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        content = rng.choice(_WAYS)(rng, bytearray(content), rng.choice([content, *others]))
    return content


def _flip(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    for _ in range(rng.choice((1, 2, 16))):
        if content:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def _byte(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    if content:
        content[rng.randrange(len(content))] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))
    return bytes(content)


def _number(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    """A whole number of 2, 4 or 8 bytes, or one of as many as it needs, over what is there."""
    number, at = rng.choice(_NUMBERS), rng.randrange(len(content) + 1)
    if rng.random() < 0.3:
        new = bytearray()
        while number > 127:
            new.append(number & 127 | 128)
            number >>= 7
        new.append(number)
    else:
        width = rng.choice((2, 4, 8))
        new = bytearray((number % 2 ** (8 * width)).to_bytes(width, "little"))
    content[at : at + len(new)] = new
    return bytes(content)


def _cut(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    return bytes(content[: rng.randrange(len(content) + 1)])


def _drop(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    del content[at : at + rng.choice((1, 2, 8, 100))]
    return bytes(content)


def _zeros(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    at, count = rng.randrange(len(content) + 1), rng.choice((1, 8, 64, 512, 4096))
    content[at : at + count] = bytes(len(content[at : at + count]))
    return bytes(content)


def _piece(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    """A piece of another place or file, in the place of something or between."""
    start, at = rng.randrange(len(other) + 1), rng.randrange(len(content) + 1)
    piece = other[start : start + rng.choice((1, 4, 8, 16, 100, 1000))]
    content[at : at + rng.choice((0, len(piece)))] = piece
    return bytes(content)


def _repeat(rng: random.Random, content: bytearray, other: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    piece = content[at : at + rng.choice((1, 2, 4, 30))]
    return bytes(content[:at] + piece * rng.choice((2, 10, 1000)) + content[at:])


_WAYS = [_flip, _flip, _byte, _byte, _number, _number, _cut, _drop, _zeros, _piece, _repeat]
