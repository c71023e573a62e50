"""Logs of trainings, as no training writes them."""

from __future__ import annotations

import random
from pathlib import Path

from blobnet.viz.logs import read_log
from scripts.fuzzing._rounds import draw, one_of, show, smaller
from scripts.fuzzing._texts import broken

__all__ = ["draw", "run", "show", "smaller"]

_WORDS = (
    *("Iteration ", "iteration ", "0", "1", "5", "99999999999999", "loss = ", "lr = ", ", ", "a b"),
    *("nan", "inf", "-inf", "1e400", "1e-400", "0.5", "Testing net (#0)", ": the loss is nan"),
    *("Testing net (#99999999999999999999)", "Train net output #0: ", "Test net output #1: "),
    *("a = ", "a b = ", "(* 1 = 0.5 loss)", "Solving X", "Test loss: ", "$x$", "%", "{", "\x1b[1m"),
    *("Snapshotting to binary proto file a.caffemodel", "Restoring previous solver status from x"),
    *("Resuming from y", "I1129 00:00:00.000000 1 solver.cpp:1] ", "I1332 25:61:61.000000 1 x:1] "),
    *("I0229 23:59:59.999999 9 s:1] ", "Log file created at: 2016/11/23 03:19:20\n", "\n", "\n"),
    *("Log file created at: 9999/99/99 99:99:99\n", "\n", "\n", "\n", "\n", " "),
)


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_round], case)


def _round(rng: random.Random, folder: Path) -> None:
    text = "".join(rng.choice(_WORDS) for _ in range(rng.choice((20, 200, 1000))))
    (folder / "x.log").write_bytes(broken(rng, [text]))
    read_log(folder / "x.log")
