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


def test_a_font_is_found_that_was_installed_since_matplotlib_made_its_list(monkeypatch):
    from matplotlib import font_manager

    there = [SimpleNamespace(name="DejaVu Sans", fname="old.ttf")]

    def add(path):
        if path == "broken.ttf":
            raise OSError(path)
        there.append(SimpleNamespace(name="Noto Sans CJK TC", fname=path))

    manager = SimpleNamespace(ttflist=there, addfont=add)
    monkeypatch.setattr(font_manager, "fontManager", manager)
    monkeypatch.setattr(
        font_manager, "findSystemFonts", lambda: ["old.ttf", "broken.ttf", "new.otf"]
    )
    assert fonts.with_more_scripts(["serif"]) == ["serif", "Noto Sans CJK TC"]
    assert [font.fname for font in there] == ["old.ttf", "new.otf"]


def test_that_a_font_has_no_bold_letters_is_not_told(caplog):
    finding = logging.getLogger("matplotlib.font_manager")
    with fonts.letters_without_font():
        finding.warning("Failed to find font weight bold")
    finding.warning("after")
    assert caplog.messages == ["after"]


def test_a_font_file_has_all_letters_of_a_text(monkeypatch):
    fonts.font_file.cache_clear()
    letters = {"a": {ord("\u0430")}, "b": {ord("\u0430"), ord("\u732b")}}
    monkeypatch.setattr("matplotlib.font_manager.findfont", lambda f: "b" if f == "SimHei" else "a")
    there = SimpleNamespace(ttflist=[SimpleNamespace(name="SimHei")])
    monkeypatch.setattr("matplotlib.font_manager.fontManager", there)
    monkeypatch.setattr(fonts, "_letters_of", lambda file: frozenset(letters[file]))
    assert fonts.font_file("\u0430 x") == "a"
    assert fonts.font_file("\u0430\u732b") == "b"
    assert fonts.font_file("\u5b57") is None
    assert fonts.font_file("caf\xe9") is None
    fonts.font_file.cache_clear()


def test_dejavu_has_cyrillic():
    file = fonts.font_file("\u0431\u0435\u0433\u0435\u043c\u043e\u0442")
    assert "DejaVuSans" in str(file)


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
