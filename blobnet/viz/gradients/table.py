"""The recorded sizes as a table, one line for each layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TextIO

import numpy as np

from blobnet.viz.consoles import print_table, table_console
from blobnet.viz.gradients.findings import delta_share, later_half, relative_change
from blobnet.viz.gradients.recorder import GradientRecorder, LayerRecord, Size
from blobnet.viz.names import visible

if TYPE_CHECKING:
    from rich.table import Table

_NUMBERS = ("data", "zeros", "delta", "zeros", "delta\n/loss", "change", "change\n/weights")
"""Heads; in two lines, so that the layers' names have room in 80 columns."""


def print_gradients(recorder: GradientRecorder, file: TextIO | None = None) -> None:
    """Write the table, to stdout if nothing else is said."""
    print_table(table_console(file), gradient_table(recorder))


def gradient_table(recorder: GradientRecorder) -> Table:
    """Layers from the data to the loss, as a table of rich's.

    The numbers are medians over the later half of the recorded iterations:

    data, delta, change  mean sizes, with the share of zeros among them
    delta/loss           the norm of the delta over that of the gradient that the loss hands down
    change/weights       the norm of an update over that of the weights
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column("layer", overflow="fold")
    table.add_column("type", no_wrap=True)
    for head in _NUMBERS:
        table.add_column(head, justify="right", no_wrap=True)
    for record in recorder.layers:
        table.add_row(*map(Text, _row(recorder, record)))
    return table


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
