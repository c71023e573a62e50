"""`blobnet upgrade_net_proto_text`. Caffe: tools/upgrade_net_proto_text.cpp."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FILE, OUT_FILE, import_option
from blobnet.cli.tools._upgrading import net_text, upgrade_file


@click.command(
    help="""Write the net of the prototxt IN, of 2013 or 2014, to OUT as it is written today.

    A net of today's form is written as it is. blobnet reads old nets without this, too.
    """,
    epilog="Example: blobnet upgrade_net_proto_text old.prototxt new.prototxt",
)
@click.argument("source", type=FILE, metavar="IN")
@click.argument("out", type=OUT_FILE, metavar="OUT")
@import_option
def command(source: str, out: Path) -> None:
    upgrade_file(source, out, net_text())
