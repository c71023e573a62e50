"""`blobnet upgrade_net_proto_binary`. Caffe: tools/upgrade_net_proto_binary.cpp."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FILE, OUT_FILE
from blobnet.cli.tools._upgrading import upgrade_file
from blobnet.errors import WeightsError
from blobnet.input_files import shown
from blobnet.limits import enough_memory
from blobnet.netdef import upgrade_net
from blobnet.netdef.upgrade import net_needs_upgrade
from blobnet.proto import NetParameter
from blobnet.proto.forks import Fork
from blobnet.serialization.weights import read_caffemodel, write_message


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
    file = _BinaryFile()
    with enough_memory(f"{shown(source)}: the net cannot be upgraded", WeightsError):
        upgrade_file(
            source,
            out,
            read=file.read,
            is_old=net_needs_upgrade,
            upgrade=upgrade_net,
            write=file.write,
            what="NetParameter binary",
        )


class _BinaryFile:
    """A net in a file, to be written with the numbers of the fork that it was read with."""

    _fork: Fork | None = None

    def read(self, path: str) -> NetParameter:
        net, self._fork = read_caffemodel(path)
        return net

    def write(self, path: Path, net: NetParameter) -> None:
        write_message(path, net, self._fork)
