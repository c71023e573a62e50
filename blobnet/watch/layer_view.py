"""What a page shows of one layer in a frame: values going forward, gradients coming back."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.net import Net
from blobnet.solver import Solver
from blobnet.solver_policies import momentum, weight_decay
from blobnet.solvers.rule import told_rule
from blobnet.types import Array
from blobnet.viz.names import visible
from blobnet.watch.frame import Frame
from blobnet.watch.numbers import described, plain
from blobnet.watch.recorder import parameter_positions

_LONGEST = 60
_VERY_FEW = 4


def layer_view(solver: Solver, frame: Frame, position: int, item: int) -> dict[str, Any]:
    """Bottoms, weights and tops; deltas, gradients and changes as far as there are some.

    item  whose values are told of a batch
    """
    net = solver.net
    wired = net.wired[position]
    layer = wired.layer
    return {
        "id": position,
        "noted": frame.is_noted(position),
        "bottoms": [
            {"name": visible(name, _LONGEST), **described(values, item)}
            for name, values in zip(
                wired.bottom_names, _bottoms(solver, frame, position), strict=True
            )
        ],
        "tops": [
            {
                "name": visible(name, _LONGEST),
                **described(frame.top(net, position, index), item),
                "delta": _delta(solver, frame, position, index, item),
            }
            for index, name in enumerate(wired.top_names)
        ],
        "weights": [_weight(solver, frame, position, i) for i in range(len(layer.blobs_))],
        "loss": plain(sum(layer.loss_[i] * float(top.data.sum()) for i, top in _losses(wired))),
    }


def few_values(net: Net, frame: Frame) -> dict[int, list[float | str]]:
    """By the layer's position: the values that it gave, where they are very few."""
    told = {}
    for position, wired in enumerate(net.wired):
        if sum(top.data.size for top in wired.top) <= _VERY_FEW:
            tops = (frame.top(net, position, index) for index in range(len(wired.top)))
            told[position] = [plain(value) for top in tops for value in top.reshape(-1)]
    return told


def _losses(wired: Any) -> list[tuple[int, Any]]:
    weighted = zip(wired.layer.loss_, enumerate(wired.top), strict=False)
    return [place for weight, place in weighted if weight]


def _bottoms(solver: Solver, frame: Frame, position: int) -> list[Array]:
    """The values that the layer saw: what the layer before gave, though it may be overwritten."""
    net = solver.net
    wired = net.wired[position]
    values = []
    for name, blob in zip(wired.bottom_names, wired.bottom, strict=True):
        makers = [
            (row, net.wired[row].top_names.index(name))
            for row in range(position)
            if name in net.wired[row].top_names
        ]
        noted = frame.tops.get(makers[-1]) if makers else None
        values.append(blob.data if noted is None else noted)
    return values


def _delta(solver: Solver, frame: Frame, position: int, index: int, item: int) -> Any:
    wired = solver.net.wired[position]
    if not wired.need_backward or not solver.net.wired:
        return None
    return described(frame.delta(solver.net, position, index), item)


def _weight(solver: Solver, frame: Frame, position: int, index: int) -> dict[str, Any]:
    net = solver.net
    layer = net.wired[position].layer
    blob = layer.blobs_[index]
    param = parameter_positions(net)[id(blob)]
    learns = layer.param_propagate_down_[index] and net.wired[position].need_backward
    told: dict[str, Any] = {
        "name": f"blobs_[{index}]",
        "learns": bool(learns and net.params_lr[param]),
        **described(blob.data),
    }
    for part in ("before", "gradient", "change"):
        array = getattr(frame, part).get(param)
        told[part] = described(array) if learns and array is not None else None
    return told


def update_of_weight(
    solver: Solver, frame: Frame, position: int, index: int, place: int
) -> dict[str, Any]:
    """How the update rule made a change of a gradient, with the numbers of one weight."""
    net, param = solver.net, solver.param
    blob = net.wired[position].layer.blobs_[index]
    which = parameter_positions(net)[id(blob)]
    rule = told_rule(solver)
    told: dict[str, Any] = {
        "rule": rule.formula,
        "now": plain(blob.data.reshape(-1)[place]),
        "rate": plain(frame.rate),
        "lr_mult": plain(net.params_lr[which]),
        "settings": {name: plain(getattr(param, name)) for name in rule.settings},
    }
    if "momentum" in told["settings"]:
        told["settings"]["momentum"] = plain(momentum(param, frame.iteration))
    if which not in frame.gradient:
        return told
    before = frame.before[which].reshape(-1)[place]
    gradient = frame.gradient[which].reshape(-1)[place]
    decay = weight_decay(param, frame.iteration) * net.params_weight_decay[which]
    is_l1 = param.regularization_type == "L1"
    mean = gradient * frame.clipped / frame.passes
    told |= {
        "before": plain(before),
        "gradient": plain(gradient),
        "clipped": plain(frame.clipped),
        "passes": frame.passes,
        "decay": plain(decay),
        "is_l1": is_l1,
        "g": plain(mean + decay * (np.sign(before) if is_l1 else before)),
        "memory": {
            name: plain(array.reshape(-1)[place])
            for name, array in zip(rule.memory, frame.memory[which], strict=False)
        },
    }
    if which in frame.change:
        change = frame.change[which].reshape(-1)[place]
        told |= {"change": plain(change), "after": plain(before - change)}
    return told
