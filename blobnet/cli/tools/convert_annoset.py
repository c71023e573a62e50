"""`blobnet convert_annoset`: what SSD's tool of that name does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import FILE, PATH, option
from blobnet.cli.tools._annotated_sets import (
    ANNO_TYPES,
    LABEL_TYPES,
    AnnotatedSet,
    flag_options,
    size_options,
)
from blobnet.cli.tools._databases import backend_option, seed_option


@click.command(
    help="""Write images and the boxes in them into an LMDB or a LevelDB, for AnnotatedData.

    LISTFILE has a line for each image: for detection its path and that of its annotations,
    `JPEGImages/1.jpg Annotations/1.xml`; for classification its path and its label. ROOTFOLDER is
    put in front of the paths as it stands, so it ends in a slash. An image that cannot be read is
    told in the log and left out; one without a file of annotations has no boxes.
    """,
    epilog="Example: blobnet convert_annoset -anno_type detection -label_map_file "
    "labelmap_voc.prototxt -encoded -encode_type jpg VOCdevkit/ trainval.txt trainval_lmdb",
)
@click.argument("root", metavar="ROOTFOLDER/", type=FILE)
@click.argument("file", metavar="LISTFILE", type=FILE)
@click.argument("database", metavar="DB_NAME", type=PATH)
@option(
    "anno_type",
    type=click.Choice(ANNO_TYPES),
    default="classification",
    show_default=True,
    help="What the list says of images.",
)
@option(
    "label_type",
    type=click.Choice(LABEL_TYPES),
    default="xml",
    show_default=True,
    help="The form of annotations: VOC's, COCO's, or lines of `label xmin ymin xmax ymax`.",
)
@option("label_map_file", type=FILE, default="", metavar="FILE", help="A LabelMap, for detection.")
@flag_options
@size_options(lambda name: name)
@backend_option("lmdb")
@seed_option
def command(root: str, file: str, database: Path, **options: Any) -> None:
    start_logging()
    AnnotatedSet(root, file, database, **options).convert()
