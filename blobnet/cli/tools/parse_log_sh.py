"""`blobnet parse_log.sh`: what Caffe's tools/extra/parse_log.sh does."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import OUT_FILE
from blobnet.viz.logs.columns import write_columns


@click.command(
    help="""Write a log as aligned columns, LOG.test and LOG.train in the current folder.

    Columns are iterations, seconds, the test's outputs 0 and 1; and iterations, seconds, loss and
    learning rate.
    """,
    epilog="Example: blobnet parse_log.sh train.log",
)
@click.argument("log", type=OUT_FILE)
def command(log: Path) -> None:
    write_columns(log, Path())
