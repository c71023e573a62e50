"""Which layer was the first without numbers: what the lines of `debug_info` in a log tell.

Caffe writes them in iterations that it displays: the size of each top and weight in the forward,
of each gradient in the backward, of each weight and its change in the update. Caffe: net.cpp.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from blobnet.viz.logs.lines import log_lines, to_number

_LINE = re.compile(
    r"\[(Forward|Backward)\] Layer (.+), ((?:top|bottom|param) blob .+) (?:data|diff): (\S+)\s*$"
)
_UPDATE = re.compile(r"\[Update\] Layer (.+), (param .+) data: (\S+); diff: (\S+)\s*$")
_ITERATION = re.compile(r"[Ii]teration (\d{1,15})\b(.*)")
_TOLD = re.compile(r"got:\s+(top|blobs_\S+).* of \S+ layer \"(.+?)\": .*? (-?nan|-?inf) at ")
"""What blobnet says where it ends a training; its weights are looked at first."""
_WORDS = ("Layer ", "teration ", "Solving ", "Test net", "Test loss", "got: ")
_BEGIN = re.compile(r"\bSolving ")
_MOST_NAMES = 100_000  # whose sizes are kept
_KEPT = 3  # sizes of each
_BIAS = "param 1"  # which begins at 0: any update is large beside that


class Change(NamedTuple):
    """The update that was largest beside its weights, in an iteration; `share` of them."""

    iteration: int | None
    share: float
    words: str


@dataclass
class FirstBroken:
    """The first value in a log that is no number, and what led to it.

    stage      "forward", "backward" or "update"
    what       of the layer: "top blob conv1"
    value      "nan" or "inf", as the log has it
    iteration  None where the log ends before it says
    is_test    whether the net was being tested
    before     sizes of the same, earlier: (iteration, size)
    weights    layers whose weights were no numbers either in that pass
    update     which weights the last sound update changed most
    """

    stage: str
    layer: str
    what: str
    value: str
    iteration: int | None = None
    is_test: bool = False
    before: list[tuple[int | None, float]] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)
    update: Change | None = None


def first_broken(path: Path) -> FirstBroken | None:
    """Of the last training in the log; None where all is finite or nothing is told.

    Raises DataError where the log cannot be read.
    """
    reader = _Reader()
    for line in log_lines(path):
        if any(word in line for word in _WORDS):
            reader.read(line)
    return reader.found


class _Reader:
    """Goes through the lines; a pass is told before the iteration that it belongs to."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.found: FirstBroken | None = None
        self._reached: int | None = None
        self._is_test = False
        self._is_in_pass = self._is_ending = False
        self._sizes: dict[tuple[str, str, str], deque[tuple[int | None, float]]] = {}
        self._untold: list[tuple[tuple[str, str, str], float]] = []
        self._largest: Change | None = None

    def read(self, line: str) -> None:
        if _BEGIN.search(line):
            self._begin()
        elif found := _LINE.search(line):
            self._of_pass(found[1].lower(), found[2], found[3], found[4])
        elif found := _UPDATE.search(line):
            self._of_update(found[1], found[2], found[3], found[4])
        elif self._is_ending and (found := _TOLD.search(line)):
            self._end(*found.groups())
        elif "Test net output" in line or "Test loss" in line:
            self._is_test = self._is_in_pass = False
        elif found := _ITERATION.search(line):
            self._of_iteration(int(found[1]), found[2])

    def _of_iteration(self, iteration: int, rest: str) -> None:
        self._is_ending = rest.startswith(": the loss is")
        if "Testing net" in rest:
            self._is_test = True
        elif "loss" in rest or "lr = " in rest:
            self._is_test = self._is_in_pass = False
            for key, size in self._untold:
                self._keep(key, iteration, size)
            self._untold.clear()
            if self.found and self.found.iteration is None:
                self.found.iteration = iteration
        self._reached = iteration

    def _of_pass(self, stage: str, layer: str, what: str, text: str) -> None:
        size = to_number(text)
        if size is None:
            return
        if self.found is None and not math.isfinite(size):
            self.found = FirstBroken(
                stage, layer, what, text, self._reached if self._is_test else None, self._is_test
            )
            self.found.before = [*self._sizes.get((stage, layer, what), ())]
            self.found.update = self._largest
            self._is_in_pass = True
        elif self.found is None and not self._is_test and len(self._untold) < _MOST_NAMES:
            self._untold.append(((stage, layer, what), size))
        is_weight = what.startswith("param") and stage == "forward"
        is_broken = self.found is not None and self._is_in_pass and not math.isfinite(size)
        if self.found and is_broken and is_weight and layer not in self.found.weights:
            self.found.weights.append(layer)

    def _of_update(self, layer: str, what: str, text: str, change: str) -> None:
        size, moved = to_number(text), to_number(change)
        if size is None or moved is None or self.found is not None:
            return
        if not (math.isfinite(size) and math.isfinite(moved)):
            self.found = FirstBroken("update", layer, what, change, self._reached)
            self.found.update = self._largest
        elif size and what != _BIAS:
            largest = self._largest
            is_new = largest is None or largest.iteration != self._reached
            if largest is None or is_new or moved / size > largest.share:
                words = f"{layer}, {what}: {moved:g} on {size:g} in iteration {self._reached}"
                self._largest = Change(self._reached, moved / size, words)

    def _end(self, what: str, layer: str, value: str) -> None:
        if self.found is None:
            self.found = FirstBroken("forward", layer, what, value, self._reached)
            self.found.update = self._largest
            if what.startswith("blobs_"):
                self.found.weights = [layer]

    def _keep(self, key: tuple[str, str, str], iteration: int, size: float) -> None:
        if key in self._sizes or len(self._sizes) < _MOST_NAMES:
            self._sizes.setdefault(key, deque(maxlen=_KEPT)).append((iteration, size))
