"""Whether anything will be learned, and at which rates: not to be found out after hours."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.lr_policies import learning_rate
from blobnet.net import Net
from blobnet.proto import SolverParameter
from blobnet.reports.log import log

_MOST_RATES = 1000
"""So many iterations are looked at: enough to meet a schedule that leaves what is sensible."""


class Training(Protocol):
    """What of a Solver decides whether it learns."""

    param: SolverParameter
    net: Net


def check_learning(solver: Training, *, gradients_from_outside: bool) -> None:
    """Warn where nothing will be learned. Raises SolverError where the run has no effect at all.

    gradients_from_outside  whether somebody beside the net may compute them
    """
    useless = _why_useless(solver)
    if useless is not None and not (gradients_from_outside or _has_other_effects(solver)):
        raise SolverError(useless)
    if useless is not None:
        log.warning("%s", useless)
    elif not _is_reached(solver.net):
        log.warning(
            "nothing is learned: no loss reaches weights with an lr_mult other than 0 "
            "(see propagate_down, lr_mult, and which blobs the loss layers read)"
        )


def _why_useless(solver: Training) -> str | None:
    wired_layers = solver.net.wired
    if not any(wired.layer.loss(i) for wired in wired_layers for i in range(len(wired.top))):
        return explain(
            "nothing can be learned: no layer has a loss weight",
            expected="a loss layer, or `loss_weight: 1` in the layer that makes the loss",
            got=f"a net '{solver.net.name}' with the outputs {', '.join(solver.net.outputs)}",
            fix="for classes: SoftmaxWithLoss, in place of Softmax, over the scores and the labels",
        )
    if not solver.param.HasField("base_lr"):
        return explain(
            "nothing can be learned: base_lr is not given, so the learning rate is 0",
            expected="a base_lr in the solver",
            fix="base_lr: 0.01 (0 where nothing is to be learned)",
        )
    return None


def _is_reached(net: Net) -> bool:
    """Whether any weight has both a gradient and a rate."""
    rates = {id(param.blob): (param.owner or param).spec.lr_mult for param in net.all_params}
    return any(
        wanted and rates[id(blob)] != 0
        for wired in net.wired
        if wired.need_backward
        for blob, wanted in zip(wired.layer.blobs_, wired.layer.param_propagate_down_, strict=True)
    )


def _has_other_effects(solver: Training) -> bool:
    """Whether something but learning may be the point: statistics, files."""
    net = solver.net
    layers = [wired.layer for wired in net.wired]
    types = [type(thing) for thing in (solver, *layers)]
    return (
        any(layer.has_side_effects for layer in layers)
        or not all(_is_ours(kind) for kind in types)
        or any(vars(net.callbacks).values())
    )


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("blobnet.")


def check_rates(param: SolverParameter, first: int, count: int) -> None:
    """Look at the learning rates of `count` iterations: warn of negative ones.

    Raises SolverError where one is not a finite number.
    """
    points = np.unique(np.linspace(first, first + count - 1, min(count, _MOST_RATES)).astype(int))
    rates = ((int(point), learning_rate(param, int(point))) for point in points)
    negative = [iteration for iteration, rate in rates if rate < 0]
    if negative and param.base_lr > 0:
        log.warning("iteration %d: the learning rate has become negative", negative[0])
