"""`blobnet dataset`: data in the form that Caffe's Data layer reads."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.dataset_images import command as images_command
from blobnet.cli.groups import NamingGroup
from blobnet.cli.options import FOLDER, OUT_FILE, command_line, option
from blobnet.cli.progress import reading_progress
from blobnet.cli.wrapping import wrapped
from blobnet.input_files import shown
from blobnet.types import Shape
from blobnet.viz.names import visible

_SOLVER = Path("models/lenet5/solver.prototxt")
_THREE_LAYER = Path("models/three_layer/solver.prototxt")


@click.group(
    cls=NamingGroup, help="Prepare data for training.", epilog="Example: blobnet dataset mnist ."
)
def command() -> None:
    pass


command.add_command(images_command)


@command.command(
    help="""Write mnist_train_lmdb and mnist_test_lmdb into the folder OUT.

    Without --data, MNIST is looked for in BLOBNET_DATA and in the cache, then downloaded; where it
    cannot be had, the small digits that travel with blobnet are taken. The output says which.
    """,
    epilog="Example: blobnet dataset mnist --data ~/mnist .",
)
@click.argument("out", type=FOLDER)
@option(
    "data",
    type=FOLDER,
    metavar="FOLDER",
    help="Folder with the four MNIST idx files, gzipped or not.",
)
@click.option("--overwrite", is_flag=True, help="Replace databases that are already there.")
def mnist(out: Path, data: Path | None, overwrite: bool) -> None:
    from blobnet.datasets.mnist import find_digits
    from blobnet.datasets.to_lmdb import check_mnist_place, prepare_mnist

    check_mnist_place(out, overwrite=overwrite)
    digits = find_digits(data, report=tell_search)
    click.echo(f"data: {digits.source}")
    paths = prepare_mnist(out, digits, overwrite=overwrite)
    sizes = (len(digits.train_labels), len(digits.test_labels))
    for path, size in zip(paths, sizes, strict=True):
        click.echo(f"wrote {shown(path)}: {size:,} digits")
    if _SOLVER.is_file() and _is_here(out):
        click.echo(f"next: blobnet train --solver {_SOLVER.as_posix()}")
    else:
        click.echo("next: give these paths to your Data layers, as `source`, with backend: LMDB")


@command.command(
    help="""Write the images in a CSV file into the database OUT.

    Every line is an image: its label, then its pixels, whole numbers from 0 to 255, row by row
    (several channels one after the other). The first line may be a header; the file may be gzipped.
    """,
    epilog="Example: blobnet dataset csv mnist_train.csv mnist_train_lmdb",
)
@click.argument("file", type=OUT_FILE)
@click.argument("out", type=FOLDER)
@option(
    "shape",
    callback=lambda context, parameter, text: _parse_shape(text),
    metavar="C,H,W",
    help="Channels, height and width of an image, or its height and width.  "
    "[default: one channel, as high as wide]",
)
@click.option("--overwrite", is_flag=True, help="Replace a database that is already there.")
def csv(file: Path, out: Path, shape: Shape | None, overwrite: bool) -> None:
    from blobnet.datasets.csv_images import csv_to_lmdb

    with reading_progress(file.name) as tick:
        number, images = csv_to_lmdb(file, out, shape=shape, overwrite=overwrite, progress=tick)
    if images.header is not None:
        click.echo(f"{shown(file)}: line 1 is a header: {visible(images.header[:40])}")
    size = " x ".join(map(str, images.shape or ()))
    unit = "image" if number == 1 else "images"
    smallest, largest = images.labels or (0, 0)
    click.echo(f"wrote {shown(out)}: {number:,} {unit} of {size}, labels {smallest} to {largest}")
    _tell_what_is_next(out)


def _tell_what_is_next(out: Path) -> None:
    """The training, where both parts of MNIST are there for it."""
    from blobnet.datasets.to_lmdb import TEST_NAME, TRAIN_NAME

    here = _is_here(out.parent)
    parts = [name for name in (TRAIN_NAME, TEST_NAME) if Path(name).is_dir()]
    if here and out.name in parts and len(parts) == 2 and _THREE_LAYER.is_file():
        words = ("blobnet", "train", "--solver", _THREE_LAYER.as_posix())
        click.echo(f"next: {command_line(*words)}")
    else:
        click.echo("next: give this path to a Data layer, as `source`, with backend: LMDB")


def _is_here(folder: Path) -> bool:
    """Whether it is the current folder, which may not exist any more."""
    try:
        return folder.samefile(".")
    except OSError:
        return False


def _parse_shape(text: str | None) -> Shape | None:
    """`28,28` or `3,32,32` as (channels, height, width)."""
    if text is None:
        return None
    sizes = text.split(",")
    fits = all(s.strip().isdecimal() and len(s) < 10 and int(s) for s in sizes)
    if len(sizes) not in (2, 3) or not fits:
        raise click.BadParameter(f"'{text}' is no shape such as 28,28 or 3,32,32.")
    channels, height, width = (1, *map(int, sizes))[-3:]
    return channels, height, width


def tell_search(reason: str) -> None:
    """Say why one of the places where MNIST may be was passed over."""
    click.echo(wrapped(reason, "MNIST: ", " " * 7))
