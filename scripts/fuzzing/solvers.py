"""Settings of solvers: what the schema allows, mostly senseless, for a tiny training."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import text_format

import blobnet
from blobnet.proto import SolverParameter
from scripts.fuzzing import _samples as samples
from scripts.fuzzing._messages import fill, without_one

_NETS = (
    "net",
    "train_net",
    "test_net",
    "net_param",
    "train_net_param",
    "test_net_param",
    "weights",
)
_COUNTS = ("max_iter", "iter_size", "average_loss")
_MOST = 100  # iterations: more is much work, and rightly so


def draw(rng: random.Random) -> str:
    """Settings as text; the net is added later."""
    drawn = SolverParameter()
    fill(rng, drawn, rng.choice((0.05, 0.1, 0.2)))
    for field in _NETS:
        drawn.ClearField(field)
    for field in _COUNTS:
        if getattr(drawn, field) > _MOST:
            drawn.ClearField(field)
    if any(count > _MOST for count in drawn.test_iter):
        drawn.ClearField("test_iter")
    if not drawn.HasField("max_iter"):
        drawn.max_iter = 3
    for field, value in (("base_lr", 0.1), ("lr_policy", "fixed")):
        if rng.random() < 0.8:
            setattr(drawn, field, value)
    return text_format.MessageToString(drawn)


def run(case: str) -> None:
    """Train; snapshots go into a folder that goes."""
    with tempfile.TemporaryDirectory() as folder:
        param = text_format.Parse(case, SolverParameter())
        param.snapshot_prefix = str(Path(folder) / "s")
        text_format.Parse(samples.LAYERS, param.net_param)
        blobnet.get_solver(param).solve()


def smaller(case: str) -> Iterator[str]:
    for candidate in without_one(text_format.Parse(case, SolverParameter())):
        yield text_format.MessageToString(candidate)


def show(case: str) -> str:
    return case.replace("\n", " ")
