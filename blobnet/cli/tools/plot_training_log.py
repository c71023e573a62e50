"""`blobnet plot_training_log`: what Caffe's tools/extra/plot_training_log.py.example does."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import PATH
from blobnet.input_files import shown
from blobnet.viz.curves import check_picture
from blobnet.viz.logs.charts import CHARTS, save_chart
from blobnet.viz.logs.file import read_log

_LIST = "\n".join(f"    {number}: {chart.title}" for number, chart in enumerate(CHARTS))


@click.command(
    help=f"""Draw one quantity of trainings from their logs.

    \b
    CHART_TYPE is one of
{_LIST}
    """,
    epilog="Example: blobnet plot_training_log 6 loss.png train.log",
)
@click.argument("chart_type", type=click.IntRange(0, len(CHARTS) - 1))
@click.argument("out", type=PATH, metavar="OUT.png")
@click.argument("logs", nargs=-1, required=True, type=PATH, metavar="LOG...")
def command(chart_type: int, out: Path, logs: tuple[Path, ...]) -> None:
    if out.suffix.lower() != ".png":  # the order of the words must not cost a log
        raise click.BadParameter(f"{shown(out)}: the second word is the picture's name, OUT.png")
    check_picture(out)
    save_chart(CHARTS[chart_type], [(log, read_log(log)) for log in logs], out)
    click.echo(f"wrote {shown(out)}")
