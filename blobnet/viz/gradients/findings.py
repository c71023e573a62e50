"""What is wrong with a net's gradients, in plain words.

vanishing  a layer's delta is less than a thousandth of the gradient that the loss hands down
exploding  it is more than a thousand times that, or a number is not finite: once is enough to
           throw the weights far away; or updates are larger than the weights that they change
dead       a layer with a `dead_value` (ReLU) gives nothing else, in all or in at least half of its
           channels
saturated  at least half of the outputs of a layer with `limits` (Sigmoid, TanH) lie near them:
           see `NEAR_LIMIT`

But for explosions, all is judged by the later half of the recorded iterations: by what stays, not
by what passes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from blobnet.viz.gradients.recorder import GradientRecorder, LayerRecord
from blobnet.viz.names import visible

VANISHING = 1e-3
"""Norm of a layer's delta over that of the gradient from the loss: the median must be above."""

EXPLODING = 1e3
"""The same: it must never be above."""

LARGE_UPDATE = 1.0
"""Norm of an update over that of the weights: the median must not be above."""

SATURATED = 0.5
"""Share of outputs near the limits: the mean must be below."""

DEAD_CHANNELS = 0.5
"""A layer is named where at least this share of its channels gives nothing but its dead value."""

ADVICE = {
    "vanishing": "such layers hardly learn. What helps: xavier or msra fillers, ReLU in place of "
    "Sigmoid or TanH, BatchNorm, shortcuts around layers",
    "exploding": "such layers are thrown about. What helps: a smaller base_lr, xavier or msra "
    "fillers, BatchNorm, clip_gradients",
    "dead": "no gradient passes through zeros. What helps: a smaller base_lr, smaller first "
    "weights, relu_param { negative_slope: 0.01 }",
    "saturated": "near its limits the function has almost no slope. What helps: smaller first "
    "weights, inputs around 0 of size 1, ReLU",
}


@dataclass(frozen=True)
class Finding:
    """One trouble: its `kind` (a key of ADVICE), the `layers` that have it, and a sentence."""

    kind: str
    layers: tuple[str, ...]
    text: str


def find_troubles(recorder: GradientRecorder) -> list[Finding]:
    """What a person should know about the recorded gradients; empty where all is well."""
    return [
        *_lost_at_the_loss(recorder),
        *_vanishing(recorder),
        *_exploding(recorder),
        *_large_updates(recorder),
        *_not_finite(recorder),
        *_loss_not_finite(recorder),
        *_dead(recorder),
        *_saturated(recorder),
    ]


def later_half(recorder: GradientRecorder) -> slice:
    """Which recorded iterations are judged."""
    return slice(len(recorder.iterations) // 2, None)


def delta_share(recorder: GradientRecorder, record: LayerRecord) -> float:
    """The size of a layer's delta, measured by the gradient from the loss; NaN without one."""
    return _median(delta_shares(recorder, record)[later_half(recorder)])


def delta_shares(recorder: GradientRecorder, record: LayerRecord) -> list[float]:
    """The same for each recorded iteration."""
    pairs = zip(record.delta, recorder.loss_delta, strict=True)
    return [delta.norm / loss if loss > 0 else float("nan") for delta, loss in pairs]


def relative_change(recorder: GradientRecorder, record: LayerRecord) -> float:
    """How much an update changes a layer's weights, measured by them; NaN without weights."""
    return _median(record.relative_change[later_half(recorder)])


def _median(values: list[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return float(np.median(finite)) if finite else float("nan")


def _lost_at_the_loss(recorder: GradientRecorder) -> list[Finding]:
    judged = recorder.loss_delta[later_half(recorder)]
    if not judged or any(loss != 0 for loss in judged):
        return []
    return [Finding("vanishing", (), "the loss itself hands down a gradient of exactly 0")]


def _vanishing(recorder: GradientRecorder) -> list[Finding]:
    shares = [delta_share(recorder, record) for record in recorder.layers]
    words = "delta {} times what the loss hands down"
    return _of_size(recorder, "vanishing", shares, lambda share: share < VANISHING, words)


def _exploding(recorder: GradientRecorder) -> list[Finding]:
    """By the largest share: where there are none that is 0."""
    shares = [
        max(filter(math.isfinite, delta_shares(recorder, record)), default=0.0)
        for record in recorder.layers
    ]
    words = "delta up to {} times what the loss hands down"
    return _of_size(recorder, "exploding", shares, lambda share: share > EXPLODING, words)


def _large_updates(recorder: GradientRecorder) -> list[Finding]:
    changes = [relative_change(recorder, record) for record in recorder.layers]
    words = "updates {} times as large as the weights"
    return _of_size(recorder, "exploding", changes, lambda change: change > LARGE_UPDATE, words)


def _of_size(
    recorder: GradientRecorder,
    kind: str,
    sizes: list[float],
    is_bad: Callable[[float], bool],
    words: str,
) -> list[Finding]:
    """One finding about all layers of a bad size; NaN, where there is none, is not bad."""
    pairs = zip(recorder.layers, sizes, strict=True)
    bad = [(record, size) for record, size in pairs if is_bad(size)]
    if not bad:
        return []
    records = [record for record, _ in bad]
    text = f"{_span(records)}: {words.format(_range([size for _, size in bad]))}"
    return [_finding(kind, records, text)]


def _not_finite(recorder: GradientRecorder) -> list[Finding]:
    """Layers with a number that is none, and the iteration in which the first one came up."""
    found = [_bad_iterations(recorder, record) for record in recorder.layers]
    records = [record for record, bad in zip(recorder.layers, found, strict=True) if bad]
    if not records:
        return []
    first = min(bad[0] for bad in found if bad)
    return [_finding("exploding", records, f"{_span(records)}: not finite, iteration {first}")]


def _loss_not_finite(recorder: GradientRecorder) -> list[Finding]:
    pairs = zip(recorder.iterations, recorder.losses, strict=True)
    bad = [iteration for iteration, loss in pairs if not math.isfinite(loss)]
    return [Finding("exploding", (), f"the loss: not finite, iteration {bad[0]}")] if bad else []


def _bad_iterations(recorder: GradientRecorder, record: LayerRecord) -> list[int]:
    sizes = zip(recorder.iterations, record.data, record.delta, record.change, strict=True)
    return [
        iteration for iteration, *parts in sizes if any(part.mean == math.inf for part in parts)
    ]


def _dead(recorder: GradientRecorder) -> list[Finding]:
    findings = []
    for record in recorder.layers:
        seen = [alive for alive in record.alive[later_half(recorder)] if alive.size]
        if not seen:
            continue
        channels = len(seen[0])
        dead = channels - int(np.any(seen, axis=0).sum())
        nothing_else = f"nothing but {f'{record.dead_value:g}' if record.dead_value else 'zeros'}"
        if dead == channels:
            text = f"{visible(record.name)}: {nothing_else}"
        elif dead >= DEAD_CHANNELS * channels:
            text = f"{visible(record.name)}: {nothing_else} in {dead} of {channels} channels"
        else:
            continue
        findings.append(_finding("dead", [record], text))
    return findings


def _saturated(recorder: GradientRecorder) -> list[Finding]:
    findings = []
    for record in recorder.layers:
        shares = [s for s in record.near_limits[later_half(recorder)] if math.isfinite(s)]
        if shares and np.mean(shares) >= SATURATED:
            share = f"{100 * np.mean(shares):.0f} %"
            text = f"{visible(record.name)}: {share} of the outputs near the limits"
            findings.append(_finding("saturated", [record], text))
    return findings


def _finding(kind: str, layers: list[LayerRecord], text: str) -> Finding:
    return Finding(kind, tuple(record.name for record in layers), text)


def _span(layers: list[LayerRecord]) -> str:
    """A few layers by their names, many by the first, the last and their number."""
    if len(layers) <= 3:
        return ", ".join(visible(record.name) for record in layers)
    first, last = visible(layers[0].name), visible(layers[-1].name)
    return f"{len(layers)} layers from {first} to {last}"


def _range(values: list[float]) -> str:
    low, high = f"{min(values):.2g}", f"{max(values):.2g}"
    return low if low == high else f"{low} to {high}"
