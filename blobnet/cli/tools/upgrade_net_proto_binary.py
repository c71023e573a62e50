"""`blobnet upgrade_net_proto_binary`. Caffe: tools/upgrade_net_proto_binary.cpp."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FILE, OUT_FILE
from blobnet.cli.tools._upgrading import net_binary, upgrade_file


@click.command(
    help="""Write the net of the .caffemodel IN, of 2013 or 2014, with its weights to OUT.

    A net of today's form is written as it is, one of a fork with the fork's numbers. blobnet reads
    old weights without this, too.
    """,
    epilog="Example: blobnet upgrade_net_proto_binary old.caffemodel new.caffemodel",
)
@click.argument("source", type=FILE, metavar="IN")
@click.argument("out", type=OUT_FILE, metavar="OUT")
def command(source: str, out: Path) -> None:
    upgrade_file(source, out, net_binary())
