"""`blobnet trace`: a training step told completely."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import (
    AT_LEAST_ONE,
    FILE,
    OUT_FILE,
    check_folder_of,
    command_line,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.input_files import shown
from blobnet.serialization.files import check_writable
from blobnet.solvers import get_solver
from blobnet.viz.trace import trace_steps, trace_text, write_trace_page
from blobnet.viz.trace.array_note import FEW


@click.command(
    help="""Tell a training step: forward, backward, and how the weights change.

    For every layer what comes in, the formula, what goes out; then the gradients, from the
    loss to the data; then each weight before the update, its gradient, the change, and the
    weight afterwards. Nothing is tested, and no snapshot is written.
    """,
    epilog="Example: blobnet trace models/by_hand/solver.prototxt --html step.html",
)
@click.argument("solver", type=FILE, metavar="SOLVER")
@option(
    "iterations",
    default=1,
    show_default=True,
    type=AT_LEAST_ONE,
    metavar="N",
    help="How many steps to tell.",
)
@option("layer", multiple=True, metavar="NAME", help="Only this layer; may be repeated.")
@option(
    "full",
    default=FEW,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="N",
    help="Show arrays of up to N values in full, larger ones by their statistics.",
)
@option("weights", type=FILE, metavar="A,B", help="Weight files to start from.")
@option("snapshot", type=FILE, metavar="FILE", help="A .solverstate to go on from.")
@option(
    "html",
    metavar="OUT",
    type=OUT_FILE,
    help="Write one page of HTML instead, to unfold layer by layer.",
)
@net_state_options
@import_option
@python_option
def command(
    solver: str,
    iterations: int,
    layer: tuple[str, ...],
    full: int,
    weights: str | None,
    snapshot: str | None,
    html: Path | None,
    level: int,
    stage: str,
    allow_python: bool,
) -> None:
    _check_wishes(html, snapshot, weights)
    made = get_solver(solver, level=level, stages=split_list(stage), allow_python=allow_python)
    made.param.test_interval = made.param.display = made.param.snapshot = 0
    if weights:
        made.load_weights(weights)
    if snapshot:
        made.restore(snapshot)
    left = (
        max(made.param.max_iter - made.iter, 1) if made.param.HasField("max_iter") else iterations
    )
    steps = trace_steps(made, min(iterations, left), layers=layer, few=full)
    if html is not None:
        write_trace_page(list(steps), html, made.net)
        click.echo(f"wrote {shown(html)}")
    else:
        for step in steps:
            click.echo(f"{trace_text(step)}\n")
    click.echo(f"next: {command_line('blobnet', 'gradients', solver, 'gradients.png')}")


def _check_wishes(html: Path | None, snapshot: str | None, weights: str | None) -> None:
    """Find out before the step, not after it, what would go wrong at its end."""
    if html is not None:
        check_folder_of(html)
    if snapshot and weights:
        raise click.UsageError("Give a snapshot or weights to start from but not both.")
    if html is not None:
        check_writable(html)
