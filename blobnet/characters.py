"""Words for characters that nobody sees, or that look like others.

A path copied from a web page may hold a space of no width, a definition typed in a word processor
curly quotes. An error that only shows them again helps nobody: it has to say what they are.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    "\0": "a NUL",
    "\a": "a bell",
    "\b": "a backspace",
    "\t": "a tab",
    "\n": "a line break",
    "\v": "a vertical tab",
    "\f": "a form feed",
    "\r": "a carriage return",
    "\x1a": "a Ctrl-Z",
    "\x1b": "an escape",
    "\ufeff": "a byte order mark",
}
_IN_QUOTES = re.compile("(^|[/\\\\])[\"'\u201c\u2018].*[\"'\u201d\u2019]$")
_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
}


def in_words(character: str) -> str:
    """What to call one character: `a zero-width space (U+200B)`."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is no text
        return f"the byte 0x{code - 0xDC00:02X}, which is not UTF-8"
    word = _WORDS.get(character)
    if word is None:
        name = unicodedata.name(character, "").lower().replace("zero width", "zero-width")
        article = "an" if name[:1] in tuple("aeiou") else "a"
        word = f"{article} {name}" if name else "a control character"
    return f"{word} (U+{code:04X})"


def unseen(text: str) -> str:
    """Words for the characters in `text` that cannot be seen, or tell from a space; or nothing."""
    found = dict.fromkeys(c for c in text if not c.isprintable() or (c.isspace() and c != " "))
    return " and ".join(in_words(character) for character in list(found)[:4])


def foreign(text: str) -> str:
    """Words for the first characters that do not belong where plain ASCII does; or nothing."""
    others = dict.fromkeys(character for character in text if not character.isascii())
    return unseen(text) or " and ".join(in_words(character) for character in list(others)[:4])


def path_advice(path: str) -> str | None:
    r"""How to mend a path that holds what cannot be seen; None where it holds nothing of the kind.

    In a prototxt, "C:\new\train" holds a line break and a tab: what `\n` and `\t` mean in quotes.
    """
    words = unseen(path)
    if not words:
        quoted = _IN_QUOTES.search(path)
        return (
            "the quotation marks are taken for part of the path: leave them out" if quoted else None
        )
    escapes = [_ESCAPES[character] for character in dict.fromkeys(path) if character in _ESCAPES]
    if not escapes:
        return f"the path holds {words}: write it anew"
    meant, means = " and ".join(escapes), "mean" if len(escapes) > 1 else "means"
    return f"the path holds {words}: {meant} in quotes {means} that; write / or \\\\ in paths"
