"""`blobnet convert_imageset`: what Caffe's tool of that name does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import option, switch
from blobnet.cli.ranks import is_first, together
from blobnet.cli.tools._databases import seed_option
from blobnet.cli.tools._image_sets import (
    image_set_arguments,
    image_set_options,
    image_settings,
    write_image_set,
)

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend


@click.command(
    help="""Write the images of a list into an LMDB or a LevelDB.

    LISTFILE has a line for each image, its path and its label: `cats/1.jpg 7`; ROOTFOLDER is put in
    front of the path as it stands, so it ends in a slash. An image that cannot be read is told in
    the log and left out.
    """,
    epilog="Example: blobnet convert_imageset -resize_height 256 -resize_width 256 -shuffle "
    "images/ train.txt train_lmdb",
)
@image_set_arguments
@image_set_options
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
    from blobnet.sources.image_list import read_image_list

    settings = image_settings(
        gray=gray,
        resize_height=resize_height,
        resize_width=resize_width,
        encoded=encoded,
        encode_type=encode_type,
        check_size=check_size,
    )
    with together(lambda: "") as ranks:
        start_logging(quiet=not is_first(ranks))
        if is_first(ranks):
            check_place([database], backend)
        write_image_set(
            root,
            read_image_list(Path(file), missing_label=0),  # as in Caffe
            database,
            backend,
            settings,
            shuffle=shuffle,
            random_seed=random_seed,
            ranks=ranks,
        )
