"""A net as a table: what each layer makes, what it learns, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.proto import Phase
from blobnet.shapes import by_axes
from blobnet.types import Shape
from blobnet.viz.consoles import print_table, table_console
from blobnet.viz.names import visible
from blobnet.viz.numbers import in_bytes, si
from blobnet.wired_layer import WiredLayer

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class LayerRow:
    """One layer of a summary.

    tops           name and shape of each
    parameters     weights of its own; those of another layer count there
    borrowed       weights that another layer shares with it
    multiply_adds  of one forward of the batch: see `Layer.multiply_adds`
    memory         bytes of the tops' values; 0 in place, and where they are another blob's
    """

    name: str
    type: str
    tops: tuple[tuple[str, Shape], ...]
    in_place: bool
    parameters: int
    borrowed: int
    multiply_adds: int
    memory: int


@dataclass(frozen=True)
class NetSummary:
    """The layers of a net, and what they come to; Splits that the net put in are left out.

    batch             the first axis of the first blob: how many items a forward looks at
    learning          the parameters whose rate is not 0
    parameter_memory  bytes of the parameters' values
    """

    name: str
    phase: str
    batch: int
    rows: tuple[LayerRow, ...]
    learning: int
    parameter_memory: int

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        return sum(row.multiply_adds for row in self.rows)

    @property
    def memory(self) -> int:
        """Bytes of all tops' values; gradients take as much again where they are computed."""
        return sum(row.memory for row in self.rows)


def summarize(net: Net) -> NetSummary:
    """Count what a net is made of; nothing is computed."""
    owned = {id(param.blob) for param in net.all_params if param.owner is None}
    first = next(iter(net.blobs.values()), None)
    rates = zip(net.learnable_params, net.params_lr, strict=True)
    return NetSummary(
        name=net.name,
        phase=Phase.Name(net.phase),
        batch=first.shape[0] if first is not None and first.shape else 1,
        rows=tuple(_row(wired, owned) for wired in without_splits(net)),
        learning=sum(int(blob.count) for blob, rate in rates if rate),
        parameter_memory=sum(blob.count * blob.dtype.itemsize for blob in net.learnable_params),
    )


def without_splits(net: Net) -> list[WiredLayer]:
    """The layers but for those that the net put in, where a blob has several readers."""
    return [wired for wired in net.wired if not is_inserted_split(wired.layer.layer_param_)]


def _row(wired: WiredLayer, owned: set[int]) -> LayerRow:
    layer = wired.layer
    new = [blob for blob in wired.top if not any(blob is bottom for bottom in wired.bottom)]
    counts = [(int(blob.count), id(blob) in owned) for blob in layer.blobs_]
    lent = {id(blob.data_storage) for blob in (*wired.bottom, *layer.blobs_)}
    made = [blob for blob in new if id(blob.data_storage) not in lent]
    return LayerRow(
        name=layer.name,
        type=layer.type,
        tops=tuple(
            (name, blob.shape) for name, blob in zip(wired.top_names, wired.top, strict=True)
        ),
        in_place=len(new) < len(wired.top),
        parameters=sum(count for count, own in counts if own),
        borrowed=sum(count for count, own in counts if not own),
        multiply_adds=wired.multiply_adds(),
        memory=sum(blob.count * blob.dtype.itemsize for blob in made),
    )


# --- as text --------------------------------------------------------------------------------------


def print_summary(summary: NetSummary, file: TextIO | None = None) -> None:
    """Write the table and its totals, to stdout if nothing else is said."""
    from rich.text import Text

    console = table_console(file)
    print_table(console, summary_table(summary))
    for line in totals(summary):
        console.print(Text(line), soft_wrap=True)


def summary_table(summary: NetSummary) -> Table:
    """The layers as a table of rich's."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("layer", overflow="fold")
    table.add_column("type", no_wrap=True)
    table.add_column("top", overflow="fold")
    for head in ("parameters", "multiply-\nadds", "memory"):
        table.add_column(head, justify="right", no_wrap=True)
    for row in summary.rows:
        style = "dim" if row.in_place else ""
        table.add_row(*(Text(cell, style) for cell in _cells(row)))
    return table


def _cells(row: LayerRow) -> Iterator[str]:
    yield visible(row.name)
    yield visible(row.type)
    yield "in place" if row.in_place else ", ".join(_top_words(row))
    shared = "shared" if row.borrowed else ""
    yield " + ".join(filter(None, [f"{row.parameters:,}" if row.parameters else "", shared]))
    yield si(row.multiply_adds) if row.multiply_adds else ""
    yield in_bytes(row.memory) if row.memory else ""


def _top_words(row: LayerRow) -> Iterator[str]:
    """The shapes of the tops; with names where there are several."""
    for name, shape in row.tops:
        yield f"{visible(name)} {by_axes(shape)}" if len(row.tops) > 1 else by_axes(shape)


def totals(summary: NetSummary) -> list[str]:
    """What the columns come to, in words."""
    fixed = summary.parameters - summary.learning
    learns = f", {fixed:,} of them never learn" if fixed else ""
    items = f" for {summary.batch} items" if summary.batch > 1 else ""
    per_item = summary.multiply_adds / max(summary.batch, 1)
    each = f", {si(per_item)} for each" if summary.batch > 1 else ""
    values = (
        f"{in_bytes(summary.memory)} of tops, {in_bytes(summary.parameter_memory)} of parameters"
    )
    more = "; gradients take as much again" if summary.phase == "TRAIN" else ""
    return [
        f'net "{visible(summary.name)}" in phase {summary.phase}: {len(summary.rows)} layers',
        f"parameters     {summary.parameters:,}{learns}",
        f"multiply-adds  {si(summary.multiply_adds)}{items}{each}",
        "               of convolutions, inner products and recurrent layers",
        f"memory         {values}{more}",
    ]
