from __future__ import annotations

import inspect
import re

import pytest

from blobnet import errors
from blobnet.errors import BlobnetError, MissingExtraError, did_you_mean, explain

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
