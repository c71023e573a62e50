"""`blobnet convert_box_data`: what the tool of that name of YOLO's forks does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import FILE, option, switch
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
    help="""Write images and the boxes in them into an LMDB or a LevelDB, for BoxData.

    LISTFILE has a line for each image, its path and that of its annotation in PASCAL VOC's form:
    `JPEGImages/1.jpg Annotations/1.xml`; ROOTFOLDER is put in front of both as it stands. An image
    that cannot be read is told in the log and left out.
    """,
    epilog="Example: blobnet convert_box_data -label_file labels.txt -resize_height 416 "
    "-resize_width 416 VOCdevkit/ train.txt train_lmdb",
)
@image_set_arguments
@option("label_file", type=FILE, required=True, metavar="FILE", help="Lines `name class`.")
@image_set_options
@switch("encoded", default=True, help="Takes the type from the file's name without encode_type.")
@option(
    "encode_type",
    default="jpg",
    show_default=True,
    metavar="TYPE",
    help="Encode images so: png, jpg, ...; nothing: as their files are.",
)
@seed_option
def command(
    root: str,
    file: str,
    database: Path,
    label_file: str,
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
    from blobnet.datasets.box_set import read_box_list, read_label_file, record_maker
    from blobnet.datasets.database_writer import check_place

    start_logging()
    check_place([database], backend)
    labels, listed = read_label_file(Path(label_file)), read_box_list(Path(file))
    settings = image_settings(
        gray=gray,
        resize_height=resize_height,
        resize_width=resize_width,
        encoded=encoded,
        encode_type=encode_type,
        check_size=check_size,
    )
    write_image_set(
        root,
        listed.images,
        database,
        backend,
        settings,
        shuffle=shuffle,
        random_seed=random_seed,
        record=record_maker(root, listed, labels),
    )
