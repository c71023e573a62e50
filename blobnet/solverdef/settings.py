"""The settings of a solver: read, completed, and refused where they make no sense."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

from blobnet.characters import path_advice
from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.input_files import is_folder, shown
from blobnet.lr_policies import learning_rate
from blobnet.netdef import settle_solver, upgrade_solver
from blobnet.ops.detection.average_precision import AP_VERSIONS
from blobnet.proto import SolverParameter
from blobnet.reports.eval_types import EVAL_TYPES
from blobnet.reports.log import log
from blobnet.serialization.prototxt import read_solver


class SolverDefinition(NamedTuple):
    """The settings of a solver in today's form, and the folder beside which its nets may lie."""

    param: SolverParameter
    folder: Path


SolverSource = str | PathLike[str] | SolverParameter | SolverDefinition
"""The path of a solver prototxt, the message itself, or what has been read of either."""


def read_settings(
    source: SolverSource, level: int | None = None, stages: Iterable[str] = ()
) -> SolverDefinition:
    """The settings, a copy where `source` is a message; they are read once.

    level, stages  for the train net: written over and added to train_state
    """
    definition = source if isinstance(source, SolverDefinition) else _read(source)
    if level is not None:
        definition.param.train_state.level = level
    definition.param.train_state.stage.extend(stages)
    return definition


def _read(source: str | PathLike[str] | SolverParameter) -> SolverDefinition:
    if isinstance(source, SolverParameter):
        definition = SolverDefinition(upgrade_solver(source), Path())
    else:
        definition = SolverDefinition(read_solver(source), Path(source).parent)
        _settle_prefix(definition.param, Path(source))
    _check_prefix(definition.param.snapshot_prefix)
    return definition


def check_settings(param: SolverParameter) -> None:
    """Raise SolverError for what no training can work with; warn of doubtful numbers."""
    settle_solver(param)
    for field in ("average_loss", "iter_size"):
        if getattr(param, field) < 1:
            raise SolverError(
                explain(
                    f"{field} must be at least 1",
                    got=f"{field}: {getattr(param, field)}",
                    fix=f"{field}: 1, or leave it out",
                )
            )
    for field in ("max_iter", "test_iter"):
        for value in np.atleast_1d(getattr(param, field)):
            if value < 0:
                raise SolverError(explain(f"{field} must not be negative", got=f"{field}: {value}"))
    for field in _NUMBERS:
        value = getattr(param, field)
        if math.isnan(value) or (math.isinf(value) and field != "clip_gradients"):
            raise SolverError(
                explain(
                    f"{field} must be a finite number",
                    got=f"{field}: {value}",
                    fix=f"give a number, or leave {field} out",
                )
            )
    _check_choice(param, "eval_type", EVAL_TYPES)
    _check_choice(param, "ap_version", AP_VERSIONS)
    for warning in doubts(param):
        log.warning("solver: %s", warning)
    learning_rate(param, 0)  # raises for an lr_policy that is unknown, or lacks a setting


def _check_choice(param: SolverParameter, field: str, known: tuple[str, ...]) -> None:
    value = getattr(param, field)
    if value not in known:
        raise SolverError(
            explain(
                f"{field} is unknown",
                expected=f"one of {', '.join(known)}",
                got=value,
                fix=did_you_mean(value, known),
            )
        )


_NUMBERS = (
    "base_lr",
    "gamma",
    "power",
    "momentum",
    "momentum2",
    "rms_decay",
    "weight_decay",
    "delta",
    "clip_gradients",
    "breadth_decay",
    "kernel_shape_decay",
    "block_group_decay",
    "prune_threshold",
    "max_threshold_factor",
)

_DIVIDE_BY_DELTA = ("AdaGrad", "RMSProp", "AdaDelta", "Adam")

_EXPECTED_BY_POLICY = {
    "step": {"gamma": "the rate is 0 from the first step on"},
    "exp": {"gamma": "the rate is 0 from the second iteration on"},
    "inv": {"gamma": "the rate stays as it is", "power": "the rate stays as it is"},
    "multistep": {
        "gamma": "the rate is 0 from the first stepvalue on",
        "stepvalue": "the rate stays as it is",
    },
    "poly": {"power": "the rate stays as it is"},
    "sigmoid": {"gamma": "the rate is half of base_lr throughout"},
    "plateau": {
        "gamma": "the rate is 0 from the first plateau on",
        "plateau_winsize": "the rate stays as it is",
    },
}
"""What happens where a policy's setting is left out: Caffe then takes 0."""


_DOUBTS: dict[str, tuple[Callable[[float, SolverParameter], bool], str]] = {
    "base_lr": (lambda value, _: value < 0, "is negative: the loss will grow"),
    "momentum": (
        lambda value, _: not 0 <= value < 1,
        "is not from 0 to 1: updates pile up without end",
    ),
    "weight_decay": (lambda value, _: value < 0, "is negative: weights will grow"),
    "clip_gradients": (
        lambda value, _: value == 0,
        "makes every gradient 0; to clip nothing, leave it out",
    ),
    "delta": (
        lambda value, param: value <= 0 and param.type in _DIVIDE_BY_DELTA,
        "makes this solver divide by 0 where a gradient is 0",
    ),
    "display": (lambda value, _: value < 0, "is negative: its sign is ignored, as in Caffe"),
    "snapshot": (lambda value, _: value < 0, "is negative: its sign is ignored, as in Caffe"),
    "test_interval": (
        lambda value, param: value != 0 and not param.test_iter,
        "without test_iter: nothing is tested",
    ),
}
"""What Caffe takes as well, but hardly anybody means."""


def doubts(param: SolverParameter) -> Iterator[str]:
    for field, consequence in _EXPECTED_BY_POLICY.get(param.lr_policy, {}).items():
        is_list = field in ("stepvalue", "plateau_winsize")
        stated = len(getattr(param, field)) if is_list else param.HasField(field)
        if not stated:
            yield f'lr_policy "{param.lr_policy}" without {field}: {consequence}'
    values = list(param.stepvalue)
    if param.lr_policy == "multistep" and values != sorted(map(abs, values)):
        yield f"the stepvalues {values} are not in order: each waits for the one before it"
    for field, (is_doubtful, text) in _DOUBTS.items():
        value = getattr(param, field)
        if is_doubtful(value, param):
            yield f"{field}: {value:g} {text}"


def _settle_prefix(param: SolverParameter, source: Path) -> None:
    """Without a snapshot_prefix: the solver's own path; for a folder: a name inside it."""
    if not param.HasField("snapshot_prefix"):
        param.snapshot_prefix = str(source.with_suffix(""))
    elif is_folder(param.snapshot_prefix):
        param.snapshot_prefix = str(Path(param.snapshot_prefix) / source.stem)


def _check_prefix(prefix: str) -> None:
    r"""Raise SolverError for what no file should be called by, as from "C:\new\train"."""
    if any(letter < " " for letter in prefix):
        raise SolverError(
            explain(
                "snapshot_prefix makes no names of files",
                got=shown(prefix),
                fix=path_advice(prefix),
            )
        )
