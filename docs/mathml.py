"""Formulas as MathML, which browsers draw by themselves: without a script or a network."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

_BLOCK = "margin: .8rem 0; overflow-x: auto; overflow-y: hidden"  # a telephone shows it by a swipe


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls: `html_math_renderer` may say "mathml" from now on."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mathml(formula: str, display: str) -> str:
    """One formula. Raises SphinxError for words of LaTeX's that are not known."""
    found = convert(formula.strip(), display=display)
    if "\\" in found:  # what it does not know it writes out
        raise SphinxError(f"this formula is not understood: {formula}")
    return found


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    formula = mathml(node.astext(), "block")
    writer.body.append(f'<div style="{_BLOCK}">{formula}</div>\n')
    raise nodes.SkipNode
