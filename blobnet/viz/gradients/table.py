"""The recorded sizes as a table of text, one line for each layer."""

from __future__ import annotations

import math

import numpy as np

from blobnet.viz.gradients.findings import delta_share, later_half, relative_change
from blobnet.viz.gradients.recorder import GradientRecorder, LayerRecord, Size
from blobnet.viz.names import visible

_HEADER = (
    *("layer", "type", "data", "zeros", "delta", "zeros"),
    *("delta/loss", "change", "change/weights"),
)


def gradient_table(recorder: GradientRecorder) -> list[str]:
    """Layers from the data to the loss: medians over the later half of the recorded iterations.

    data, delta, change  mean sizes, with the share of zeros among them
    delta/loss           the norm of the delta over that of the gradient that the loss hands down
    change/weights       the norm of an update over that of the weights
    """
    rows = [_HEADER, *(_row(recorder, record) for record in recorder.layers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        words = [word.ljust(width) for word, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [word.rjust(width) for word, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join([*words, *numbers]).rstrip())
    return lines


def _row(recorder: GradientRecorder, record: LayerRecord) -> tuple[str, ...]:
    where = later_half(recorder)
    data, delta, change = (
        _typical(sizes[where]) for sizes in (record.data, record.delta, record.change)
    )
    return (
        visible(record.name),
        visible(record.type),
        _number(data.mean),
        _percent(data.zeros),
        _number(delta.mean),
        _percent(delta.zeros),
        _number(delta_share(recorder, record)),
        _number(change.mean),
        _number(relative_change(recorder, record)),
    )


def _typical(sizes: list[Size]) -> Size:
    """The median of each number, over those iterations that have it."""
    known = [size for size in sizes if not math.isnan(size.mean)]
    if not known:
        return Size(*[float("nan")] * 4)
    return Size(*(float(np.median(column)) for column in zip(*known, strict=True)))


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1e}"


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.0f} %"
