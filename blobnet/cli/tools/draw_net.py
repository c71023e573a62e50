"""`blobnet draw_net`: a net as boxes and arrows. Caffe: python/draw_net.py."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FILE, OUT_FILE, check_folder_of, import_option, option
from blobnet.input_files import shown
from blobnet.proto import TEST, TRAIN, NetParameter
from blobnet.pycaffe.draw import RANKDIRS, draw_net_to_file
from blobnet.serialization.prototxt import read_text

_PHASES = {"TRAIN": TRAIN, "TEST": TEST, "ALL": None}


@click.command(
    help="""Draw the net of a prototxt as boxes and arrows, in the format that OUT ends in.

    Graphviz draws it where its program `dot` is installed; else an .svg or .png is drawn without.
    No data is read and nothing is computed. `blobnet draw` draws a net with the sizes of its blobs.
    """,
    epilog="Example: blobnet draw_net models/lenet5/train_test.prototxt lenet.png --rankdir TB",
)
@click.argument("net", type=FILE, metavar="IN")
@click.argument("out", type=OUT_FILE, metavar="OUT")
@option(
    "rankdir",
    type=click.Choice(RANKDIRS),
    default="LR",
    show_default=True,
    help="From left to right, from top to bottom, or the other way round.",
)
@option(
    "phase",
    type=click.Choice(list(_PHASES)),
    default="ALL",
    show_default=True,
    help="The layers of which phase.",
)
@option("display_lrm", is_flag=True, help="Tell the learning rates' multipliers, unless zero.")
@import_option
def command(net: str, out: Path, rankdir: str, phase: str, display_lrm: bool) -> None:
    check_folder_of(out)
    definition = read_text(net, NetParameter())
    click.echo(f"Drawing net to {shown(out)}")
    draw_net_to_file(definition, out, rankdir, _PHASES[phase], display_lrm)
