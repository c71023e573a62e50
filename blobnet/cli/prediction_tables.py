"""Predictions as lines for people and as a table for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from blobnet.cli.wrapping import wrapped
from blobnet.input_files import shown
from blobnet.predicting import Prediction
from blobnet.predicting.outputs import Kind
from blobnet.viz.names import visible

_COLUMNS = ("image", "what", "number", "label", "name", "score", "x1", "y1", "x2", "y2")
_NOTHING: dict[Kind, str] = {
    "boxes": "nothing found",
    "regions": "nothing found",
    "points": "nobody found",
}


def lines_of(path: Path, prediction: Prediction, kind: Kind) -> Iterator[str]:
    """The image's name, and a line for each finding."""
    rows = list(_lines(prediction))
    yield shown(path) + ("" if rows else f": {_NOTHING.get(kind, 'nothing')}")
    yield from rows


def _lines(prediction: Prediction) -> Iterator[str]:
    for each in prediction.classes:
        yield f"  {each.score:8.5f}  {visible(each.name)}"
    for box in prediction.boxes:
        corners = f"({box.x1:.0f}, {box.y1:.0f}) to ({box.x2:.0f}, {box.y2:.0f})"
        yield f"  {box.score:8.5f}  {visible(box.name)} at {corners}"
    for part in prediction.parts:
        yield f"  {100 * part.score:7.2f}%  {visible(part.name)}"
    for number, person in enumerate(prediction.people):
        points = ", ".join(
            f"{visible(part)} ({at.x:.0f}, {at.y:.0f})" for part, at in person.items()
        )
        yield wrapped(f"person {number}: {points}", first="  ", indent="    ")
    if prediction.map is not None:
        yield f"  a map from {prediction.map.min():.5g} to {prediction.map.max():.5g}"


def csv_of(found: Sequence[tuple[Path, Prediction]]) -> str:
    """A line for each finding: its kind, class and score, and where it is in the image."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for path, prediction in found:
        for row in _rows(prediction):
            cells = (path, *row)
            writer.writerow(cells + ("",) * (len(_COLUMNS) - len(cells)))
    return text.getvalue()


def _rows(prediction: Prediction) -> Iterator[tuple[object, ...]]:
    for rank, each in enumerate(prediction.classes):
        yield ("class", rank, *each)
    for rank, box in enumerate(prediction.boxes):
        yield ("box", rank, *box)
    for rank, part in enumerate(prediction.parts):
        yield ("mask", rank, *part)
    for number, person in enumerate(prediction.people):
        for name, point in person.items():
            yield ("point", number, "", name, point.score, point.x, point.y)
    if prediction.map is not None:
        yield ("map", 0, "", "", float(prediction.map.mean()))
