"""A log as two tables, training and testing, in the files that Caffe's parse_log.py writes.

    NumIters,Seconds,LearningRate,accuracy,loss
    500.0,12.5,0.00963,0.971,0.0912

A row belongs to an iteration; its rate is the last one that was told. A value that is no finite
number leaves its cell empty. A row is written when it has as many cells as the first one, or when
another iteration comes; what the log ends with, if it has fewer, is left out.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.serialization.files import atomic_write
from blobnet.viz.logs.calendar import timed_lines
from blobnet.viz.logs.lines import OUTPUT, to_number

TABLES = {"Train": "train", "Test": "test"}
"""What the log calls the net, and how its table's name ends."""

Row = dict[str, float]

_ITERATION = re.compile(r"Iteration (\d+)")
_RATE = re.compile(r"lr = (\S+)")
_MOST_COLUMNS = 10_000  # every row has a cell for each
_RATE_COLUMN = "LearningRate"


@dataclass
class _Unfinished:
    """The row of a table that is still growing, and the length of the first one."""

    row: Row = field(default_factory=dict)
    full: int = 0

    def add(self, start: Row, name: str, value: float) -> Iterator[Row]:
        """Take in an output; gives what is finished by that."""
        if self.row and self.row["NumIters"] != start["NumIters"]:
            yield self._finish()
        self.row = self.row or start
        self.row[name] = value
        if len(self.row) == self.full:
            yield self._finish()

    def _finish(self) -> Row:
        self.full = self.full or len(self.row)
        row, self.row = self.row, {}
        return row


@dataclass
class _Head:
    """What must be known of a table before its first row is written.

    rate  the second row's, which the first one gets: before the training none is told
    """

    columns: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    rate: float = math.nan

    def add(self, row: Row, path: Path) -> None:
        self.rows += 1
        self.columns.update(dict.fromkeys(row))
        if self.rows == 2:
            self.rate = row[_RATE_COLUMN]
        if len(self.columns) > _MOST_COLUMNS:
            raise DataError(
                explain(
                    f"{shown(path)}: too many names for the log of a training",
                    expected=f"at most {_MOST_COLUMNS:,} columns",
                )
            )


def rows_of(path: Path) -> Iterator[tuple[str, Row]]:
    """The finished rows of both tables, each with the end of its table's name.

    Raises DataError where the log cannot be read or does not say when its training began.
    """
    iteration, rate = math.nan, math.nan
    tables = {net: _Unfinished() for net in TABLES}
    for _, line, seconds in timed_lines(path):
        if found := _ITERATION.search(line):
            iteration = float(found[1])
        if seconds is None or math.isnan(iteration):
            continue
        if found := _RATE.search(line):
            told = to_number(found[1])
            rate = rate if told is None else told
        if found := OUTPUT.search(line):
            value = to_number(found[4])
            if value is not None and math.isfinite(value):
                start = {"NumIters": iteration, "Seconds": seconds, _RATE_COLUMN: rate}
                for row in tables[found[1]].add(start, found[3], value):
                    yield TABLES[found[1]], row


def write_tables(path: Path, folder: Path, delimiter: str = ",") -> dict[Path, bool]:
    """Write LOG.train and LOG.test into a folder; a table without rows is not written.

    The log is read twice, so that no table is ever in memory. Returns the two paths, and whether
    each was written. Raises DataError as `rows_of` does, SnapshotError for what cannot be written.
    """
    heads = {name: _Head() for name in TABLES.values()}
    for name, row in rows_of(path):
        heads[name].add(row, path)
    files = {name: folder / f"{path.name}.{name}" for name in heads}
    with ExitStack() as stack:
        writers = {}
        for name, head in heads.items():
            if head.rows:
                temporary = stack.enter_context(atomic_write(files[name]))
                file = stack.enter_context(
                    open(temporary, "w", encoding="utf-8", newline="", errors="replace")
                )
                writers[name] = csv.DictWriter(
                    file, list(head.columns), delimiter=delimiter, extrasaction="ignore"
                )
                writers[name].writeheader()
        _write_rows(path, heads, writers)
    return {files[name]: head.rows > 0 for name, head in heads.items()}


def _write_rows(
    path: Path, heads: dict[str, _Head], writers: dict[str, csv.DictWriter[str]]
) -> None:
    written = dict.fromkeys(heads, 0)
    for name, row in rows_of(path):
        written[name] += 1
        if written[name] > heads[name].rows:  # the log has grown meanwhile
            continue
        if written[name] == 1 and heads[name].rows > 1:
            row[_RATE_COLUMN] = heads[name].rate
        writers[name].writerow(row)
