"""`blobnet merge`: a net with its BatchNorm and Scale layers folded into the weights."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.net_options import shape_option
from blobnet.cli.options import (
    FILE,
    LARGEST_INT,
    OUT_FILE,
    check_folder_of,
    command_line,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.input_files import shown
from blobnet.merging.files import TOLERANCE, NetForm, WrittenMerge, check_out, merge_files
from blobnet.types import Shape
from blobnet.viz.names import visible

_MOST = 20  # layers that are listed


@click.command(
    help="""Fold BatchNorm, Scale, BN, Bias and Power into the weights before them.

    OUT.prototxt and OUT.caffemodel are the net in the phase TEST, for any program that reads
    Caffe's files. Both nets compute the same random inputs before they are written, and the
    largest relative difference of each output is printed.
    """,
    epilog="Example: blobnet merge deploy.prototxt resnet.caffemodel merged",
)
@click.argument("net", type=FILE, metavar="NET")
@click.argument("weights", type=FILE, metavar="WEIGHTS")
@click.argument("out", type=OUT_FILE, metavar="OUT")
@option(
    "tolerance",
    type=click.FloatRange(min=0),
    default=TOLERANCE,
    show_default=True,
    metavar="X",
    help="How far outputs may be apart, beside their largest value.",
)
@option(
    "seed",
    type=click.IntRange(min=0, max=LARGEST_INT),
    default=1,
    show_default=True,
    metavar="N",
    help="Draws the inputs.",
)
@net_state_options
@shape_option
@import_option
@python_option
def command(
    net: str,
    weights: str,
    out: Path,
    tolerance: float,
    seed: int,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    check_folder_of(out)
    out = check_out(out, [net, weights])
    form = NetForm(level, tuple(split_list(stage)), shape, allow_python)
    made = merge_files(net, weights, out, form, seed=seed, tolerance=tolerance)
    _report(made, seed)
    if not made.files:
        click.echo(f"{shown(net)}: nothing can be merged; nothing is written")
        return
    words = ("blobnet", "time", "--model", made.files[0], "--inference")
    click.echo(f"next: {command_line(*words)}, or take both files to another program")


def _report(made: WrittenMerge, seed: int) -> None:
    for each in made.merged.merges[:_MOST]:
        names = ", ".join(visible(name) for name in each.layers)
        click.echo(f"merged: {names} into {visible(each.into)}")
    if (more := len(made.merged.merges) - _MOST) > 0:
        click.echo(
            f"merged: {sum(len(m.layers) for m in made.merged.merges):,} layers in all, "
            f"into {more + _MOST:,}"
        )
    for name, reason in made.merged.left[:_MOST]:
        click.echo(f"stays: {visible(name)}: {reason}")
    if (more := len(made.merged.left) - _MOST) > 0:
        click.echo(f"stays: {more:,} more")
    for name, (apart, jump) in (made.differences or {}).items():
        click.echo(
            f"checked: {visible(name)}: largest relative difference {apart.relative:.2g} "
            f"(random inputs, --seed {seed})"
        )
        if jump is not None:
            layer, before = jump
            click.echo(
                f"         of {visible(layer)} alone, which reads what differs by {before:.2g}"
            )
    for path in made.files:
        click.echo(f"wrote {shown(path)}")
