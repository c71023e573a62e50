"""`blobnet upgrade_solver_proto_text`. Caffe: tools/upgrade_solver_proto_text.cpp."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FILE, OUT_FILE, import_option
from blobnet.cli.tools._upgrading import solver_text, upgrade_file


@click.command(
    help="""Write the solver of the prototxt IN to OUT, its type as a text: "SGD" for SGD.

    A solver of today's form is written as it is. blobnet reads old solvers without this, too.
    """,
    epilog="Example: blobnet upgrade_solver_proto_text old.prototxt new.prototxt",
)
@click.argument("source", type=FILE, metavar="IN")
@click.argument("out", type=OUT_FILE, metavar="OUT")
@import_option
def command(source: str, out: Path) -> None:
    upgrade_file(source, out, solver_text())
