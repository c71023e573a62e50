"""Small tables: how nets and what belongs to them show themselves in a terminal and a notebook.

They are made of names out of files, so what works upon a terminal or a page is written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from blobnet.errors import visible

_MOST_ROWS = 60  # of more, the first and the last are shown
_LONGEST = 40  # letters of a cell
_RIGHT = ("#", "count", "weights")  # columns of numbers


class Table(NamedTuple):
    """A line that says what it is, the columns' heads, and rows with as many cells."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]

    def text(self) -> str:
        """In columns, for a terminal; lines hold no blanks at their ends."""
        lines = [self.heads, *self._cells()] if self.rows else []
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join([visible(self.title), *(self._line(line, widths) for line in lines)])

    def html(self) -> str:
        """As `<table>`, for a notebook."""
        title = f"<div>{escape(visible(self.title))}</div>"
        if not self.rows:
            return title
        heads = "".join(f'<th style="text-align:left">{escape(head)}</th>' for head in self.heads)
        rows = "".join(f"<tr>{self._html_cells(row)}</tr>" for row in self._cells())
        return f"{title}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def _cells(self) -> list[list[str]]:
        rows = [[visible(str(cell), _LONGEST) for cell in row] for row in self._shown()]
        if len(rows) < len(self.rows):
            rows.insert(_MOST_ROWS // 2, ["…"] * len(self.heads))
        return rows

    def _shown(self) -> Sequence[Sequence[object]]:
        if len(self.rows) <= _MOST_ROWS:
            return self.rows
        return [*self.rows[: _MOST_ROWS // 2], *self.rows[-_MOST_ROWS // 2 :]]

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        parts = zip(cells, widths, self.heads, strict=True)
        aligned = (c.rjust(w) if head in _RIGHT else c.ljust(w) for c, w, head in parts)
        return ("  " + "  ".join(aligned)).rstrip()

    def _html_cells(self, row: Sequence[str]) -> str:
        sides = ["right" if head in _RIGHT else "left" for head in self.heads]
        cells = zip(row, sides, strict=True)
        return "".join(f'<td style="text-align:{side}">{escape(c)}</td>' for c, side in cells)


class Shown:
    """What shows itself by its `table`."""

    __slots__ = ()

    def table(self) -> Table:
        """What is shown of it."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def numbered(count: int, noun: str) -> str:
    """1 layer, 2 layers."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
