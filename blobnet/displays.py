"""What `summary`, `draw`, `show`, `plot` and `trace` give: objects that a notebook displays.

In a terminal they show themselves as text; `save(path)` writes what a notebook shows.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

from blobnet.errors import BlobnetError, explain
from blobnet.serialization.files import atomic_write

_HEIGHT = 600  # pixels of a page within a notebook, which scrolls

_DRAWING = "blobnet.viz.displayed"
"""Who makes them: it knows nets and solvers, and is imported when the first is asked for."""


def drawing() -> Any:
    """The module whose functions make what the methods of the same names give."""
    return importlib.import_module(_DRAWING)


@dataclass(frozen=True)
class Text:
    """Lines that a notebook shows in a font whose letters are of one width."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the lines into a file."""
        return _save(path, f"{self.text}\n".encode())


@dataclass(frozen=True)
class Picture:
    """An image, .svg or .png, and what is said of it where none can be shown."""

    image: bytes
    kind: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str | None:
        return self.image.decode() if self.kind == ".svg" else None

    def _repr_png_(self) -> bytes | None:
        return self.image if self.kind == ".png" else None

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the image. Raises BlobnetError for a name with another ending."""
        if Path(path).suffix.lower() != self.kind:
            raise BlobnetError(
                explain(
                    "the name of a picture says what it is",
                    expected=f"a name that ends in {self.kind}",
                    got=str(path),
                )
            )
        return _save(path, self.image)


@dataclass(frozen=True)
class Page:
    """A page of HTML, which a notebook shows in a frame of its own."""

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        style = f"width: 100%; height: {_HEIGHT}px; border: 1px solid #ccc"
        return f'<iframe srcdoc="{escape(self.html)}" style="{style}"></iframe>'

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the page, to be opened in a browser."""
        return _save(path, self.html.encode())


def _save(path: str | PathLike[str], content: bytes) -> Path:
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)
    return Path(path)
