"""What every layer type of the catalogue owes: documents, a place, a test. See conformance/."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

import blobnet
from blobnet.layer_register import layer_class
from blobnet.proto.forks.effects import IGNORED, NOT_YET
from tests.conformance.case import make
from tests.conformance.catalogue import STATED, TYPES, every_case
from tests.conformance.docstrings import FIELD_OF, docstring, documented, messages_of

ROOT = Path(blobnet.__file__).parent
TESTS = Path(__file__).parent


def is_file_name_of(stem: str, type_name: str) -> bool:
    """InnerProduct is inner_product; words that capitals do not tell apart are free: relu, lrn."""
    if re.fullmatch(r"([A-Z][a-z0-9]+)+", type_name):
        return stem == re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type_name).lower()
    return stem.replace("_", "") == type_name.lower().replace("_", "")


@pytest.mark.parametrize("type_name", TYPES)
def test_the_class_tells_its_formulas_in_a_line_each(type_name):
    cls = layer_class(type_name)
    for words in (cls.formula, cls.gradient_formula):
        assert words.strip() == words != ""
        assert words.isprintable()


@pytest.mark.parametrize("type_name", TYPES)
def test_the_docstring_tells_message_and_source(type_name):
    doc = docstring(type_name)
    assert re.search(r"Caffe:\s+\w+\.(cpp|hpp|cu|py)", doc)
    own_message = FIELD_OF.get(f"{type_name}Parameter")
    is_unread = ("LayerParameter", own_message) in IGNORED | NOT_YET
    assert own_message is None or is_unread or own_message in messages_of(type_name)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_docstring_of_a_type_that_works_in_place_says_so(type_name):
    says_so = "ay work in place" in " ".join(docstring(type_name).split())
    assert says_so or not layer_class(type_name).works_in_place, "say: May work in place."


@every_case()
def test_the_docstring_tells_the_shapes_of_bottoms_tops_and_weights(type_name, case):
    run = make(type_name, case)
    for name, blobs in (("bottom", run.bottom), ("top", run.top), ("blobs_", run.layer.blobs_)):
        told = documented(type_name, name)
        for index in range(len(blobs)):
            assert {str(index), str(index - len(blobs)), "i"} & set(told), f"{name}[{index}]"


@pytest.mark.parametrize("type_name", [n for n, stated in STATED.items() if not stated.cases])
def test_the_docstring_of_a_layer_without_cases_tells_its_blobs(type_name):
    assert documented(type_name, "bottom" if STATED[type_name].tops == 0 else "top")


@pytest.mark.parametrize("type_name", TYPES)
def test_the_layer_stands_in_the_file_of_its_name_and_has_a_test(type_name):
    file = Path(inspect.getfile(layer_class(type_name)))
    assert is_file_name_of(file.stem, type_name)
    mirrored = TESTS / file.relative_to(ROOT).parent / f"test_{file.name}"
    assert mirrored.is_file()


@pytest.mark.parametrize("type_name", TYPES)
def test_the_index_names_the_class(type_name):
    index = importlib.import_module("blobnet.layers")
    assert layer_class(type_name) in vars(index).values()


def test_every_file_of_a_group_is_that_of_a_type():
    files = {Path(inspect.getfile(layer_class(type_name))) for type_name in TYPES}
    assert {*(ROOT / "layers").glob("*/**/[a-z]*.py")} == files
