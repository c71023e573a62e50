"""What the tools have in common that write the images of a list into a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.options import FILE, PATH, Command, option, switch
from blobnet.cli.progress import count_progress
from blobnet.cli.tools._databases import backend_option, rng_of

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend
    from blobnet.datasets.image_set import ImageSettings, MakeRecord
    from blobnet.distributed.ranks import Ranks
    from blobnet.sources.image_list import ImageList


def image_set_arguments(command: Command) -> Command:
    """ROOTFOLDER/ LISTFILE DB_NAME."""
    for decorator in (
        click.argument("database", metavar="DB_NAME", type=PATH),
        click.argument("file", metavar="LISTFILE", type=FILE),
        click.argument("root", metavar="ROOTFOLDER/", type=FILE),
    ):
        command = decorator(command)
    return command


def image_set_options(command: Command) -> Command:
    """-gray -shuffle -backend -resize_width -resize_height -check_size."""
    for decorator in (
        switch("check_size", help="All images must have as many values as the first."),
        option("resize_height", type=int, default=0, metavar="N", help="Height that images get."),
        option("resize_width", type=int, default=0, metavar="N", help="Width that images get."),
        backend_option("lmdb"),
        switch("shuffle", help="Write the images in a random order."),
        switch("gray", help="One channel instead of three."),
    ):
        command = decorator(command)
    return command


def image_settings(
    *,
    gray: bool,
    resize_height: int,
    resize_width: int,
    encoded: bool,
    encode_type: str,
    check_size: bool,
) -> ImageSettings:
    """What the options say is done with each image; a negative size is none."""
    from blobnet.datasets.image_set import ImageSettings

    return ImageSettings(
        gray=gray,
        resize_height=max(resize_height, 0),
        resize_width=max(resize_width, 0),
        encoded=encoded,
        encode_type=encode_type,
        check_size=check_size,
    )


def write_image_set(
    root: str,
    images: ImageList,
    database: Path,
    backend: Backend,
    settings: ImageSettings,
    *,
    shuffle: bool,
    random_seed: int | None,
    record: MakeRecord | None = None,
    ranks: Ranks | None = None,
) -> None:
    """Write the images of a list, shuffled or in its order, and show how far that is.

    Several ranks shuffle alike.
    """
    from blobnet.datasets.image_set import convert_image_set

    total = len(images.paths)
    if ranks is not None and shuffle and random_seed is None:
        random_seed = ranks.draw()
    with count_progress(database.name) as show:
        convert_image_set(
            root,
            images,
            database,
            backend,
            settings,
            rng=rng_of(random_seed) if shuffle else None,
            progress=lambda done: show(done, total),
            record=record,
            ranks=ranks,
        )
