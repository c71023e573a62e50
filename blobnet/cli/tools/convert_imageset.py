"""`blobnet convert_imageset`: what Caffe's tool of that name does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import FILE, PATH, option, switch
from blobnet.cli.progress import count_progress
from blobnet.cli.tools._databases import backend_option, rng_of, seed_option

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend

_SIZE = click.INT


@click.command(
    help="""Write the images of a list into an LMDB or a LevelDB.

    LISTFILE has a line for each image, its path and its label: `cats/1.jpg 7`; ROOTFOLDER is put in
    front of the path as it stands, so it ends in a slash. An image that cannot be read is told in
    the log and left out.
    """,
    epilog="Example: blobnet convert_imageset -resize_height 256 -resize_width 256 -shuffle "
    "images/ train.txt train_lmdb",
)
@click.argument("root", metavar="ROOTFOLDER/", type=FILE)
@click.argument("file", metavar="LISTFILE", type=FILE)
@click.argument("database", metavar="DB_NAME", type=PATH)
@switch("gray", help="One channel instead of three.")
@switch("shuffle", help="Write the images in a random order.")
@backend_option("lmdb")
@option("resize_width", type=_SIZE, default=0, metavar="N", help="Width that images get.")
@option("resize_height", type=_SIZE, default=0, metavar="N", help="Height that images get.")
@switch("check_size", help="All images must have as many values as the first.")
@switch("encoded", help="Write image files instead of pixels: as they are if nothing changes.")
@option("encode_type", default="", metavar="TYPE", help="Encode images so: png, jpg, ...")
@seed_option
def command(
    root: str,
    file: str,
    database: Path,
    gray: bool,
    shuffle: bool,
    backend: Backend,
    resize_width: int,
    resize_height: int,
    check_size: bool,
    encoded: bool,
    encode_type: str,
    random_seed: int | None,
) -> None:
    from blobnet.datasets.database_writer import check_place
    from blobnet.datasets.image_set import ImageSettings, convert_image_set
    from blobnet.sources.image_list import read_image_list

    start_logging()
    check_place([database], backend)
    images = read_image_list(Path(file), missing_label=0)  # as in Caffe
    settings = ImageSettings(
        gray=gray,
        resize_height=max(resize_height, 0),
        resize_width=max(resize_width, 0),
        encoded=encoded,
        encode_type=encode_type,
        check_size=check_size,
    )
    rng = rng_of(random_seed) if shuffle else None
    total = len(images.paths)
    with count_progress(database.name) as show:
        convert_image_set(
            root,
            images,
            database,
            backend,
            settings,
            rng=rng,
            progress=lambda done: show(done, total),
        )
