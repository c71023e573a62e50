"""`blobnet classify`: what Caffe's classify.py does."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import numpy as np

from blobnet.cli.options import FILE, check_folder_of, option, threads_option
from blobnet.cli.progress import reading_progress
from blobnet.cli.tools.image_net import (
    files_of_net,
    image_net_options,
    read_npy,
    say_mode,
    whole_numbers,
)
from blobnet.errors import DataError, explain
from blobnet.input_files import is_folder, shown
from blobnet.ops.parallel import for_each
from blobnet.serialization.files import atomic_write, check_writable
from blobnet.types import Array

_AT_ONCE = 16  # images that are decoded at a time


@click.command(
    help="""Write the scores of images into OUTPUT_FILE, a .npy file: a row for each image.

    INPUT_FILE is an image, a folder or a .npy file of images (N, H, W, K). Of a folder the images
    are taken in the order of their names. Scores are averages over ten crops.
    """,
    epilog="Example: blobnet classify --model_def deploy.prototxt --pretrained_model "
    "net.caffemodel --mean_file '' cat.jpg scores.npy",
)
@click.argument("input_file", type=FILE)
@click.argument("output_file", type=FILE)
@image_net_options
@option("center_only", is_flag=True, help="Look at the centre alone, not at ten crops.")
@option(
    "images_dim",
    default="256,256",
    show_default=True,
    callback=whole_numbers,
    metavar="H,W",
    help="Resize images to this; the net's input is cut out of it.",
)
@option("ext", default="jpg", show_default=True, metavar="EXT", help="How images in a folder end.")
@threads_option
def command(
    input_file: str,
    output_file: str,
    model_def: str | None,
    pretrained_model: str | None,
    gpu: bool,
    mean_file: str | None,
    input_scale: float | None,
    raw_scale: float,
    channel_swap: list[int] | None,
    center_only: bool,
    images_dim: list[int] | None,
    ext: str,
) -> None:
    from blobnet.pycaffe.classifier import Classifier

    out = Path(output_file if output_file.endswith(".npy") else f"{output_file}.npy")
    check_folder_of(out)
    check_writable(out)
    model, weights, mean = files_of_net(model_def, pretrained_model, mean_file)
    say_mode(gpu)
    classifier = Classifier(model, weights, images_dim, mean, input_scale, raw_scale, channel_swap)
    found = _find(os.path.expanduser(input_file), ext)
    click.echo(f"Classifying {len(found)} inputs.")
    start = time.perf_counter()
    with reading_progress(os.path.basename(input_file)) as tick:
        predictions = classifier.predict(_images(found, tick), not center_only)
    click.echo(f"Done in {time.perf_counter() - start:.2f} s.")
    click.echo(f"Saving results into {shown(out)}")
    with atomic_write(out) as temporary, open(temporary, "wb") as file:
        np.save(file, predictions)


def _find(path: str, ext: str) -> Sequence[str] | Array:
    """Images in a .npy file, in a folder, or one. Raises DataError where there are none."""
    if is_folder(path):
        click.echo(f"Loading folder: {shown(path)}")
        found = sorted(glob.glob(os.path.join(glob.escape(path), f"*.{ext}")))
        if not found:
            what = f"{shown(path)}: no images that end in .{ext}"
            raise DataError(explain(what, fix="--ext png, or how else they end"))
        return found
    click.echo(f"Loading file: {shown(path)}")
    if not path.endswith("npy"):
        return [path]
    images = read_npy(path)
    if images.ndim != 4 or 0 in images.shape:
        expected = "images (N, height, width, channels)"
        raise DataError(explain(f"{shown(path)}: no images", expected=expected, got=images.shape))
    return images


def _images(found: Sequence[str] | Array, tick: Callable[[int, int, int], None]) -> Iterator[Array]:
    """The images, a few of them decoded at a time."""
    from blobnet.pycaffe.image_files import load_image

    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        yield from some if isinstance(some, np.ndarray) else for_each(load_image, some)
        done = start + len(some)
        tick(done, done, len(found))
