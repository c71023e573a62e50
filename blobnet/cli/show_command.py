"""`blobnet show`: filters, and what a net makes of an image."""

from __future__ import annotations

import math
from pathlib import Path

import click

from blobnet.cli.net_options import shape_option
from blobnet.cli.options import (
    AT_LEAST_ONE,
    PATH,
    check_folder_of,
    check_text,
    command_line,
    finite,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.input_files import shown
from blobnet.types import Shape
from blobnet.viz.curves import check_picture, is_ours
from blobnet.viz.images.feature_maps import (
    MOST_BLOBS,
    answers,
    drawable_blobs,
    save_feature_maps,
    show_image,
)
from blobnet.viz.images.filters import MOST_LAYERS, layers_with_filters, save_filters
from blobnet.viz.images.panels import PURPOSE
from blobnet.viz.names import visible
from blobnet.viz.nets import load_net

AS_IT_IS = """\
note: the image went in with values from 0 to 255. Where the training's
      transform_param has a scale or a mean, say them here, as in
      --scale 0.00390625 --mean 104,117,123"""


@click.command(
    help="""Draw a net's filters or, with IMAGE, its feature maps.

    IMAGE is resized to the net's input; how it was prepared for the training, --mean and --scale
    must say.
    """,
    epilog="Example: blobnet show models/lenet5/deploy.prototxt lenet_iter_10000.caffemodel "
    "digit.png maps.png --scale 0.00390625",
)
@click.argument("net", type=PATH)
@click.argument("weights", type=PATH)
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="[IMAGE] OUT.png")
@option(
    "layer",
    multiple=True,
    metavar="NAME",
    help="A layer (with IMAGE: or a blob) to draw; may be repeated.",
)
@option(
    "mean",
    callback=check_text,
    metavar="B,G,R|FILE",
    default="",
    help="Subtracted from IMAGE, before the scale.",
)
@option(
    "scale",
    type=float,
    default=1.0,
    callback=finite,
    show_default=True,
    help="What IMAGE is multiplied by.",
)
@option(
    "tiles",
    type=AT_LEAST_ONE,
    default=64,
    show_default=True,
    metavar="N",
    help="How many filters or maps of a layer to draw.",
)
@net_state_options
@shape_option
@import_option
@python_option
def command(
    net: Path,
    weights: Path,
    files: tuple[Path, ...],
    layer: tuple[str, ...],
    mean: str,
    scale: float,
    tiles: int,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    *images, out = files
    _check_files(images, out)
    offset = _mean(mean)
    made = load_net(
        net,
        "TEST",
        level=level,
        stages=split_list(stage),
        shapes=shape,
        allow_python=allow_python,
    )
    made.copy_from(weights)
    if images:
        show_image(made, images[0], offset, scale)
        save_feature_maps(made, out, layer, tiles)
        _report(out, drawable_blobs(made), layer, MOST_BLOBS, "blobs")
        for line in answers(made):
            click.echo(f"  {line}")
        if not mean and scale == 1:
            click.echo(AS_IT_IS)
        files = (Path("filters.png"),)
    else:
        save_filters(made, out, layer, tiles)
        _report(out, layers_with_filters(made), layer, MOST_LAYERS, "layers")
        files = (Path("IMAGE"), Path("maps.png"))
    click.echo(f"next: {command_line('blobnet', 'show', net, weights, *files)}")


def _check_files(images: list[Path], out: Path) -> None:
    if len(images) > 1:
        raise click.UsageError("Give one IMAGE, and OUT.png.")
    if out.suffix.lower() != ".png":
        raise click.BadParameter(f"{out}: the last name is the picture's, OUT.png")
    check_folder_of(out)
    if out.exists() and not is_ours(out):  # a forgotten OUT.png must not cost an image
        raise click.BadParameter(
            f"{out} is there already, and blobnet did not draw it: is it IMAGE? OUT.png comes last"
        )
    check_picture(out, PURPOSE)


def _mean(text: str) -> str | list[float]:
    """Numbers, or a path."""
    try:
        numbers = [float(part) for part in split_list(text)]
    except ValueError:
        return text
    if not all(map(math.isfinite, numbers)):
        message = f"--mean {text}: not all are finite numbers"
        raise click.BadParameter(message, click.get_current_context())
    return numbers


def _report(out: Path, names: list[str], chosen: tuple[str, ...], most: int, what: str) -> None:
    click.echo(f"wrote {shown(out)}")
    if not chosen and len(names) > most:
        others = ", ".join(map(visible, names[most : most + 3]))
        click.echo(f"  the first {most} of {len(names)} {what}; --layer draws others: {others}...")
