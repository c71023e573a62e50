"""What can be known before a training begins, so that it need not be found out after hours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from blobnet.errors import SnapshotError, SolverError, WeightsError, explain
from blobnet.lr_policies import current_step, learning_rate
from blobnet.net import Net
from blobnet.net.health import first_non_finite
from blobnet.net.sharing import layers_of_their_own
from blobnet.net.weights import check_hdf5
from blobnet.proto import SolverParameter
from blobnet.serialization.stored import StoredSolverState
from blobnet.solver.callbacks import SolverCallback
from blobnet.solver.log import log

if TYPE_CHECKING:
    from blobnet.solver.solver import Solver

_MOST_ITERATIONS = 2**31 - 2
"""A state counts in 32 bits, and one more iteration must have its place there."""

_MOST_RATES = 1000
"""So many iterations are looked at: enough to meet a schedule that leaves what is sensible."""


def check_nets(param: SolverParameter, net: Net, test_nets: Sequence[Net]) -> None:
    """Raise SolverError or WeightsError where tests or snapshots of these nets would fail."""
    _check_multipliers(net)
    for index, test_net in enumerate(test_nets):
        _check_test_net(f"test net #{index} ({test_net.name})", test_net, net)
    if param.snapshot_format == SolverParameter.HDF5:
        check_hdf5(net)


def _check_multipliers(net: Net) -> None:
    for param in net.all_params:
        _check_finite(
            f"layer '{param.layer_name}', param #{param.index}",
            lr_mult=param.spec.lr_mult,
            decay_mult=param.spec.decay_mult,
        )
    for wired in net.wired:
        for index, name in enumerate(wired.top_names):
            who = f"layer '{wired.layer.name}', top '{name}'"
            _check_finite(who, loss_weight=wired.layer.loss(index))


def _check_finite(who: str, **values: float) -> None:
    for field, value in values.items():
        if not math.isfinite(value):
            raise SolverError(explain(f"{who}: {field} is not a finite number", got=value))


def _check_test_net(who: str, test_net: Net, net: Net) -> None:
    try:
        own = layers_of_their_own(test_net, net)
    except WeightsError as error:
        raise SolverError(f"{who} cannot use the weights of the train net: {error}") from error
    if own:
        log.warning(
            "%s: the train net has no weights for %s, so these are not trained, and no snapshot "
            "holds them",
            who,
            ", ".join(own),
        )
    trained = {layer.name: layer.type for layer in net.layers if layer.blobs_}
    for layer in test_net.layers:
        if layer.blobs_ and trained.get(layer.name, layer.type) != layer.type:
            log.warning(
                "%s: the weights of layer '%s' are trained as those of %s and used as those of %s",
                who,
                layer.name,
                trained[layer.name],
                layer.type,
            )


# --- learning -------------------------------------------------------------------------------------


def check_learning(solver: Solver, callbacks: Iterable[SolverCallback]) -> None:
    """Warn where nothing will be learned. Raises SolverError where the run has no effect at all."""
    useless = _why_useless(solver)
    if useless is not None and not _has_other_effects(solver, callbacks):
        raise SolverError(useless)
    if useless is not None:
        log.warning("%s", useless)
    elif not _is_reached(solver.net):
        log.warning(
            "nothing is learned: no loss reaches weights with an lr_mult other than 0 "
            "(see propagate_down, lr_mult, and which blobs the loss layers read)"
        )


def _why_useless(solver: Solver) -> str | None:
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


def _has_other_effects(solver: Solver, callbacks: Iterable[SolverCallback]) -> bool:
    """Whether something but learning may be the point: statistics, files, gradients of others."""
    net = solver.net
    types = [type(thing) for thing in (solver, *net.layers)]
    return (
        any(layer.has_side_effects for layer in net.layers)
        or not all(_is_ours(kind) for kind in types)
        or any(vars(net.callbacks).values())
        or any(map(_may_give_gradients, callbacks))
    )


def _may_give_gradients(callback: SolverCallback) -> bool:
    hooks = ("on_start", "on_gradients_ready")
    return not callback.watches_only and any(
        getattr(type(callback), hook) is not getattr(SolverCallback, hook) for hook in hooks
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


def divergence(
    net: Net, iteration: int, loss: float, rate: float, last_good_snapshot: Path | None
) -> SolverError:
    """What to raise where the loss or the weights are no numbers any more."""
    what = "weights are no numbers" if math.isfinite(loss) else f"the loss is {loss}"
    return SolverError(
        explain(
            f"iteration {iteration}: {what}",
            expected="a finite number",
            got=first_non_finite(net) or "finite values in every layer",
            fix=f"the learning rate was {rate:g}: try a smaller base_lr or clip_gradients; check "
            f"the data's scale and labels; last good snapshot: {last_good_snapshot or 'none'}",
        )
    )


# --- resuming -------------------------------------------------------------------------------------


def check_progress(param: SolverParameter, stored: StoredSolverState, path: Path) -> None:
    """Warn of a state that has come down another schedule. Raises SnapshotError for nonsense."""
    for field, value in (("iter", stored.iter), ("current_step", stored.current_step)):
        if not 0 <= value <= _MOST_ITERATIONS:
            raise SnapshotError(
                explain(
                    f"{path}: {field} is {'negative' if value < 0 else 'too large'}",
                    expected=f"a number from 0 to {_MOST_ITERATIONS}",
                    got=value,
                    fix="the file is damaged: use another snapshot",
                )
            )
    expected = current_step(param, max(stored.iter - 1, 0))  # that of the last update
    if stored.current_step not in (0, expected):  # 0: Caffe did not always write it
        log.warning(
            "%s: its learning rate had gone down %d steps, by this solver's settings it would have "
            "been %d: training goes on by these settings",
            path,
            stored.current_step,
            expected,
        )
