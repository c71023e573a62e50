"""`blobnet convert_box_data`: what the tool of that name of YOLO's forks does."""

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
    help="""Write images and the boxes in them into an LMDB or a LevelDB, for BoxData.

    LISTFILE has a line for each image, its path and that of its annotation in PASCAL VOC's form:
    `JPEGImages/1.jpg Annotations/1.xml`; ROOTFOLDER is put in front of both as it stands. An image
    that cannot be read is told in the log and left out.
    """,
    epilog="Example: blobnet convert_box_data -label_file labels.txt -resize_height 416 "
    "-resize_width 416 VOCdevkit/ train.txt train_lmdb",
)
@click.argument("root", metavar="ROOTFOLDER/", type=FILE)
@click.argument("file", metavar="LISTFILE", type=FILE)
@click.argument("database", metavar="DB_NAME", type=PATH)
@option("label_file", type=FILE, required=True, metavar="FILE", help="Lines `name class`.")
@switch("gray", help="One channel instead of three.")
@switch("shuffle", help="Write the images in a random order.")
@backend_option("lmdb")
@option("resize_width", type=_SIZE, default=0, metavar="N", help="Width that images get.")
@option("resize_height", type=_SIZE, default=0, metavar="N", help="Height that images get.")
@switch("check_size", help="All images must have as many values as the first.")
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
    from blobnet.datasets.image_set import ImageSettings, convert_image_set

    start_logging()
    check_place([database], backend)
    labels, listed = read_label_file(Path(label_file)), read_box_list(Path(file))
    settings = ImageSettings(
        gray=gray,
        resize_height=max(resize_height, 0),
        resize_width=max(resize_width, 0),
        encoded=encoded,
        encode_type=encode_type,
        check_size=check_size,
    )
    rng = rng_of(random_seed) if shuffle else None
    total = len(listed.annotations)
    with count_progress(database.name) as show:
        convert_image_set(
            root,
            listed.images,
            database,
            backend,
            settings,
            rng=rng,
            progress=lambda done: show(done, total),
            record=record_maker(root, listed, labels),
        )
