"""Formulas of the site: MathML; what is not understood is an error."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from tests.test_docs import ROOT

pytest.importorskip("sphinx")
pytest.importorskip("latex2mathml")
PAGES = sorted((ROOT / "docs").rglob("*.md"))
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@pytest.fixture(scope="module")
def mathml():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        import mathml

        yield mathml.mathml
    sys.modules.pop("mathml")


def test_a_fraction_is_a_fraction(mathml):
    tree = ElementTree.fromstring(mathml(r"\frac{\partial E}{\partial w_5}", "block"))
    assert tree.get("display") == "block"
    [fraction] = tree.iter(f"{NAMESPACE}mfrac")
    assert ["".join(part.itertext()) for part in fraction] == ["\u2202E", "\u2202w5"]


def test_a_word_that_is_unknown_is_an_error(mathml):
    from sphinx.errors import SphinxError

    with pytest.raises(SphinxError, match=r"not understood: \\fraction\{1\}\{2\}"):
        mathml(r"\fraction{1}{2}", "inline")


def test_all_formulas_of_the_pages_are_understood(mathml):
    found = 0
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for formula in re.findall(r"\$\$(.+?)\$\$", text, re.S):
            ElementTree.fromstring(mathml(formula, "block"))
            found += 1
    assert found > 50
