"""`blobnet dataset images`: a folder for each class, as databases to train and to test with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from blobnet.cli.options import FOLDER, LARGEST_INT, option, read_sides
from blobnet.cli.progress import count_progress
from blobnet.datasets.database_writer import BACKENDS
from blobnet.input_files import shown
from blobnet.viz.names import visible

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend
    from blobnet.datasets.folder_databases import FolderDatabases, Progress
    from blobnet.datasets.image_folder import FolderImages

_MOST_CLASSES = 30  # that are listed one by one
_MOST_UNREADABLE = 5
_LAYER = """layer {{
  name: "data" type: "Data" top: "data" top: "label"
  include {{ phase: {phase} }}
  transform_param {{ {mirror}mean_file: "{mean}" }}
  data_param {{ source: "{source}" batch_size: {batch} backend: {backend} }}
}}"""


def _size(ctx: click.Context, param: click.Parameter, text: str | None) -> tuple[int, int]:
    return (0, 0) if text is None else read_sides(ctx, param, text)


@click.command(
    "images",
    help="""Write images, in a folder for each class, as databases.

    OUT gets train_lmdb and test_lmdb, mean.binaryproto (of the images to train with) and labels.txt
    (the names of the folders, in the order of the labels). Where FOLDER has the two folders train
    and test (or val), these are the parts; else --test-part of every class is drawn for tests.
    Files that cannot be read are left out and listed in unreadable.txt.
    """,
    epilog="Example: blobnet dataset images flowers/ data/ --size 256 --crop",
)
@click.argument("folder", type=FOLDER)
@click.argument("out", type=FOLDER)
@click.option(
    "--test-part",
    "-test-part",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.2,
    show_default=True,
    metavar="X",
    help="How much of every class is for tests; 0 for none.",
)
@option("size", callback=_size, metavar="N|HxW", help="Resize images.  [default: as they are]")
@click.option("--crop", is_flag=True, help="Keep proportions, and cut the middle out.")
@click.option("--gray", is_flag=True, help="One channel instead of three.")
@option("encode", default="", metavar="png|jpg", help="Keep image files in the databases: smaller.")
@option(
    "backend", type=click.Choice(BACKENDS), default="lmdb", show_default=True, help="Which kind."
)
@option(
    "seed",
    type=click.IntRange(min=0, max=LARGEST_INT),
    default=1,
    show_default=True,
    metavar="N",
    help="Draws the parts and the order; the same N draws the same.",
)
@click.option("--overwrite", is_flag=True, help="Replace what is already there.")
def command(
    folder: Path,
    out: Path,
    test_part: float,
    size: tuple[int, int],
    crop: bool,
    gray: bool,
    encode: str,
    backend: Backend,
    seed: int,
    overwrite: bool,
) -> None:
    from blobnet.datasets.folder_databases import check_folder_place, write_folder_databases
    from blobnet.datasets.image_encoding import check_encoding
    from blobnet.datasets.image_folder import find_images, part_images
    from blobnet.datasets.image_set import ImageSettings

    if crop and not any(size):
        raise click.UsageError("--crop needs --size: the size to cut images to.")
    if encode:
        check_encoding(encode)
    rng = np.random.default_rng(seed)
    images = part_images(find_images(folder), test_part, rng)
    check_folder_place(out, images.parts, backend, overwrite=overwrite)
    settings = ImageSettings(
        gray=gray, resize_height=size[0], resize_width=size[1], crop=crop, encode_type=encode
    )
    sizes = {part: len(listed.paths) for part, listed in images.parts.items()}
    with count_progress(folder.name) as show:
        made = write_folder_databases(
            images,
            out,
            backend,
            settings,
            rng=rng,
            overwrite=overwrite,
            progress=_over_all(show, sum(sizes.values()) + sizes["train"]),
        )
    _report(images, made)
    _tell_what_is_next(images, made, backend)


def _report(images: FolderImages, made: FolderDatabases) -> None:
    from blobnet.datasets.image_folder import counts_by_class

    columns = [counts_by_class(part, images.classes) for part in images.parts.values()]
    click.echo(f"{'label':>5}  {'class':<24}" + "".join(f"{part:>8}" for part in images.parts))
    for label, name in enumerate(images.classes[:_MOST_CLASSES]):
        numbers = "".join(f"{column[label]:>8,}" for column in columns)
        click.echo(f"{label:>5}  {visible(name, 24):<24}{numbers}")
    if len(images.classes) > _MOST_CLASSES:
        click.echo(f"{'...':>5}  {len(images.classes) - _MOST_CLASSES} more classes")
    if images.others:
        some = ", ".join(map(shown, images.others[:3]))
        click.echo(f"passed over: {some}; {len(images.others):,} in all that are no images")
    for why in made.unreadable[:_MOST_UNREADABLE]:
        click.echo(f"left out: {why}")
    if made.unreadable:
        listed = shown(made.files[-1])
        click.echo(f"left out: {len(made.unreadable):,} that cannot be read, listed in {listed}")
    for part, path in made.databases.items():
        shape = " x ".join(map(str, made.shape or ()))
        click.echo(f"wrote {shown(path)}: {made.counts[part]:,} images of {shape}")
    for path in made.files:
        click.echo(f"wrote {shown(path)}")


def _tell_what_is_next(images: FolderImages, made: FolderDatabases, backend: str) -> None:
    mean = made.files[0].as_posix()
    for part, path in made.databases.items():
        batch = min(64 if part == "train" else 50, made.counts[part])
        mirror = "mirror: true " if part == "train" else ""
        click.echo("")
        click.echo(
            _LAYER.format(
                phase=part.upper(),
                mirror=mirror,
                mean=mean,
                source=path.as_posix(),
                batch=batch,
                backend=backend.upper(),
            )
        )
    classes = len(images.classes)
    click.echo(
        "\nnext: these are the data layers of your net; its last InnerProduct gets\n"
        f"num_output: {classes}; then blobnet train --solver SOLVER"
    )


def _over_all(show: Callable[[int, int], None], total: int) -> Progress:
    """One bar over all that is made, part by part."""
    done_before: dict[str, int] = {}

    def progress(what: str, done: int, of: int) -> None:
        done_before[what] = done
        show(sum(done_before.values()), total)

    return progress
