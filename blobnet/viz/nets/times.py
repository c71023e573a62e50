"""What each layer of a net takes and how much it multiplies meanwhile, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from blobnet.viz.consoles import print_table, table_console
from blobnet.viz.names import visible
from blobnet.viz.numbers import si
from blobnet.wired_layer import WiredLayer

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class TimedLayer:
    """One layer of a net, or all of them.

    forward, backward              milliseconds of one pass; None where there is none
    multiply_adds, and _backward   what is multiplied meanwhile, for the whole batch
    """

    name: str
    type: str
    forward: float | None
    backward: float | None
    multiply_adds: int
    multiply_adds_backward: int


def timed_layer(wired: WiredLayer, forward: float, backward: float | None) -> TimedLayer:
    """A layer with its milliseconds and its multiply-adds.

    A pass back multiplies as often as one forward for the weights' gradients, and as often again
    for the bottoms', where they are wanted.
    """
    count = wired.multiply_adds()
    passes = any(wired.layer.param_propagate_down_) + any(wired.bottom_need_backward)
    return TimedLayer(
        wired.layer.name,
        wired.layer.type,
        None if wired.fused else forward,
        backward if wired.need_backward else None,
        count,
        count * passes if wired.need_backward and backward is not None else 0,
    )


def total(layers: Sequence[TimedLayer]) -> TimedLayer:
    """All layers as one."""
    backward = [layer.backward for layer in layers if layer.backward is not None]
    return TimedLayer(
        "total",
        "",
        sum(layer.forward or 0 for layer in layers),
        sum(backward) if backward else None,
        sum(layer.multiply_adds for layer in layers),
        sum(layer.multiply_adds_backward for layer in layers),
    )


def print_times(
    layers: Sequence[TimedLayer], product_speed: float, threads: int, file: TextIO | None = None
) -> None:
    """Write the table, to stdout if nothing else is said.

    product_speed  floating point operations a second that a large matrix product reaches here
    """
    console = table_console(file)
    print_table(console, times_table(layers, product_speed))
    console.print(_words_on_speed(product_speed, threads))


def _words_on_speed(product_speed: float, threads: int) -> Table:
    from rich.table import Table

    words = Table.grid(padding=(0, 2, 0, 0))
    words.add_row(
        "peak",
        f"{si(product_speed)}FLOP/s is what one large matrix product reaches here, in {threads} "
        f"thread{'s' if threads > 1 else ''}. A multiply-add is two operations, those of "
        "convolutions, inner products and recurrent layers are counted.",
    )
    return words


def times_table(layers: Sequence[TimedLayer], product_speed: float) -> Table:
    """The layers and their total as a table of rich's."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column("layer", overflow="fold")
    table.add_column("type", no_wrap=True)
    for head in ("multiply-\nadds", *_heads("forward"), *_heads("backward")):
        table.add_column(head, justify="right", no_wrap=True)
    for layer in layers:
        table.add_row(*map(Text, _cells(layer, product_speed)))
    table.add_section()
    table.add_row(*(Text(cell, "bold") for cell in _cells(total(layers), product_speed)))
    return table


def _heads(way: str) -> tuple[str, str, str]:
    """Those of a pass, in two lines: beside them types of layers fit into 80 columns."""
    return f"{way}\nms", "GFLOP\n/s", "of\npeak"


def _cells(layer: TimedLayer, product_speed: float) -> Iterator[str]:
    yield visible(layer.name)
    yield visible(layer.type)
    yield si(layer.multiply_adds) if layer.multiply_adds else ""
    yield from _way(layer.forward, layer.multiply_adds, product_speed)
    yield from _way(layer.backward, layer.multiply_adds_backward, product_speed)


def _way(milliseconds: float | None, count: int, product_speed: float) -> Iterator[str]:
    """The time of a pass, its speed, and that as a share of the product's speed."""
    yield f"{milliseconds:.3f}" if milliseconds is not None else "-"
    if not milliseconds or not count:
        yield from ("", "")
        return
    speed = 2 * count / (milliseconds / 1e3)
    yield f"{speed / 1e9:.1f}"
    yield f"{100 * speed / product_speed:.0f} %"
