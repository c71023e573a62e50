"""Sentences on a terminal of 80 columns: broken at spaces, not within words."""

from __future__ import annotations

from textwrap import TextWrapper

_COLUMNS = 79


def wrapped(text: str, first: str = "", indent: str = "  ") -> str:
    """The text in lines of at most 79 characters; a longer word, a path, keeps one to itself.

    first   what the first line begins with
    indent  what the others begin with
    """
    wrapper = TextWrapper(
        _COLUMNS,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.fill(text)
