"""What a log tells of a training that does not learn."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from blobnet.doctor.case import Case
from blobnet.doctor.debug_lines import FirstBroken, first_broken
from blobnet.doctor.finding import CERTAIN, LIKELY, POSSIBLE, VERY_LIKELY, Finding, several
from blobnet.errors import BlobnetError
from blobnet.types import Array
from blobnet.viz.logs import LoggedRun, Series, read_log

_SATURATED = -math.log(np.finfo(np.float32).tiny)
"""87.3365: what SoftmaxWithLoss gives where the true class has no probability at all."""
_NEAR_CHANCE = 0.03  # of ln(classes)
_THROWN = 0.5  # of the weights, in one update
_LEAST = 6  # values of a loss from which something is told


def examine(case: Case) -> Iterator[Finding]:
    """The loss of the last run in the log. Raises LogError where it cannot be read."""
    if case.log_path is None:
        return
    runs = read_log(case.log_path)
    layer = first_broken(case.log_path)
    for run in runs[-1:]:
        losses = [each for each in run.series if each.kind == "loss" and len(each.values)]
        for series in losses[:1]:
            broken = np.flatnonzero(~np.isfinite(np.array(series.values)))
            if len(broken):
                yield _no_number(series, int(broken[0]), layer, case)
                continue
            if layer is not None:
                yield _broken_layer(layer)
            yield from _of_loss(series, case)
            yield from _of_tests(run, series)


def _of_loss(series: Series, case: Case) -> Iterator[Finding]:
    values = np.array(series.values)
    if abs(float(values[-1]) - _SATURATED) < 0.01:
        yield Finding(
            "the loss is 87.3365: the true class has no probability at all",
            f"at iteration {series.iterations[-1]}: {values[-1]:.6g}, which is -ln of the smallest "
            "float32",
            "the scores are huge: a smaller base_lr, inputs of size 1, smaller first weights",
            CERTAIN,
        )
        return
    if len(values) < _LEAST:
        return
    late = values[-max(len(values) // 3, 3) :]
    for classes in _classes(case):
        chance = math.log(classes)
        if np.abs(late - chance).max() < _NEAR_CHANCE * chance:
            yield Finding(
                f"the loss stays at ln({classes}): the net guesses",
                f"{late.mean():.4f} over the last {len(late)} values; ln({classes}) = {chance:.4f}",
                "labels that do not belong to the images, a rate that is too low or has killed "
                "all ReLUs, or data that is not shuffled: blobnet gradients SOLVER OUT.png",
                VERY_LIKELY,
            )
            return
    yield from _of_rate(values, late)


def _no_number(series: Series, first: int, layer: FirstBroken | None, case: Case) -> Finding:
    before = ", ".join(f"{value:g}" for value in list(series.values)[max(first - 3, 0) : first])
    since = f"from iteration {series.iterations[first]} on; before: {before or 'nothing'}"
    if layer is not None:
        found = _broken_layer(layer)
        what = f"the loss is no number: {found.what}"
        return Finding(what, f"{since}\n{found.evidence}", found.advice, CERTAIN)
    return Finding(
        "the loss is no number",
        since,
        "a rate that is too high, or input that is no number: try a tenth of base_lr, or "
        "clip_gradients: 35\nwhich layer is the first, a log with `debug_info: true` and "
        "`display: 1` in the solver tells"
        + ("" if case.solver_path else ", or --solver: a step is run here"),
        CERTAIN,
    )


def _broken_layer(broken: FirstBroken) -> Finding:
    """Of the lines of debug_info: where values first were no numbers, and what led to it."""
    when = "" if broken.iteration is None else f" in iteration {broken.iteration}"
    where = "while testing" if broken.is_test else f"in the {broken.stage}"
    seen = [f"{broken.what} of layer '{broken.layer}' is {broken.value}"]
    if broken.before:
        sizes = ", ".join(f"{size:g} in iteration {at}" for at, size in broken.before)
        seen.append(f"its size before: {sizes}")
    if broken.weights:
        seen.append(f"weights that were no numbers then: {several(broken.weights)}")
    if broken.update:
        seen.append(f"the largest update before: {broken.update.words}")
    return Finding(
        f"layer '{broken.layer}' was the first{when}, {where}",
        "\n".join(seen),
        _mending(broken),
        CERTAIN,
    )


def _mending(broken: FirstBroken) -> str:
    is_thrown = broken.update is not None and broken.update.share > _THROWN
    if broken.weights or broken.stage == "update" or is_thrown:
        return "updates throw the weights: a tenth of base_lr, warm-up, or clip_gradients: 35"
    if broken.stage == "backward":
        return (
            f"the forward was sound: look at what '{broken.layer}' divides by or takes the "
            "logarithm of, and at the labels;\nclip_gradients does not help"
        )
    return (
        f"its weights were sound: look at what '{broken.layer}' reads\n"
        "values that grow from layer to layer: smaller first weights (xavier, msra), or a smaller "
        "input (scale)\na data layer: the records themselves"
    )


def _of_rate(values: Array, late: Array) -> Iterator[Finding]:
    start, least = float(values[:3].mean()), float(values.min())
    end = float(late.mean())
    if end > 1.5 * start and end > 2 * least:
        yield Finding(
            "the loss grows: the rate is too high",
            f"{start:.4g} at first, {end:.4g} at last, {least:.4g} at its best",
            "a tenth of base_lr, or warm-up",
            LIKELY,
        )
    elif start - end < 0.02 * abs(start) and late.std() < 0.02 * abs(start) and len(values) > 20:
        yield Finding(
            "the loss hardly moves: the rate may be too low",
            f"{start:.4g} at first, {end:.4g} at last",
            "ten times base_lr; see that lr_mult is not 0 where it should learn",
            POSSIBLE,
        )


def _of_tests(run: LoggedRun, training: Series) -> Iterator[Finding]:
    """A test loss that grows while that of the training falls."""
    tests = [each for each in run.series if each.kind == "test" and each.is_loss]
    for series in tests:
        values = np.array(series.values)
        if len(values) < _LEAST or not np.isfinite(values).all():
            continue
        best = int(values.argmin())
        falls = training.values[-1] < 0.7 * float(np.array(training.values).mean())
        if values[-1] > 1.3 * values[best] and best < 0.7 * len(values) and falls:
            yield Finding(
                "the net learns its images by heart: the test loss grows again",
                f"{series.name}: {values[best]:.4g} at iteration {series.iterations[best]}, "
                f"{values[-1]:.4g} at last; the training loss fell",
                f"take the snapshot near {series.iterations[best]}; more data, dropout, mirror, "
                "weight_decay",
                LIKELY,
            )


def _classes(case: Case) -> list[int]:
    """How many classes the losses tell apart."""
    try:
        net = case.train_net or case.net
    except BlobnetError:
        return []
    return [
        int(wired.bottom[0].shape[1])
        for wired in net.wired
        if len(wired.bottom) > 1
        and wired.bottom[0].num_axes > 1
        and any(wired.layer.loss(i) for i in range(len(wired.top)))
        and wired.bottom[0].shape[1] > 1
    ]
