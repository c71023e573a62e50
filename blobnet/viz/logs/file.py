"""What a training's log says: losses, scores and rates. Logs of blobnet and of Caffe (glog).

for run in read_log("train.log"):
    for series in run.series:
        print(run.name, series.label, series.iterations[-1], series.values[-1])
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.viz.logs.clock import PREFIX, LogClock
from blobnet.viz.logs.lines import OUTPUT, log_lines, to_number
from blobnet.viz.logs.run import Kind, LoggedRun, Series

_MOST_SERIES = 100_000  # each takes about a kilobyte

_INTERESTING = (
    *("teration ", "net output #", "Solving ", "Test loss: "),
    *("Snapshotting ", "estoring ", "Resuming from "),
)
_RESUMED = re.compile(r"Resuming from |[Rr]estoring (?:previous|history)")
_SNAPSHOT = re.compile(r"Snapshotting to \w+(?: \w+)? file (.+\.caffemodel\S*)$")
_TESTING = re.compile(r"Iteration (\d{1,15}), Testing net \(#(\d+)\)")
_LOSS = re.compile(r"Iteration (\d{1,15})\b.*?\bloss = (\S+)")
_RATE = re.compile(r"Iteration (\d{1,15})\b.*?\blr = (\S+)")
_TEST_LOSS = re.compile(r"Test loss: (\S+)")
_DIVERGED = re.compile(r"iteration (\d{1,15}): the loss is (\S+)")  # the error that ends a training


def read_log(path: str | PathLike[str]) -> list[LoggedRun]:
    """The trainings in a log, in their order; lines of other programs are passed over.

    A training that was resumed goes on where it was resumed, in time too: what had been lost and
    the pause are left out. One that begins anew is a run of its own. Memory is bounded however
    long the log is: see MAX_POINTS. Raises DataError where the log cannot be read or tells
    nothing.
    """
    reader, count = _Reader(Path(path).name), 0
    for line in log_lines(Path(path)):
        count += 1
        if any(words in line for words in _INTERESTING):
            reader.read(line)
    runs = reader.finish()
    if not runs:
        raise DataError(
            explain(
                f"{path}: no training in this log",
                expected='lines such as "Iteration 100, loss = 0.17"',
                got=f"{count:,} lines without one",
                fix="keep what a training writes to stderr: blobnet train ... 2> train.log; "
                "`display` in the solver says how often it writes",
            )
        )
    return runs


class _Reader:
    """Turns lines into runs."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._runs: list[LoggedRun] = []
        self._count = 0  # series of all runs
        self._index: dict[tuple[Kind, str], int] = {}  # places among the last run's series
        self._ends = _Ends()  # of the last run's series
        self._clock = LogClock()
        self._began = math.nan  # the clock, where the time of this part starts
        self._before = 0.0  # the seconds of the run before this part
        self._iteration: int | None = None
        self._test_net = 0
        self._started = self._resumed = False  # before the first number of a part
        self._seen: Counter[str] = Counter()  # names of one list of outputs

    def read(self, line: str) -> None:
        """Take in a line that may say something."""
        if prefix := PREFIX.search(line):
            self._clock.read(prefix)
            line = line[prefix.end() :]
        text = line.strip()
        if _RESUMED.search(text):
            self._resumed = True
        elif text.startswith("Solving "):
            self._start_part()
        elif found := _TESTING.search(text):
            self._reach(int(found[1]))
            self._test_net = int(found[2])
        elif found := OUTPUT.search(text):
            self._read_output(found)
        elif found := _TEST_LOSS.search(text):
            self._add("test", self._numbered("total loss"), found[1], is_loss=True)
        elif found := _LOSS.search(text) or _DIVERGED.search(text):
            self._read_number("loss", "loss", found)
        elif found := _RATE.search(text):
            self._read_number("rate", "lr", found)
        elif self._runs and (found := _SNAPSHOT.search(text)):
            self._runs[-1].snapshot = found[1]

    def finish(self) -> list[LoggedRun]:
        """The runs that have numbers, with their final names."""
        for number, run in enumerate(self._runs, 1):
            names = {(series.kind, series.name) for series in run.series}
            for series in run.series:
                name, *net = series.name.split(" #")
                if (series.kind, " #".join([f"{name}[1]", *net])) in names:
                    series.name = " #".join([f"{name}[0]", *net])
            if len(self._runs) > 1:
                run.name = f"{self._name}, run {number}"
        return self._runs

    # --- lines --------------------------------------------------------------------------------

    def _read_number(self, kind: Kind, name: str, found: re.Match[str]) -> None:
        if to_number(found[2]) is not None:
            self._reach(int(found[1]))
            self._add(kind, name, found[2], is_loss=kind == "loss")

    def _read_output(self, found: re.Match[str]) -> None:
        net, index, name, value, share = found.groups()
        if index == "0":
            self._seen.clear()
        label = f"{name}[{self._seen[name]}]" if self._seen[name] else name
        self._seen[name] += 1
        kind: Kind = "train" if net == "Train" else "test"
        is_loss = bool(share) or "loss" in name.lower()
        self._add(kind, label if kind == "train" else self._numbered(label), value, is_loss)

    def _numbered(self, name: str) -> str:
        """A test output's name, told from that of another test net."""
        return f"{name} #{self._test_net}" if self._test_net else name

    def _add(self, kind: Kind, name: str, text: str, is_loss: bool = False) -> None:
        value = to_number(text)
        if value is None or self._iteration is None:
            return
        run = self._runs[-1]
        place = self._index.setdefault((kind, name), len(run.series))
        if place == len(run.series):
            self._refuse_too_many()
            run.series.append(Series(kind, name, is_loss))
        run.series[place].add(self._iteration, self._seconds(), value)
        self._ends.note(place, run.series[place])

    def _refuse_too_many(self) -> None:
        self._count += 1
        if self._count > _MOST_SERIES:
            raise DataError(
                explain(
                    f"{self._name}: too many names for the log of a training",
                    expected=f"up to {_MOST_SERIES:,} losses, scores and rates",
                    fix="cut the log into pieces: a picture takes several",
                )
            )

    # --- where the training stands --------------------------------------------------------------

    def _start_part(self) -> None:
        """A solver begins: the first time, anew, or from a snapshot."""
        self._started = True
        self._began = self._clock.now
        self._before = self._ends.last_seconds()

    def _reach(self, iteration: int) -> None:
        """Go to an iteration, forward or, in a training that was started again, back."""
        run = self._runs[-1] if self._runs else None
        if run is None or (not self._resumed and run.first >= iteration < run.last):
            run = self._new_run(iteration)
        elif iteration < run.last:
            self._go_back(run, iteration)
        self._iteration = run.last = iteration
        run.first = min(run.first, iteration)
        self._started = self._resumed = False

    def _new_run(self, iteration: int) -> LoggedRun:
        if not self._started:
            self._began = self._clock.now
        self._runs.append(LoggedRun(self._name, first=iteration))
        self._index = {}
        self._ends = _Ends()
        self._before = 0.0
        return self._runs[-1]

    def _go_back(self, run: LoggedRun, iteration: int) -> None:
        if not self._started:
            self._began = self._clock.now
        for place in self._ends.reaching(iteration):
            run.series[place].cut(iteration)
            self._ends.note(place, run.series[place])
        self._before = self._ends.last_seconds()

    def _seconds(self) -> float:
        """How long the run has trained."""
        if math.isnan(self._began):
            self._began = self._clock.now
        return self._before + self._clock.now - self._began


class _Ends:
    """Where each series of a run ends, in columns: there may be thousands of them.

    So a log that goes back again and again is not read the slower for it.
    """

    def __init__(self) -> None:
        self._iterations, self._seconds = array("q"), array("d")

    def note(self, place: int, series: Series) -> None:
        """A series has got longer or shorter; a new one stands behind the others."""
        iteration = series.iterations[-1] if series.iterations else -1
        seconds = series.seconds[-1] if series.seconds else -math.inf
        if place == len(self._iterations):
            self._iterations.append(iteration)
            self._seconds.append(seconds)
        else:
            self._iterations[place], self._seconds[place] = iteration, seconds

    def reaching(self, iteration: int) -> list[int]:
        """The series with a point at `iteration` or behind it."""
        return [int(i) for i in np.flatnonzero(np.array(self._iterations) >= iteration)]

    def last_seconds(self) -> float:
        """When the last number of all came; nan where the lines have no times."""
        latest = float(np.max(np.array(self._seconds), initial=-math.inf))
        return 0.0 if latest == -math.inf else latest


def read_logs(paths: Iterable[str | PathLike[str]]) -> list[LoggedRun]:
    """The trainings in several logs; files of the same name are told apart by their paths."""
    logs = [Path(path) for path in paths]
    same = Counter(log.name for log in logs)
    runs = []
    for log in logs:
        for run in read_log(log):
            if same[log.name] > 1:
                run.name = run.name.replace(log.name, str(log), 1)
            runs.append(run)
    return runs
