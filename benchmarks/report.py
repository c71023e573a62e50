"""What was measured: as a table, and as a file that holds every sample."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measured, spread
from benchmarks.rows import Row
from blobnet.ops.parallel import num_threads
from blobnet.processor import processor_name
from blobnet.viz.numbers import in_bytes

PACKAGES = ("blobnet", "numpy", "numba", "torch", "protobuf")
UNKNOWN = "not installed"


@dataclass(frozen=True)
class Result:
    """A row and what came out."""

    row: Row
    measured: Measured

    @property
    def is_met(self) -> bool:
        return self.measured.value <= self.row.target


def table(results: Sequence[Result]) -> Table:
    made = Table("name", "what", title=conditions())
    for head in ("ours", "theirs", "ratio", "target", ""):
        made.add_column(head, justify="right", no_wrap=True)
    for result in results:
        row, measured = result.row, result.measured
        compared = measured.theirs is not None
        made.add_row(
            row.name,
            f"{row.what}, against {row.against}" if row.against else row.what,
            amount(measured.ours, row.unit),
            amount(measured.theirs, row.unit) if measured.theirs else "",
            f"{measured.value:.2f}" if compared else "",
            f"{row.target:.2f}" if compared else f"{row.target:g} {row.unit}",
            "met" if result.is_met else "[bold red]missed[/]",
        )
    return made


def amount(samples: Sequence[float], unit: str) -> str:
    """The median, and by how much half of the samples differ from it."""
    median = statistics.median(samples)
    texts = {"bytes": in_bytes(median), "%": f"{median:.2f} %", "s": f"{median:.3f} s"}
    text = f"{median * 1e3:.3g} ms" if unit == "s" and median < 0.1 else texts[unit]
    return f"{text} ±{100 * spread(samples):.0f} %" if unit == "s" else text


def conditions() -> str:
    versions = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    return f"{processor_name()}, {num_threads()} threads; {versions}"


def package_versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = UNKNOWN
    return found


def as_json(results: Sequence[Result], rounds: int) -> dict[str, Any]:
    """Everything, in types that JSON has."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "threads": num_threads(),
        "rounds": rounds,
        "versions": package_versions(),
        "rows": [_row_as_json(result) for result in results],
    }


def _row_as_json(result: Result) -> dict[str, Any]:
    row, measured = result.row, result.measured
    return {
        "name": row.name,
        "what": row.what,
        "against": row.against or None,
        "unit": row.unit,
        "target": row.target,
        "value": measured.value,
        "met": result.is_met,
        "ours": measured.ours,
        "theirs": measured.theirs,
    }


def write_json(path: Path, results: Sequence[Result], rounds: int) -> None:
    text = json.dumps(as_json(results, rounds), indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def print_table(results: Sequence[Result]) -> None:
    Console(width=None if os.isatty(1) else 140, highlight=False).print(table(results))
