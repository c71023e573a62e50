"""`blobnet draw`: a net as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.net_options import net_form_options
from blobnet.cli.options import (
    FILE,
    OUT_FILE,
    check_folder_of,
    command_line,
    python_option,
    split_list,
)
from blobnet.input_files import shown
from blobnet.types import Shape
from blobnet.viz.curves import check_picture
from blobnet.viz.nets import draw_net, load_net
from blobnet.viz.nets.picture import PURPOSE, check_format


@click.command(
    help="""Draw a net as OUT, an .svg or a .png.

    Layers stand on the left in their order, with their settings and the shapes of their weights;
    what they make stands on the right, with shapes, and bars to the scale of the maps' size
    and number; between them run the ways of the blobs.
    """,
    epilog="Example: blobnet draw models/lenet5/deploy.prototxt lenet.svg",
)
@click.argument("net", type=FILE, metavar="NET")
@click.argument("out", metavar="OUT", type=OUT_FILE)
@net_form_options
@python_option
def command(
    net: str,
    out: Path,
    phase: str,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    check_format(out)
    check_folder_of(out)
    check_picture(out, PURPOSE)
    made = load_net(
        net,
        phase,
        level=level,
        stages=split_list(stage),
        shapes=shape,
        allow_python=allow_python,
    )
    draw_net(made, out)
    click.echo(f"wrote {shown(out)}")
    click.echo(f"next: {_next(Path(net))}")


def _next(net: Path) -> str:
    """How to see the net learn: with the solver that lies beside it, if there is one."""
    solver = net.with_name("solver.prototxt")
    if solver.is_file():
        return command_line("blobnet", "trace", solver)
    return "blobnet trace SOLVER, with a solver that trains this net"
