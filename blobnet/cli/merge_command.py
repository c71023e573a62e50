"""`blobnet merge`: a net with its BatchNorm and Scale layers folded into the weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from blobnet.cli.net_options import agreement_options, shape_option
from blobnet.cli.options import (
    FILE,
    OUT_FILE,
    PATH,
    check_folder_of,
    command_line,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.cli.picture_options import found_beside, picture_options
from blobnet.cli.progress import count_progress, stage_progress
from blobnet.cli.wrapping import wrapped
from blobnet.input_files import shown
from blobnet.merging.files import NetForm, WrittenMerge, check_out, merge_files
from blobnet.merging.measure import agreement
from blobnet.net import Net
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import find_images
from blobnet.serialization.small_numbers import Numbers
from blobnet.types import Shape
from blobnet.viz.names import visible
from blobnet.viz.numbers import in_bytes

_MOST = 6  # layers that are listed

_ELSEWHERE = "or take both files to another program"


@click.command(
    help="""Fold BatchNorm, Scale, BN, Bias and Power into the weights before or behind them.

    OUT.prototxt and OUT.caffemodel are the net in the phase TEST, for any program that reads
    Caffe's files. Both nets compute the same random inputs before they are written, and the
    largest relative difference of each output is printed.

    With --numbers weights take half of the bytes (float16, which NVCaffe and OpenCV read, too) or a
    quarter (int8, for blobnet alone); --images tells what that changes on pictures of your own.
    """,
    epilog="Example: blobnet merge deploy.prototxt resnet.caffemodel merged",
)
@click.argument("net", type=FILE, metavar="NET")
@click.argument("weights", type=FILE, metavar="WEIGHTS")
@click.argument("out", type=OUT_FILE, metavar="OUT")
@option(
    "numbers",
    type=click.Choice(["float16", "int8"]),
    help="Write weights in fewer bytes.  [default: float32]",
)
@option(
    "images",
    multiple=True,
    type=PATH,
    metavar="FOLDER|FILE",
    help="With --numbers: measure the loss of accuracy on these; may be repeated.",
)
@picture_options
@agreement_options("Draws the inputs.")
@net_state_options
@shape_option
@import_option
@python_option
def command(
    net: str,
    weights: str,
    out: Path,
    tolerance: float,
    numbers: Numbers | None,
    images: tuple[Path, ...],
    settings: Settings,
    seed: int,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    if images and numbers is None:
        raise click.UsageError("--images measures what --numbers costs: say which numbers.")
    check_folder_of(out)
    out = check_out(out, [net, weights])
    form = NetForm(level, tuple(split_list(stage)), shape, allow_python)
    paths = find_images(images)
    settings = found_beside(settings, Path(net)) if paths else settings
    with stage_progress() as tell:
        tell("merging, and running both nets")
        made = merge_files(net, weights, out, form, seed=seed, tolerance=tolerance, numbers=numbers)
    _report(made, seed)
    if numbers:
        _report_numbers(made, numbers, weights)
    if paths and made.nets:
        _measure(made.nets, paths, settings)
    if not made.files:
        click.echo(f"{shown(net)}: nothing can be merged; nothing is written")
        return
    if numbers and not paths:
        click.echo("next: --images FOLDER measures it on pictures of your own")
        return
    words = ("blobnet", "time", "--model", made.files[0], "--inference")
    click.echo(f"next: {command_line(*words)}")
    told = "no program but blobnet reads int8" if numbers == "int8" else _ELSEWHERE
    click.echo(f"      {told}")


def _report_numbers(made: WrittenMerge, numbers: str, weights: str) -> None:
    before, after = (Path(path).stat().st_size for path in (weights, made.files[1]))
    click.echo(f"{numbers}: {in_bytes(after)}, where there were {in_bytes(before)}")
    for name, (apart, _) in (made.rounded or {}).items():
        click.echo(f"{numbers}: {visible(name)}: {apart.relative:.2g} apart on random inputs")


def _measure(nets: tuple[Net, Net], paths: Sequence[Path], settings: Settings) -> None:
    """What the smaller numbers cost on the user's own images."""
    with count_progress("measuring") as show:
        found = agreement(nets, paths, settings, show, lambda e: click.echo(str(e), err=True))
    for name, one in found.items():
        words = [f"largest relative difference {one.relative:.2g}"]
        if one.top_1 is not None:
            words.append(f"the best class agrees in {one.top_1:,} of {one.images:,}")
        if one.top_5 is not None:
            words.append(f"is among the five best in {one.top_5:,}")
        click.echo(f"images: {visible(name)}: {', '.join(words)}")


def _report(made: WrittenMerge, seed: int) -> None:
    merges = made.merged.merges
    for each in merges[:_MOST]:
        names = ", ".join(visible(name) for name in each.layers)
        click.echo(wrapped(f"{names} into {visible(each.into)}", "merged: ", " " * 8))
    if len(merges) > _MOST:
        layers = sum(len(each.layers) for each in merges)
        click.echo(f"merged: {layers:,} layers in all, into {len(merges):,}")
    for name, reason in made.merged.left[:_MOST]:
        click.echo(wrapped(f"{visible(name)}: {reason}", "stays: ", " " * 7))
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
