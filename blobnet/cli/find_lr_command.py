"""`blobnet find_lr`: which base_lr suits a training."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    FILE,
    OUT_FILE,
    check_folder_of,
    command_line,
    finite,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
    threads_option,
)
from blobnet.cli.progress import training_progress
from blobnet.cli.signals import SignalHandler
from blobnet.input_files import shown
from blobnet.solver.rate_range import RateRange, find_rates
from blobnet.solvers import get_solver
from blobnet.viz.curves import check_picture
from blobnet.viz.rate_range import PURPOSE, save_rate_range


@click.command(
    help="""Find a base_lr: train for a little with rates that grow, and draw the loss.

    SOLVER is a solver's prototxt. Rates that suit are from a tenth of the one with the lowest loss
    up to the one at which it falls fastest. The training is thrown away.
    """,
    epilog="Example: blobnet find_lr models/lenet5/solver.prototxt rates.png",
)
@click.argument("solver", type=FILE)
@click.argument("out", type=OUT_FILE)
@option("lowest", type=float, default=1e-6, show_default=True, callback=finite, help="First rate.")
@option("highest", type=float, default=10.0, show_default=True, callback=finite, help="Last rate.")
@option(
    "iterations",
    default=100,
    show_default=True,
    type=AT_LEAST_ONE,
    metavar="N",
    help="How many rates to try.",
)
@option("weights", type=FILE, metavar="A,B", help="Weight files to start from.")
@net_state_options
@import_option
@python_option
@threads_option
def command(
    solver: str,
    out: Path,
    lowest: float,
    highest: float,
    iterations: int,
    weights: str | None,
    level: int,
    stage: str,
    allow_python: bool,
) -> int:
    if out.suffix.lower() != ".png":
        raise click.UsageError(f"the picture is a PNG: call it {out.with_suffix('.png')}")
    check_folder_of(out)
    check_picture(out, PURPOSE)
    start_logging()
    made = get_solver(solver, level=level, stages=split_list(stage), allow_python=allow_python)
    if weights:
        made.load_weights(weights)
    made.param.max_iter = iterations
    with SignalHandler("stop", "none") as handler, training_progress(made):
        made.set_action_function(handler)
        found = find_rates(made, lowest, highest, iterations)
    if found.rates:
        save_rate_range(found, out, f"{made.net.name or 'net'}: {solver}")
    _report(found, solver, out)
    return handler.exit_code


def _report(found: RateRange, solver: str, out: Path) -> None:
    if not found.rates:
        click.echo(f"no rate was tried: {found.stop}")
        return
    click.echo(f"wrote {shown(out)}")
    if found.stop:
        click.echo(f"ended at rate {found.rates[-1]:.2g}: {found.stop}")
    steepest, suggestion = found.steepest(), found.suggestion()
    if steepest is None or suggestion is None:
        click.echo("the loss does not fall: try more --iterations, or other rates")
        return
    click.echo(f"the loss falls fastest at {steepest:.2g}, and is lowest at {found.lowest():.2g}")
    rate = f"base_lr={suggestion:.1g}"
    click.echo(f"next: {command_line('blobnet', 'train', '--solver', solver, '--set', rate)}")
