"""`blobnet summary`: a net as a table."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.net_options import form_words, net_form_options
from blobnet.cli.options import FILE, command_line, python_option, split_list
from blobnet.types import Shape
from blobnet.viz.nets import load_net, print_summary, summarize


@click.command(
    help="""List a net's layers: what they make, learn and cost.

    Multiply-adds are those of a forward in convolutions, inner products and recurrent layers,
    as papers count them. Memory is that of the tops' values.
    """,
    epilog="Example: blobnet summary models/lenet5/deploy.prototxt --phase TEST",
)
@click.argument("net", type=FILE, metavar="NET")
@net_form_options
@python_option
def command(
    net: str, phase: str, level: int, stage: str, shape: dict[str, Shape], allow_python: bool
) -> None:
    made = load_net(
        net,
        phase,
        level=level,
        stages=split_list(stage),
        shapes=shape,
        allow_python=allow_python,
    )
    print_summary(summarize(made))
    picture = Path(net).with_suffix(".svg").name
    words = ("blobnet", "draw", net, picture, *form_words(phase, level, stage, shape))
    click.echo(f"next: {command_line(*words)}")
