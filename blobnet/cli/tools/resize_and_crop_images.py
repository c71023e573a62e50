"""`blobnet resize_and_crop_images`: what Caffe's tools/extra/resize_and_crop_images.py does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import click

from blobnet.cli.options import AT_LEAST_ONE, FILE, FOLDER, option
from blobnet.cli.progress import reading_progress
from blobnet.datasets.centre_crops import Cropper
from blobnet.errors import BlobnetError, DataError, explain
from blobnet.input_files import shown
from blobnet.ops.parallel import for_each, threads_set_to
from blobnet.text_files import read_text_file


@click.command(
    help="""Resize the images of a list and cut out their centres, for ImageNet.

    The shorter side gets the length asked for; of the longer one the middle is kept. Lines of the
    list are paths relative to the input folder, which the results keep in the output folder; what
    follows a blank in a line, a label, is not looked at.
    """,
    epilog="Example: blobnet resize_and_crop_images --input images.txt --input_folder train "
    "--output_folder train_256",
)
@option("input", type=FILE, required=True, metavar="FILE", help="The list of images.")
@option("input_folder", type=FOLDER, required=True, help="The folder with the images.")
@option("output_folder", type=FOLDER, required=True, help="The folder to write into.")
@option(
    "output_side_length",
    type=click.IntRange(1, 65535),
    default=256,
    show_default=True,
    metavar="PIXELS",
    help="Side of the results.",
)
@option(
    "image_lib",
    type=click.Choice(["opencv", "pil"], case_sensitive=False),
    default="opencv",
    show_default=True,
    help="Whose way of resizing: OpenCV's, linear; or PIL's, smoothed, and always written as JPEG. "
    "Neither needs OpenCV.",
)
@option(
    "num_clients",
    type=AT_LEAST_ONE,
    metavar="N",
    help="Threads to work with.  [default: all processors]",
)
def command(
    input: str,
    input_folder: Path,
    output_folder: Path,
    output_side_length: int,
    image_lib: str,
    num_clients: int | None,
) -> int:
    cropper = Cropper(input_folder, output_folder, output_side_length, image_lib.lower())
    lines = [line for line in read_text_file(input, DataError).split("\n") if line.strip()]
    if not lines:
        raise DataError(explain(f"{shown(input)}: no images in this list"))
    with threads_set_to(num_clients), reading_progress(Path(input).name) as tick:
        refused = _work(cropper, lines, tick)
    done = len(lines) - refused
    click.echo(f"wrote {done:,} {'image' if done == 1 else 'images'} into {shown(output_folder)}")
    if refused:
        click.echo(f"{refused:,} of {len(lines):,} could not be made, see above", err=True)
    return 1 if refused else 0


def _work(cropper: Cropper, lines: list[str], tick: Callable[[int, int, int], None]) -> int:
    """Make all images, in several threads; tell of each that cannot be made. How many those are."""
    counting = threading.Lock()
    stopped = threading.Event()
    done = refused = 0

    def make(line: str) -> None:
        nonlocal done, refused
        if stopped.is_set():
            return
        try:
            cropper.make(line)
            complaint = ""
        except BlobnetError as error:
            complaint = " ".join(str(error).split())
        except BaseException:  # an interrupt: the other threads must not go on with the list
            stopped.set()
            raise
        with counting:
            done += 1
            refused += bool(complaint)
            if complaint:
                click.echo(complaint, err=True)
            tick(done, done, len(lines))

    for_each(make, lines)
    return refused
