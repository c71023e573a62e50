"""`blobnet create_annoset`: what SSD's scripts/create_annoset.py does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import FILE, PATH
from blobnet.cli.tools._annotated_sets import ANNO_TYPES, LABEL_TYPES, AnnotatedSet
from blobnet.cli.tools._databases import backend_option

_FLAGS = {
    "--redo": "Replace the database, if there is one.",
    "--check-size": "All images must have as many values as the first.",
    "--encoded": "Write image files instead of pixels: as they are if nothing changes.",
    "--gray": "One channel instead of three.",
    "--shuffle": "Write the images in a random order.",
    "--check-label": "No name may be in the label map twice.",
}
_SIZES = ("--min-dim", "--max-dim", "--resize-height", "--resize-width")


def _flags_and_sizes(command: Any) -> Any:
    for name in reversed(_SIZES):
        text = f"{name.strip('-').replace('-', ' ').capitalize()} of images, in pixels."
        command = click.option(name, type=click.INT, default=0, metavar="N", help=text)(command)
    for name, text in reversed(_FLAGS.items()):
        command = click.option(name, is_flag=True, help=text)(command)
    return command


@click.command(
    help="""Write images and the boxes in them into a database, and link to it from EXAMPLEDIR.

    As convert_annoset, with the arguments of SSD's create_annoset.py: ROOT needs no slash at its
    end, and the folders are made that are not there.
    """,
    epilog="Example: blobnet create_annoset --anno-type detection --label-map-file "
    "labelmap_voc.prototxt --encode-type jpg --encoded VOCdevkit trainval.txt "
    "VOCdevkit/lmdb/trainval_lmdb examples/VOC0712",
)
@click.argument("root", metavar="ROOT", type=FILE)
@click.argument("file", metavar="LISTFILE", type=FILE)
@click.argument("database", metavar="OUTDIR", type=PATH)
@click.argument("examples", metavar="EXAMPLEDIR", type=PATH)
@click.option(
    "--anno-type",
    type=click.Choice(ANNO_TYPES),
    default="classification",
    show_default=True,
    help="What the list says of images.",
)
@click.option(
    "--label-type",
    type=click.Choice(LABEL_TYPES),
    default="xml",
    show_default=True,
    help="The form of annotations.",
)
@click.option("--label-map-file", type=FILE, default="", metavar="FILE", help="A LabelMap.")
@click.option("--encode-type", default="", metavar="TYPE", help="Encode images so: png, jpg, ...")
@backend_option("lmdb")
@_flags_and_sizes
def command(
    root: str, file: str, database: Path, examples: Path, redo: bool, **options: Any
) -> None:
    start_logging()
    AnnotatedSet(root.rstrip("/") + "/", file, database, **options).convert(overwrite=redo)
    examples.mkdir(parents=True, exist_ok=True)
    link = examples / database.name
    if link.is_symlink():
        link.unlink()
    if not os.path.lexists(link):
        link.symlink_to(database.absolute(), target_is_directory=True)
