"""`blobnet extract_seconds`: what Caffe's tools/extra/extract_seconds.py does."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import OUT_FILE, check_folder_of
from blobnet.viz.logs.columns import write_seconds


@click.command(
    help="""Write when each line of a log with `Iteration` came, one number a line.

    Seconds count from the line `Solving ...`.
    """,
    epilog="Example: blobnet extract_seconds train.log seconds.txt",
)
@click.argument("input_file", type=OUT_FILE)
@click.argument("output_file", type=OUT_FILE)
def command(input_file: Path, output_file: Path) -> None:
    check_folder_of(output_file)
    write_seconds(input_file, output_file)
