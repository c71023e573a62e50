"""Docstrings as Sphinx shows them: prose as it is, what is written in columns as it stands.

Adds a directive, `.. layer-types:: vision`: all layer types of a group, each under its name.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import blobnet
from blobnet.layer_register import layer_class

_COLUMNS = re.compile(r"\S {2,}\S")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _rewrite)
    app.add_directive("layer-types", LayerTypes)
    return {"parallel_read_safe": True}


def _rewrite(app: Sphinx, what: str, name: str, of: Any, options: Any, lines: list[str]) -> None:
    lines[:] = restructured(lines)


def restructured(lines: list[str]) -> Iterator[str]:
    """The lines of a docstring as reStructuredText."""
    for is_blank, group in groupby(lines, lambda line: not line.strip()):
        paragraph = list(group)
        if is_blank:
            yield ""
        elif paragraph[0].startswith("Proto: ") or not any(map(_is_in_columns, paragraph)):
            yield from _with_code("\n".join(paragraph)).splitlines()
        else:
            yield from ["::", "", *(f"    {line}" for line in paragraph), ""]


def _is_in_columns(line: str) -> bool:
    return line.startswith(" ") or _COLUMNS.search(line) is not None


def _with_code(prose: str) -> str:
    """What is between two backticks is code, and one line; all else is no markup."""
    parts = prose.split("`")
    parts[::2] = [re.sub(r"([\\*|_])", r"\\\1", part) for part in parts[::2]]
    parts[1::2] = [_code(part) for part in parts[1::2]]
    return "".join(parts)


def _code(words: str) -> str:
    """Between blanks that are not shown: code may begin and end within a word."""
    return f"\\ ``{' '.join(words.split())}``\\ "


class LayerTypes(SphinxDirective):
    """The layer types of one group, by name: docstring, formulas, which forks have it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        text = "\n".join(line for name in self._types() for line in _section(name))
        return self.parse_text_to_nodes(text, allow_section_headings=True)

    def _types(self) -> list[str]:
        group = f"blobnet.layers.{self.arguments[0]}."
        names = blobnet.layer_type_list()
        return [name for name in names if layer_class(name).__module__.startswith(group)]


def _section(name: str) -> Iterator[str]:
    cls = layer_class(name)
    yield from [name, "~" * len(name), ""]
    yield from restructured((inspect.getdoc(cls) or "").splitlines())
    for head, formula in (("Forward", cls.formula), ("Backward", cls.gradient_formula)):
        if formula:
            yield from ["", f"{head}: {_code(formula)}"]
    yield ""
