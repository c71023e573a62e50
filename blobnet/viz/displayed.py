"""What nets and solvers show by their methods `summary`, `draw`, `show`, `plot` and `trace`."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from blobnet.displays import Page, Picture, Text
from blobnet.net import Net
from blobnet.solver import Solver
from blobnet.types import Array
from blobnet.viz.images.feature_maps import answers, save_feature_maps, show_image
from blobnet.viz.images.filters import layers_with_filters, save_filters
from blobnet.viz.names import visible
from blobnet.viz.nets import print_summary, summarize
from blobnet.viz.nets.picture import write_svg
from blobnet.viz.trace import trace_page, trace_steps, trace_text
from blobnet.viz.training_curves import save_training_curves


def summary(net: Net) -> Text:
    """See Net.summary."""
    file = io.StringIO()
    print_summary(summarize(net), file)
    lines = (line.rstrip() for line in file.getvalue().splitlines())
    return Text("\n".join(lines).strip("\n"))


def draw(net: Net) -> Picture:
    """See Net.draw."""
    svg = io.BytesIO()
    write_svg(net, svg)
    return Picture(svg.getvalue(), ".svg", repr(net))


def show(
    net: Net,
    image: str | PathLike[str] | Array | None,
    names: Sequence[str],
    mean: str | Sequence[float],
    scale: float,
    tiles: int,
) -> Picture:
    """See Net.show."""
    if image is None:
        layers = ", ".join(map(visible, names or layers_with_filters(net)))
        return _png(lambda path: save_filters(net, path, names, tiles), f"filters of {layers}")
    show_image(net, image, mean, scale)
    text = "\n".join(answers(net)) or repr(net)
    return _png(lambda path: save_feature_maps(net, path, names, tiles), text)


def plot(solver: Solver, title: str) -> Picture:
    """See Solver.plot."""
    curves = solver.curves
    last = f", the last loss {curves.losses[-1]:.6g}" if curves.losses else ""
    text = f"{len(curves.losses)} iterations from {curves.first_iter or 0} on{last}"
    return _png(lambda path: save_training_curves(curves, path, title), text)


def trace(solver: Solver, iterations: int) -> Page:
    """See Solver.trace."""
    steps = list(trace_steps(solver, iterations))
    return Page(trace_page(steps, solver.net), "\n".join(map(trace_text, steps)))


def _png(save: Callable[[Path], Path], text: str) -> Picture:
    """A picture from a function that writes one into a file."""
    with tempfile.TemporaryDirectory() as folder:
        return Picture(save(Path(folder, "picture.png")).read_bytes(), ".png", text)
