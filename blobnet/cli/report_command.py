"""`blobnet report`: a training as one page in a file, to send."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import (
    FILE,
    OUT_FILE,
    check_folder_of,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.input_files import shown
from blobnet.serialization.files import atomic_write, check_writable
from blobnet.solvers import get_solver
from blobnet.viz.logs.file import read_log
from blobnet.viz.logs.run import LoggedRun
from blobnet.watch.report import log_report, newest_state, solver_report, write_report
from blobnet.watch.session import Session


@click.command(
    help="""Write a page about a training into one file, to send.

    Of a solver's prototxt: the net with all that `blobnet watch` shows of a pass at its newest
    snapshot, and what a test says. Of anything else, a log: the course of the training.
    The page needs no server and no network.
    """,
    epilog="Example: blobnet report models/lenet5/solver.prototxt lenet5.html --log train.log",
)
@click.argument("source", type=FILE, metavar="SOLVER|LOG")
@click.argument("out", type=OUT_FILE, metavar="OUT.html")
@option("log", type=FILE, metavar="FILE", help="The training's log, for loss and scores.")
@option("snapshot", type=FILE, metavar="FILE", help="This .solverstate, not the newest.")
@option("weights", type=FILE, metavar="A,B", help="These weight files, and no snapshot.")
@click.option("--double", "-double", is_flag=True, help="Compute in float64, as one does by hand.")
@click.option("--no-test", "--no_test", "-no_test", is_flag=True, help="Do not test.")
@net_state_options
@import_option
@python_option
def command(
    source: str,
    out: Path,
    log: str | None,
    snapshot: str | None,
    weights: str | None,
    double: bool,
    no_test: bool,
    level: int,
    stage: str,
    allow_python: bool,
) -> None:
    is_solver = source.lower().endswith(".prototxt")
    _check_wishes(
        out, snapshot, weights, others=bool(log or no_test or double), is_solver=is_solver
    )
    if not is_solver:
        runs = read_log(source)
        report = log_report(runs[-1])
        click.echo(f"the course of {runs[-1].name}")
    else:
        state = (level, split_list(stage), allow_python)
        dtype = "float64" if double else "float32"
        session = _session(source, snapshot, weights, state, dtype)
        session.look()
        if session.solver.test_nets and not no_test:
            session.test()
        run = read_log(log)[-1] if log else None
        report = solver_report(session, _named(run))
    with atomic_write(out) as temporary:
        temporary.write_text(write_report(report, f"{Path(source).name}: a training"), "utf-8")
    click.echo(f"wrote {shown(out)}")


def _check_wishes(
    out: Path, snapshot: str | None, weights: str | None, *, others: bool, is_solver: bool
) -> None:
    """Find out before the work, not after it, what would go wrong at its end."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"the report is a page: call it {shown(out.with_suffix('.html'))}")
    if snapshot and weights:
        raise click.UsageError("Give a snapshot or weights but not both.")
    if not is_solver and (snapshot or weights or others):
        raise click.UsageError("options are for a solver, which ends in .prototxt: this is a log")
    check_folder_of(out)
    check_writable(out)


def _session(
    source: str,
    snapshot: str | None,
    weights: str | None,
    state: tuple[int, list[str], bool],
    dtype: str,
) -> Session:
    """The training at its newest snapshot, or where the options say."""
    level, stages, allow_python = state
    made = get_solver(source, dtype=dtype, level=level, stages=stages, allow_python=allow_python)
    made.param.display = made.param.snapshot = 0
    knows_first = made.param.random_seed >= 0
    session = Session(made) if knows_first else None  # else the first filters were others
    newest = newest_state(made.param.snapshot_prefix)
    if weights:
        made.load_weights(weights)
    elif snapshot or newest:
        made.restore(snapshot or str(newest))
        click.echo(f"at {shown(snapshot or str(newest))}")
    else:
        click.echo("there is no snapshot: the report is of the first weights")
    return session or Session(made)


def _named(run: LoggedRun | None) -> LoggedRun | None:
    if run is not None:
        click.echo(f"the course of {run.name}")
    return run
