from __future__ import annotations

import logging
import warnings
from types import SimpleNamespace

import pytest

from blobnet.viz import fonts

matplotlib = pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr(fonts, "_told", set())
    fonts._installed.cache_clear()
    yield
    fonts._installed.cache_clear()


def test_fonts_that_are_installed_stand_behind_the_users(monkeypatch):
    from matplotlib import font_manager

    there = [SimpleNamespace(name=name) for name in ("SimHei", "Another", "Noto Sans CJK SC")]
    monkeypatch.setattr(font_manager, "fontManager", SimpleNamespace(ttflist=there))
    assert fonts.with_more_scripts(["serif"]) == ["serif", "Noto Sans CJK SC", "SimHei"]


def warn_of(letter):
    warnings.warn(f"Glyph {ord(letter)} (X) missing from font(s) DejaVu Sans.", stacklevel=1)


def test_letters_without_a_font_are_told_once_for_all(caplog):
    with caplog.at_level(logging.WARNING, "blobnet.viz"), warnings.catch_warnings():
        warnings.simplefilter("error")
        for letters in ("\u4e2d\u6587\u4e2d", "\u5b57"):
            with warnings.catch_warnings(), fonts.letters_without_font():
                for letter in letters:
                    warn_of(letter)
    (record,) = caplog.records
    assert "No font here has \u4e2d \u6587: boxes" in record.getMessage()


def test_other_warnings_are_shown(recwarn):
    with fonts.letters_without_font():
        warnings.warn("something else", stacklevel=1)
    assert [str(each.message) for each in recwarn] == ["something else"]
