from __future__ import annotations

import pytest

from blobnet.characters import foreign, in_words, path_advice, unseen


@pytest.mark.parametrize(
    ("character", "words"),
    [
        ("\u200b", "a zero-width space (U+200B)"),
        ("\u00a0", "a no-break space (U+00A0)"),
        ("\ufeff", "a byte order mark (U+FEFF)"),
        ("\u201c", "a left double quotation mark (U+201C)"),
        ("\uff5b", "a fullwidth left curly bracket (U+FF5B)"),
        ("\u3000", "an ideographic space (U+3000)"),
        ("\t", "a tab (U+0009)"),
        ("\0", "a NUL (U+0000)"),
        ("\x03", "a control character (U+0003)"),
        ("\udce9", "the byte 0xE9, which is not UTF-8"),
    ],
)
def test_characters_have_words(character, words):
    assert in_words(character) == words


def test_only_what_cannot_be_seen_is_told_each_once():
    assert unseen("my données 数据.png") == ""
    assert unseen("a\u200bb\u200bc\td") == "a zero-width space (U+200B) and a tab (U+0009)"
    assert unseen("a\u00a0b") == "a no-break space (U+00A0)"


def test_what_is_no_ascii_is_told_where_ascii_is_expected():
    assert foreign("12.5") == ""
    assert foreign("\uff11") == "a fullwidth digit one (U+FF11)"
    assert foreign("ä\u200b") == "a zero-width space (U+200B)"


def test_a_windows_path_whose_backslashes_were_read_as_escapes():
    advice = path_advice("C:\new\train.prototxt")
    assert "a line break (U+000A) and a tab (U+0009)" in advice
    assert r"\n and \t" in advice
    assert r"write / or \\ in" in advice


def test_other_paths():
    for path in ("my data/a.png", "it's a.png", 'a/5" disk/b.png', "don't/b'"):
        assert path_advice(path) is None
    for path in ('"a b.h5"', "/data/'a b.h5'", "\u201ca.h5\u201d"):
        assert path_advice(path).startswith("the quotation marks are taken for part of the path")
    assert path_advice("a\u200b.png") == "the path holds a zero-width space (U+200B): write it anew"
