"""What the commands draw, as objects that a notebook displays.

    from blobnet import notebook

    notebook.summary(net)    what each layer makes, learns and costs
    notebook.draw(net)       the net as a picture
    notebook.plot(history)   loss and scores of a training that a TrainingHistory watches
    notebook.trace(solver)   one training step in numbers

In a terminal they show themselves as text; `save(path)` writes what a notebook shows.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path

from blobnet.net import Net
from blobnet.serialization.files import atomic_write
from blobnet.solver import Solver
from blobnet.viz.nets import print_summary, summarize
from blobnet.viz.nets.picture import write_svg
from blobnet.viz.trace import trace_page, trace_steps, trace_text
from blobnet.viz.training_curves import TrainingHistory as TrainingHistory
from blobnet.viz.training_curves import save_training_curves

__all__ = ["Page", "Picture", "Text", "TrainingHistory", "draw", "plot", "summary", "trace"]

_HEIGHT = 600  # pixels of a page within a notebook, which scrolls


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
        """Write the image. Raises ValueError for a name with another ending."""
        if Path(path).suffix.lower() != self.kind:
            raise ValueError(f"{path}: this picture is a {self.kind}; give it a name that ends so")
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


def summary(net: Net) -> Text:
    """The layers of a net: what they make, learn and cost, as `blobnet summary` lists them."""
    file = io.StringIO()
    print_summary(summarize(net), file)
    return Text("\n".join(line.rstrip() for line in file.getvalue().splitlines()))


def draw(net: Net) -> Picture:
    """A net as `blobnet draw` draws it. Raises MissingExtraError without matplotlib."""
    svg = io.BytesIO()
    write_svg(net, svg)
    return Picture(svg.getvalue(), ".svg", repr(net))


def plot(history: TrainingHistory, title: str = "") -> Picture:
    """Loss and scores of a training so far.

        history = notebook.TrainingHistory()
        solver.add_callback(history)
        solver.step(100)
        notebook.plot(history)

    Raises MissingExtraError without matplotlib.
    """
    with tempfile.TemporaryDirectory() as folder:
        image = save_training_curves(history, Path(folder, "curves.png"), title).read_bytes()
    first = history.first_iter or 0
    last = f", the last loss {history.losses[-1]:.6g}" if history.losses else ""
    return Picture(image, ".png", f"{len(history.losses)} iterations from {first} on{last}")


def trace(solver: Solver, iterations: int = 1) -> Page:
    """The next steps of a training, told layer by layer as `blobnet trace` does.

    The solver does make these steps: its weights are others afterwards.
    """
    steps = list(trace_steps(solver, iterations))
    return Page(trace_page(steps, solver.net), "\n".join(map(trace_text, steps)))


def _save(path: str | PathLike[str], content: bytes) -> Path:
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)
    return Path(path)
