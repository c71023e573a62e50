"""`blobnet convert_mnist_data`: what the program of Caffe's MNIST example does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import OUT_FILE, PATH
from blobnet.cli.progress import count_progress
from blobnet.cli.tools._databases import backend_option

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend


@click.command(
    help="Write MNIST's images and labels, two idx files, gzipped or not, into a database.",
    epilog="Example: blobnet convert_mnist_data train-images-idx3-ubyte train-labels-idx1-ubyte "
    "mnist_train_lmdb",
)
@click.argument("images", metavar="IMAGE_FILE", type=OUT_FILE)
@click.argument("labels", metavar="LABEL_FILE", type=OUT_FILE)
@click.argument("database", metavar="OUTPUT_DB", type=PATH)
@backend_option("lmdb")
def command(images: Path, labels: Path, database: Path, backend: Backend) -> None:
    from blobnet.datasets.mnist_databases import convert_digits

    start_logging()
    with count_progress(database.name) as show:
        convert_digits(images, labels, database, backend, progress=show)
