"""How the site shows docstrings: prose as prose, columns as they stand."""

from __future__ import annotations

import inspect
import sys

import pytest

from tests.test_docs import ROOT

pytest.importorskip("sphinx")


@pytest.fixture(scope="module")
def docstrings():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        import docstrings

        yield docstrings
    sys.modules.pop("docstrings")


def shown(docstrings, text):
    from docutils.core import publish_doctree

    lines = docstrings.restructured(inspect.cleandoc(text).splitlines())
    return publish_doctree(
        "\n".join(lines), settings_overrides={"report_level": 1, "halt_level": 1}
    )


def test_prose_is_prose_and_columns_stand_as_they_are(docstrings):
    tree = shown(
        docstrings,
        """
        A *plain* name_ and `code
        over` two lines; pre`fix`ed|.

        bottom[0]  x: `(N, C)`
                   and more

        Proto: none.  Caffe: a.cpp.
        """,
    )
    assert [(part.tagname, part.astext()) for part in tree.children] == [
        ("paragraph", "A *plain* name_ and code over two lines; prefixed|."),
        ("literal_block", "bottom[0]  x: `(N, C)`\n           and more"),
        ("paragraph", "Proto: none.  Caffe: a.cpp."),
    ]
    assert [node.astext() for node in tree.findall() if node.tagname == "literal"] == [
        "code over",
        "fix",
    ]


def test_the_page_has_every_group_of_layers():
    rooms = {path.parent.name for path in (ROOT / "blobnet" / "layers").glob("*/__init__.py")}
    page = (ROOT / "docs" / "reference" / "layers.rst").read_text(encoding="utf-8")
    assert {line.split()[-1] for line in page.splitlines() if "layer-types::" in line} == rooms
