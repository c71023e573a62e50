"""What the first step computes, and how large its update is; needs the solver and its data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from blobnet.diagnostics.non_finite import first_non_finite
from blobnet.doctor.case import Case
from blobnet.doctor.finding import CERTAIN, LIKELY, POSSIBLE, Finding
from blobnet.errors import BlobnetError
from blobnet.net import Net
from blobnet.ops.overflow import overflow_allowed
from blobnet.solver import Solver
from blobnet.solvers import get_solver

_LARGEST = 1.0  # of an update beside the weights, in the median layer
_SMALLEST = 1e-7


def examine(case: Case) -> Iterator[Finding]:
    """One forward and backward on the training data; nothing is updated, nothing is written."""
    if case.solver_path is None:
        return
    try:
        solver = get_solver(case.solver_path, allow_python=case.allow_python)
        if case.weights_path is not None:
            solver.net.copy_from(case.weights_path)
        with overflow_allowed():
            solver.net.clear_param_diffs()
            solver.net.forward_backward()
    except BlobnetError:
        return  # what is wrong there, others tell
    broken = first_non_finite(solver.net) or _broken_gradient(solver.net)
    if broken is not None:
        yield Finding(
            "the first step of the training computes what is no number",
            f"the first: {broken}",
            "the forward and the weights come before the rate: look at that layer and what it "
            "reads: blobnet trace SOLVER",
            CERTAIN,
        )
        return
    ratios = _ratios(solver)
    if not ratios:
        return
    median = float(np.median(list(ratios.values())))
    evidence = (
        f"the gradient times the rate {solver.get_learning_rate():g} is {median:.2g} of the "
        "weights in the median layer, in the first iteration"
    )
    if median > _LARGEST:
        what = "the rate is too high for these weights: one update is larger than what it changes"
        yield Finding(what, evidence, "a tenth of base_lr, or clip_gradients: 35", LIKELY)
    elif median < _SMALLEST and solver.param.base_lr:
        what = "the rate is too low for these weights: they would take millions of updates"
        yield Finding(what, evidence, "a hundred times base_lr; look at lr_mult", POSSIBLE)


def _broken_gradient(net: Net) -> str | None:
    """In words, the first layer, as the backward goes, whose weights get no number to learn by."""
    for wired in reversed(net.wired):
        for index, blob in enumerate(wired.layer.blobs_):
            if wired.layer.param_propagate_down_[index] and not np.isfinite(blob.diff).all():
                return f'the gradient of weight {index} of layer "{wired.layer.name}"'
    return None


def _ratios(solver: Solver) -> dict[str, float]:
    """By layer: the norm of the gradient times the rate, over that of the weights."""
    net: Net = solver.net
    rate = solver.get_learning_rate()
    rates = {id(blob): lr for blob, lr in zip(net.learnable_params, net.params_lr, strict=True)}
    found: dict[str, float] = {}
    for name, blobs in net.params.items():
        first = blobs[0]
        size = float(np.linalg.norm(first.data)) if first.num_axes > 1 else 0.0
        if size and rates.get(id(first)):
            change = float(np.linalg.norm(first.diff)) * rate * rates[id(first)]
            found[name] = abs(change) / size
    return found
