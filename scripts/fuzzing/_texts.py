"""Breaking text in the ways in which editors, systems and people break it."""

from __future__ import annotations

import random

from scripts.fuzzing._damage import damaged

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "gbk")
_PIECES = (
    *(
        "\u200b",
        "\u00a0",
        "\ufeff",
        "\u201c",
        "\u201d",
        "\u2019",
        "\uff5b",
        "\uff1a",
        "\u3000",
        "\0",
    ),
    *(
        "\r",
        "\n",
        "\t",
        "\v",
        "\f",
        "\x1a",
        "\x1b[2J",
        "\x85",
        "\u2028",
        "\u0663",
        "ä",
        "数据",
        "\U0001f600",
    ),
    *(
        '"',
        "'",
        "#",
        "{",
        "}",
        "<",
        ">",
        "[",
        "]",
        ":",
        ",",
        ";",
        "\\",
        "/",
        "-",
        ".",
        "  ",
        "%",
        "$",
    ),
    *(r"C:\Users\me", r"\n", r"\x", r"\u12", r"\U", r"\777", r"\N{BULLET}", "\\\\" * 40, "\\"),
    *("0", "1", "-1", "1e39", "1e999", "nan", "inf", "-inf", "0x10", "1_0", "010", "2147483648"),
    *("4294967295", "4294967296", "9223372036854775807", "18446744073709551616", "9" * 5000),
    *("../", "/dev/zero", "/dev/stdin", ".", "a" * 300, "x/" * 3000, "\udcff", "\ud800", "true"),
)


def broken(rng: random.Random, texts: list[str]) -> bytes:
    """One of the texts with a few things done to it, as the bytes of a file."""
    text = rng.choice(texts)
    for _ in range(rng.choice((0, 1, 1, 2, 4, 10))):
        text = rng.choice((_insert, _insert, _replace, _delete, _swap, _repeat))(rng, text)
    data = text.encode(
        rng.choice((*_ENCODINGS, "utf-8", "utf-8")), rng.choice(("replace", "ignore"))
    )
    if rng.random() < 0.1:
        data += rng.choice((b"\x1a", bytes(512), b"\x1a\0", b"\r", b" "))
    return damaged(rng, data, [data]) if rng.random() < 0.3 else data


def _insert(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_PIECES) + text[at:]


def _replace(rng: random.Random, text: str) -> str:
    """A word for another one."""
    words = text.split(" ")
    words[rng.randrange(len(words))] = rng.choice((*_PIECES, *words))
    return " ".join(words)


def _delete(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.choice((1, 1, 3, 20)) :]


def _swap(rng: random.Random, text: str) -> str:
    old, new = rng.choice(
        (("\n", "\r\n"), ("\n", "\r"), (" ", "\t"), (" ", "\u00a0"), ('"', "\u201c"))
    )
    return text.replace(old, new)


def _repeat(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    piece = text[at : at + rng.choice((1, 5, 50))]
    return text[:at] + piece * rng.choice((2, 10, 1000)) + text[at:]
