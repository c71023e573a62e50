"""`blobnet plot`: the course of trainings, from their logs."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import AT_LEAST_ONE, PATH, command_line, option
from blobnet.input_files import shown
from blobnet.solver.live_line import duration
from blobnet.viz.curves import check_picture
from blobnet.viz.logs.file import read_logs
from blobnet.viz.logs.panels import MOST_CURVES, curves_left_out
from blobnet.viz.logs.plot import Axis, save_log_plot
from blobnet.viz.logs.run import LoggedRun
from blobnet.viz.names import visible

_MOST_RUNS = 30  # that are told in a line each


@click.command(
    help="""Draw loss, scores and learning rate of trainings from their logs.

    LOG is what `blobnet train` or `caffe train` wrote to stderr. Several logs go into one picture.
    """,
    epilog="Example: blobnet plot lenet5_demo/train.log curves.png --x seconds",
)
@click.argument("logs", nargs=-1, required=True, type=PATH, metavar="LOG...")
@click.argument("out", type=PATH, metavar="OUT.png")
@option(
    "x",
    type=click.Choice(["iterations", "seconds"]),
    default="iterations",
    show_default=True,
    help="What goes to the right.",
)
@option(
    "only",
    multiple=True,
    metavar="NAME",
    help="Draw only what the log calls so, such as loss, lr or accuracy; may be repeated.",
)
@option(
    "curves",
    type=AT_LEAST_ONE,
    default=MOST_CURVES,
    show_default=True,
    metavar="N",
    help="How many curves may share a scale: the first ones.",
)
@option("title", default="", metavar="TEXT", help="What stands above the picture.")
@option(
    "smooth",
    type=AT_LEAST_ONE,
    default=1,
    show_default=True,
    metavar="N",
    help="Draw the mean of N displayed losses instead of each.",
)
def command(
    logs: tuple[Path, ...],
    out: Path,
    x: Axis,
    only: tuple[str, ...],
    curves: int,
    title: str,
    smooth: int,
) -> None:
    if out.suffix.lower() != ".png":  # a forgotten OUT must not cost a log
        raise click.BadParameter(f"{out}: the last name is the picture's, OUT.png")
    check_picture(out)
    runs = read_logs(logs)
    save_log_plot(runs, out, x, only, curves, title=title, smooth=smooth)
    click.echo(f"wrote {shown(out)}")
    for title, (drawn, number) in curves_left_out(runs, only, curves).items():
        others = "--only NAME draws others, --curves N more"
        click.echo(f"  {title}: the first {drawn} of {number:,} curves; {others}")
    for run in runs[:_MOST_RUNS]:
        click.echo(f"  {describe(run)}")
    if len(runs) > _MOST_RUNS:
        click.echo(f"  and {len(runs) - _MOST_RUNS:,} more trainings")
    snapshot = next((run.snapshot for run in reversed(runs) if run.snapshot), None)
    show = command_line("blobnet", "show", "NET", snapshot or "WEIGHTS", "filters.png")
    click.echo(f"next: {show}")


def describe(run: LoggedRun) -> str:
    """A training in a line: its iterations, its time, and where its numbers stand at the end."""
    last = [
        f"{visible(series.label)} {series.values[-1]:.4g}"
        for series in run.series
        if series.kind in ("loss", "test") and series.values
    ]
    seconds = run.last_seconds()
    took = f" in {duration(seconds)}" if seconds == seconds else ""  # not nan
    few = [*last[:4], f"and {len(last) - 4} more"] if len(last) > 5 else last
    return f"{visible(run.name)}: iterations {run.first:,} to {run.last:,}{took}; {', '.join(few)}"
