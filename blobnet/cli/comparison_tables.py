"""A comparison as lines of a table, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

from blobnet.cli.wrapping import wrapped
from blobnet.comparing.blobs import ComparedBlob, Comparison
from blobnet.viz.names import visible

_FIELDS = ["blob", "layers", "shape", "largest", "relative", "place", "net", "other", "beyond"]
_NAME, _PLACE = 22, 14  # characters, so that a line has 79
_MISSING = 6  # names that are listed


def lines_of(comparison: Comparison, tolerance: float) -> Iterator[str]:
    """The first blob that differs, then all in the order of the net."""
    first = next(comparison.beyond(tolerance), None)
    count = len(comparison.blobs)
    if first is None:
        yield f"no blob of {count} is more than {tolerance:g} apart, beside its largest value"
    else:
        number = sum(1 for _ in comparison.beyond(tolerance))
        yield f"first beyond {tolerance:g}: {visible(first.name)} ({', '.join(first.layers)})"
        yield f"beyond it in all: {number} of {count} blobs"
    heads = f"{'largest':>8} {'relative':>8} {'at':<{_PLACE}} {'net':>10} {'other':>10}"
    yield f"  {'blob':<{_NAME}} {heads}"
    for blob in comparison.blobs:
        mark = ">" if blob is first else "*" if not blob.apart.relative <= tolerance else " "
        yield f"{mark} {visible(blob.name, _NAME):<{_NAME}} {_numbers(blob)}"
    if comparison.missing:
        names = ", ".join(map(visible, comparison.missing[:_MISSING]))
        yield wrapped(f"not on the other side: {names} ({len(comparison.missing)} in all)")


def csv_of(comparison: Comparison, tolerance: float) -> str:
    """A line for each blob."""
    file = io.StringIO()
    writer = csv.DictWriter(file, _FIELDS, lineterminator="\n")
    writer.writeheader()
    for row in _rows(comparison, tolerance):
        writer.writerow(
            {
                **row,
                "layers": " ".join(row["layers"]),
                "shape": "x".join(map(str, row["shape"])),
                "place": " ".join(map(str, row["place"])),
            }
        )
    return file.getvalue()


def json_of(comparison: Comparison, tolerance: float) -> str:
    """All blobs, and what the other side does not have; numbers without end are texts."""
    first = next(comparison.beyond(tolerance), None)
    rows = [
        {key: _finite(value) for key, value in row.items()} for row in _rows(comparison, tolerance)
    ]
    told = {
        "tolerance": tolerance,
        "first": first.name if first is not None else None,
        "blobs": rows,
        "missing": list(comparison.missing),
    }
    return json.dumps(told, indent=1) + "\n"


def _rows(comparison: Comparison, tolerance: float) -> Iterator[dict[str, Any]]:
    for blob in comparison.blobs:
        apart = blob.apart
        yield {
            "blob": blob.name,
            "layers": list(blob.layers),
            "shape": list(blob.shape),
            "largest": apart.largest,
            "relative": apart.relative,
            "place": list(apart.place),
            "net": apart.expected,
            "other": apart.got,
            "beyond": not apart.relative <= tolerance,
        }


def _numbers(blob: ComparedBlob) -> str:
    apart = blob.apart
    if blob.other_shape is not None:
        return f"shape {list(blob.shape)}, and {list(blob.other_shape)} on the other side"
    place = ",".join(map(str, apart.place))
    return (
        f"{apart.largest:>8.3g} {apart.relative:>8.3g} {place:<{_PLACE}} "
        f"{apart.expected:>10.4g} {apart.got:>10.4g}"
    )


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
