from __future__ import annotations

import inspect
import re

import pytest

from blobnet import errors
from blobnet.errors import (
    BlobnetError,
    MissingExtraError,
    did_you_mean,
    explain,
    printable,
    printable_lines,
    shortened,
)

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
]


def test_one_except_catches_them_all():
    assert len(KINDS) > 5
    assert all(issubclass(kind, BlobnetError) for kind in KINDS)
    assert all(issubclass(kind, Exception) for kind in KINDS)
    assert not any(issubclass(kind, SystemExit) for kind in KINDS)


def test_the_tree_that_the_module_draws_is_the_one_there_is():
    drawn = re.findall(r"^\s*[├└]── (\w+)", errors.__doc__, flags=re.MULTILINE)
    assert sorted(drawn) == sorted(kind.__name__ for kind in KINDS if kind is not BlobnetError)


def test_a_missing_extra_is_also_an_import_error():
    assert issubclass(MissingExtraError, ImportError)


def test_explain_names_the_four_parts_in_order():
    text = explain("it broke", expected=3, got=4, fix="write 3")
    assert text == "it broke\n  expected: 3\n  got:      4\n  fix:      write 3"


def test_explain_leaves_out_what_is_not_given():
    assert explain("it broke") == "it broke"
    assert explain("it broke", fix="mend it") == "it broke\n  fix:      mend it"


@pytest.mark.parametrize("value", [0, False, "", (), 0.0])
def test_explain_shows_values_that_are_false_but_given(value):
    assert explain("it broke", got=value) == f"it broke\n  got:      {value}"


def test_explain_aligns_the_lines_of_a_long_value():
    assert explain("it broke", got="one\ntwo") == "it broke\n  got:      one\n            two"


def test_a_near_name_is_suggested_whatever_its_case():
    assert did_you_mean("relu", ["ReLU", "Sigmoid"]) == "did you mean ReLU?"
    assert did_you_mean("INNERPRODUCT", ["InnerProduct"]) == "did you mean InnerProduct?"


def test_the_nearest_name_comes_first_and_there_are_at_most_three():
    known = ["pad_h", "pad_w", "pad", "pad_l", "pad_r"]
    hint = did_you_mean("padh", known)
    assert hint is not None
    assert hint.startswith("did you mean pad_h or ")
    assert hint.count(" or ") == 2


def test_nothing_near_gives_no_hint():
    assert did_you_mean("xyzzy", ["Convolution", "Pooling"]) is None
    assert did_you_mean("xyzzy", []) is None


# --- what is quoted -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv1/3x3 é 畳 😀", "conv1/3x3 é 畳 😀"),
        ("\x1b]0;x\x07", r"\x1b]0;x\x07"),
        ("a\r\b\x00\x7f", r"a\r\x08\x00\x7f"),
        ("\x85\x9b", r"\x85\x9b"),
        ("\u202e\u2066\u200b\ufeff\u2028", r"\u202e\u2066\u200b\ufeff\u2028"),
        ("\udcff", r"\udcff"),  # of a path that is no UTF-8
        ("a\nb\tc", r"a\nb\tc"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    assert printable(text) == shown
    assert printable(shown) == shown
    assert str(BlobnetError(text)) == shown


def test_line_ends_of_our_own_stay():
    text = explain("layer", got="one\ntwo", fix="mend")
    assert str(BlobnetError(text)) == text
    assert printable_lines("a\n  b\nc\n") == "a\n  b\\nc\\n"


def test_a_name_adds_no_part_to_an_error():
    text = explain('layer "a\n  fix:      rm -r ~"', fix="rename it")
    assert text == 'layer "a\\n  fix:      rm -r ~"\n  fix:      rename it'


def test_an_error_is_not_endless():
    text = explain("a" * 10**6, expected=["b"] * 10**6, fix="c" * 10**6)
    assert len(text) < 13_000
    assert text.startswith("aaa")
    assert text.endswith("ccc")


def test_the_middle_of_a_long_text_is_left_out():
    assert shortened("abcdefg", 7) == "abcdefg"
    assert shortened("abcdefgh", 7) == "abc…fgh"


def test_endless_names_are_not_compared():
    assert did_you_mean("a" * 10**5, ["a" * 10**5 + "b", "ReLU"]) is None
    assert did_you_mean("relu", ["r" * 10**5, "ReLU"]) == "did you mean ReLU?"
