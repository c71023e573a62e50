"""`blobnet gradients`: watch data, deltas and weight changes over the iterations of a training."""

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
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.cli.signals import SignalHandler
from blobnet.errors import SolverError, explain
from blobnet.input_files import shown
from blobnet.solver import Solver
from blobnet.solvers import get_solver
from blobnet.viz.curves import check_picture
from blobnet.viz.gradients import (
    GradientRecorder,
    find_troubles,
    print_gradients,
    save_gradient_picture,
)
from blobnet.viz.gradients.findings import ADVICE
from blobnet.viz.gradients.picture import PURPOSE

COLUMNS = 200
"""Without --every so many iterations are recorded at most."""


@click.command(
    help="""Train for a while and draw what flows through every layer.

    SOLVER is a solver's prototxt. The picture OUT.png has a row for each layer and a column for
    each iteration: mean, largest value and share of zeros of the data, the deltas and the weight
    changes. Layers with vanishing or exploding gradients, dead ReLUs and saturated Sigmoids and
    TanHs are named. The training is thrown away: no snapshots, no tests.
    """,
    epilog="Example: blobnet gradients models/lenet5/solver.prototxt gradients.png",
)
@click.argument("solver", type=FILE)
@click.argument("out", type=OUT_FILE)
@option(
    "iterations",
    default=100,
    show_default=True,
    type=AT_LEAST_ONE,
    metavar="N",
    help="How long to train.",
)
@option(
    "every",
    type=AT_LEAST_ONE,
    metavar="N",
    help=f"Record one iteration in N.  [default: so that there are {COLUMNS} at most]",
)
@option("snapshot", type=FILE, metavar="FILE", help="A .solverstate to go on from.")
@option("weights", type=FILE, metavar="A,B", help="Weight files to start from.")
@net_state_options
@import_option
@python_option
def command(
    solver: str,
    out: Path,
    iterations: int,
    every: int | None,
    snapshot: str | None,
    weights: str | None,
    level: int,
    stage: str,
    allow_python: bool,
) -> int:
    _check_wishes(out, snapshot, weights)
    start_logging()
    made = get_solver(solver, level=level, stages=split_list(stage), allow_python=allow_python)
    _go_to_start(made, snapshot, weights)
    iterations = _within_max_iter(made, iterations)
    recorder = GradientRecorder(every or -(-iterations // COLUMNS))
    made.add_callback(recorder)
    failure = None
    with SignalHandler("stop", "none") as handler:
        made.set_action_function(handler)
        try:
            made.step(iterations)
        except SolverError as error:  # it diverged: now the picture is needed most
            failure = error
    _report(recorder, failed=failure is not None)
    save_gradient_picture(recorder, out, f"{made.net.name or 'net'}: {solver}")
    click.echo(f"wrote {shown(out)}")
    if failure is not None:
        raise failure
    _report_next_step(solver, out, recorder)
    return handler.exit_code


def _check_wishes(out: Path, snapshot: str | None, weights: str | None) -> None:
    """Find out before the training, not after it, what would go wrong at its end."""
    if out.suffix.lower() != ".png":
        raise click.UsageError(f"the picture is a PNG: call it {out.with_suffix('.png')}")
    check_folder_of(out)
    if snapshot and weights:
        raise click.UsageError("Give a snapshot or weights to start from but not both.")
    check_picture(out, PURPOSE)


def _go_to_start(made: Solver, snapshot: str | None, weights: str | None) -> None:
    """Bring the solver to its starting point; from there it trains and does nothing else."""
    if weights:
        made.load_weights(weights)
    if snapshot:
        made.restore(snapshot)
    made.param.snapshot = made.param.test_interval = made.param.display = 0


def _within_max_iter(solver: Solver, iterations: int) -> int:
    """As many of these iterations as the solver's settings are made for."""
    if not solver.param.HasField("max_iter"):
        return iterations
    left = solver.param.max_iter - solver.iter
    if left < 1:
        raise SolverError(
            explain(
                "nothing is left to train",
                expected=f"a start before max_iter: {solver.param.max_iter}",
                got=f"iteration {solver.iter}",
                fix="an earlier snapshot, or a larger max_iter in the solver's prototxt",
            )
        )
    return min(iterations, left)


def _report(recorder: GradientRecorder, failed: bool) -> None:
    """The table, then what is wrong, then what helps."""
    count = len(recorder.iterations)
    click.echo(f"{count} iterations recorded; numbers and words are about the later half of them")
    print_gradients(recorder)
    findings = find_troubles(recorder)
    if not findings and not failed:
        click.echo("no layer has vanishing or exploding gradients, none is dead or saturated")
    for kind in dict.fromkeys(finding.kind for finding in findings):
        for finding in findings:
            if finding.kind == kind:
                click.echo(f"{kind}: {finding.text}")
        click.echo(f"  {ADVICE[kind]}")


def _report_next_step(solver: str, out: Path, recorder: GradientRecorder) -> None:
    if find_troubles(recorder):
        again = command_line("blobnet", "gradients", solver, out)
        click.echo(f"next: change one thing in the net or the solver, then {again}")
    else:
        click.echo(f"next: {command_line('blobnet', 'train', '--solver', solver)}")
