"""A log as aligned columns, in the files that Caffe's parse_log.sh writes, and as seconds alone.

    #Iters Seconds TestAccuracy TestLoss
    0    0.001065   0.0819  2.43666
    500  12.500000  0.9710  0.09120

Other than the script's, a row holds what belongs together, also where a test was interrupted; `#1`
is no `#10`; and nothing but the two files is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.serialization.files import atomic_write
from blobnet.viz.logs.calendar import timed_lines
from blobnet.viz.logs.lines import OUTPUT

HEADS = {
    "test": "#Iters Seconds TestAccuracy TestLoss",
    "train": "#Iters Seconds TrainingLoss LearningRate",
}
_TEST = re.compile(r"Iteration (\d+), Testing net")
_LOSS = re.compile(r"Iteration (\d+).*, loss = ([^\s=]+)")
_RATE = re.compile(r", lr = (\S+)")
_EMPTY = "-"
_BETWEEN = "  "


def column_rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The rows of both tables, as `test` or `train` and up to four cells.

    Tests have their iteration, seconds, and the outputs 0 and 1; a displayed loss has its rate.
    Raises DataError where the log cannot be read or does not say when its training began.
    """
    rows: dict[str, list[str]] = {"test": [], "train": []}

    def begin(name: str, *cells: str) -> Iterator[tuple[str, list[str]]]:
        if rows[name]:
            yield name, rows[name]
        rows[name] = list(cells)

    for _, line, seconds in timed_lines(path):
        if seconds is None:
            continue
        if found := _TEST.search(line):
            yield from begin("test", found[1], f"{seconds:f}")
        elif found := _LOSS.search(line):
            yield from begin("train", found[1], f"{seconds:f}", found[2])
        elif (found := _RATE.search(line)) and rows["train"]:
            rows["train"][3:] = [found[1]]
        elif (found := OUTPUT.search(line)) and found[1] == "Test" and rows["test"]:
            _put(rows["test"], found[2], found[4])
    for name in rows:
        yield from begin(name)


def _put(row: list[str], output: str, value: str) -> None:
    """The outputs 0 and 1 have the columns 2 and 3; the others have none."""
    if output in ("0", "1"):
        place = 2 + int(output)
        row.extend([_EMPTY] * (place + 1 - len(row)))
        row[place] = value


def write_columns(path: Path, folder: Path) -> list[Path]:
    """Write LOG.test and LOG.train into a folder, and return their paths.

    The log is read twice, so that no table is ever in memory. Raises DataError as `column_rows`
    does, SnapshotError for what cannot be written.
    """
    widths = {name: [0] * 4 for name in HEADS}
    for name, row in column_rows(path):
        for place, cell in enumerate(row):
            widths[name][place] = max(widths[name][place], len(cell))
    paths = [folder / f"{path.name}.{name}" for name in HEADS]
    with ExitStack() as stack:
        files = {}
        for name, out in zip(HEADS, paths, strict=True):
            temporary = stack.enter_context(atomic_write(out))
            files[name] = stack.enter_context(
                open(temporary, "w", encoding="utf-8", newline="\n", errors="replace")
            )
            files[name].write(f"{HEADS[name]}\n")
        for name, row in column_rows(path):
            files[name].write(f"{_aligned(row, widths[name])}\n")
    return paths


def _aligned(row: list[str], widths: list[int]) -> str:
    """The cells of a row, also those that it has not; blanks follow all but the last column."""
    columns = [width for width in widths if width]
    cells = row + [""] * (len(columns) - len(row))
    padded = [cell.ljust(width) for cell, width in zip(cells, columns, strict=True)]
    return _BETWEEN.join([*padded[:-1], cells[-1]])


def write_seconds(path: Path, out: Path) -> int:
    """Write the seconds of every line with `Iteration`, one a line; returns how many there are.

    Raises DataError where one has no time, or as `timed_lines` does; SnapshotError for what cannot
    be written.
    """
    count = 0
    with atomic_write(out) as temporary, open(temporary, "w", encoding="ascii", newline="\n") as f:
        for number, line, seconds in timed_lines(path):
            if "Iteration" not in line:
                continue
            if seconds is None:
                raise DataError(
                    explain(
                        f"{shown(path)}: line {number} has no time",
                        expected="I1123 03:19:27.278252 10241 solver.cpp:289] Iteration ...",
                        got=line.strip(),
                    )
                )
            f.write(f"{seconds:f}\n")
            count += 1
    return count
