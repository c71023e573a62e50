"""Fonts for names in any script: those that matplotlib and Pillow do not take by themselves."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from blobnet.errors import MissingExtraError
from blobnet.extras import import_extra
from blobnet.loggers import errors_alone, named_logger

_log = named_logger("blobnet.viz")

# What Linux, Windows and macOS come with, or users install, for Chinese, Japanese and Korean.
_MORE_SCRIPTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
    *("Microsoft YaHei", "SimHei", "Malgun Gothic", "Yu Gothic"),
    *("PingFang SC", "Hiragino Sans GB", "Heiti TC", "Apple SD Gothic Neo", "Arial Unicode MS"),
)
_LATIN = 255  # every font has the letters before
_GLYPH = re.compile(r"Glyph (\d+) .*missing from")
_told: set[str] = set()


def with_more_scripts(families: Iterable[str]) -> list[str]:
    """Families of fonts, and behind them those installed that have what these lack."""
    return [*families, *_installed()]


@functools.cache
def _installed() -> tuple[str, ...]:
    module = import_extra("matplotlib.font_manager", "plot", "drawing texts")
    found = _families(module.fontManager)
    if not found and _add_new_fonts(module):
        found = _families(module.fontManager)
    return found


def _families(manager: Any) -> tuple[str, ...]:
    there = {font.name for font in manager.ttflist}
    known = [name for name in _MORE_SCRIPTS if name in there]
    return (*known, *sorted(name for name in there if "CJK" in name and name not in known))


def _add_new_fonts(module: Any) -> bool:
    """Look for fonts installed since matplotlib made its list, which it keeps as a file."""
    manager, before = module.fontManager, {font.fname for font in module.fontManager.ttflist}
    new = [path for path in module.findSystemFonts() if path not in before]
    for path in new:
        with suppress(Exception):  # a file that is no font, of whatever kind
            manager.addfont(path)
    return bool(new)


@functools.lru_cache(256)
def font_file(text: str) -> str | None:
    """The file of an installed font with all letters of a text, as Pillow takes it.

    None for letters of Latin-1, where no font has all, and without matplotlib, which knows them.
    """
    letters = {ord(letter) for letter in text if ord(letter) > _LATIN and letter.isprintable()}
    if not letters:
        return None
    try:
        find = import_extra("matplotlib.font_manager", "plot", "drawing texts").findfont
        families = with_more_scripts(["DejaVu Sans"])
    except MissingExtraError:
        return None
    files = [str(find(family)) for family in families]
    return next((file for file in files if letters <= _letters_of(file)), None)


@functools.cache
def _letters_of(file: str) -> frozenset[int]:
    font = import_extra("matplotlib.ft2font", "plot", "drawing texts").FT2Font(file)
    return frozenset(font.get_charmap())


@contextmanager
def letters_without_font() -> Iterator[None]:
    """Instead of a warning for each letter that no font has: one for all, once in a process.

    That a font has no bold letters is not told at all: others are taken.
    """
    missing: dict[str, None] = {}
    show = warnings.showwarning

    def note(message: Warning | str, *words: Any, **more: Any) -> None:
        found = _GLYPH.match(str(message))
        if found is None:
            show(message, *words, **more)
        else:
            missing[chr(int(found[1]))] = None

    warnings.filterwarnings("always", message="Glyph .* missing from")
    warnings.showwarning = note
    try:
        with errors_alone("matplotlib.font_manager"):
            yield
    finally:
        warnings.showwarning = show
        new = [letter for letter in missing if letter not in _told and letter.isprintable()]
        if new and not _told:
            _log.warning(
                "No font here has %s: boxes are drawn; a font such as Noto Sans CJK has them",
                " ".join(new[:10]),
            )
        _told.update(new)
