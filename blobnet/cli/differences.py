"""What `export` and `import` tell of a comparison with ONNX Runtime."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import click

from blobnet.cli.wrapping import wrapped
from blobnet.comparing.difference import LEAST, TOLERANCE
from blobnet.exchange.onnx.comparison import OutputDifference
from blobnet.exchange.onnx.layer_check import ALONE
from blobnet.viz.names import visible

Dims = Sequence[int | str | None]


def print_differences(
    differences: Sequence[OutputDifference], shapes: Mapping[str, Dims], unchecked: str
) -> None:
    """A row for each output; or loudly that there was no check."""
    if not differences:
        click.echo(f"NOT CHECKED: {unchecked}")
        return
    rows = [("output", "shape", "largest difference", "of the largest value")]
    for one in differences:
        numbers = f"{one.largest:.1e}", f"{one.relative:.1e}"
        if math.isinf(one.largest):
            numbers = "other rows, or infinite", ""
        rows.append((visible(one.name), dims_in_words(shapes[one.name]), *numbers))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    click.echo("blobnet and ONNX Runtime, on the same inputs:")
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  " + "  ".join(cells).rstrip())
    tiny = [one for one in differences if one.relative > TOLERANCE and not one.grows_in]
    if tiny:
        names = ", ".join(visible(one.name) for one in tiny)
        click.echo(wrapped(f"{names}: where all values were near 0, {LEAST:.0e} apart at most", ""))
    for grows_in in dict.fromkeys(one.grows_in for one in differences if one.grows_in):
        click.echo(
            f"a rounding grows in {visible(grows_in)}, or turns a decision over there:\n"
            f"on the same values each layer agrees to {ALONE:.0e}"
        )


def dims_in_words(dims: Dims) -> str:
    """N x 3 x H x W; `?` for what follows from the others."""
    return " x ".join("?" if dim is None else str(dim) for dim in dims) or "one number"
