"""`blobnet parse_log`: what Caffe's tools/extra/parse_log.py does."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FOLDER, OUT_FILE, check_folder_of, option
from blobnet.input_files import shown
from blobnet.viz.logs.tables import write_tables

_DELIMITERS = {"\\t": "\t", "tab": "\t"}  # as a shell can say it


def _check_delimiter(ctx: click.Context, param: click.Parameter, text: str) -> str:
    text = _DELIMITERS.get(text, text)
    if len(text) != 1 or text in '\0\r\n"':
        raise click.BadParameter("a single character is needed; \\t for a tab", ctx, param)
    return text


@click.command(
    help="""Write a log as two tables, OUTPUT_DIR/LOGFILE.train and OUTPUT_DIR/LOGFILE.test.

    Columns are NumIters, Seconds, LearningRate and the net's outputs. A table with fewer than two
    rows is not written.
    """,
    epilog="Example: blobnet parse_log train.log .",
)
@click.argument("logfile", type=OUT_FILE)
@click.argument("output_dir", type=FOLDER)
@click.option("--verbose", is_flag=True, help="Tell which files are written.")
@option(
    "delimiter",
    default=",",
    show_default=True,
    callback=_check_delimiter,
    metavar="D",
    help="What stands between two columns.",
)
def command(logfile: Path, output_dir: Path, verbose: bool, delimiter: str) -> None:
    check_folder_of(output_dir / f"{logfile.name}.train")
    written = write_tables(logfile, output_dir, delimiter)
    for path, has_rows in written.items():
        if verbose and has_rows:
            click.echo(f"Wrote {shown(path)}")
        elif verbose:
            click.echo(f"Not writing {shown(path)}; no lines to write")
    if not any(written.values()):
        click.echo(
            f"{shown(logfile)}: fewer than two rows of outputs, so neither table is written",
            err=True,
        )
