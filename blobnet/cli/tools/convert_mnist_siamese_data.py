"""`blobnet convert_mnist_siamese_data`: what the program of Caffe's siamese example does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import OUT_FILE, PATH
from blobnet.cli.progress import count_progress
from blobnet.cli.tools._databases import backend_option, rng_of, seed_option

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend


@click.command(
    help="""Write pairs of MNIST's images into a database: two channels, label 1 for the same digit.

    As many pairs are drawn as there are images; the files are idx files, gzipped or not.
    """,
    epilog="Example: blobnet convert_mnist_siamese_data train-images-idx3-ubyte "
    "train-labels-idx1-ubyte mnist_siamese_train_leveldb",
)
@click.argument("images", metavar="IMAGE_FILE", type=OUT_FILE)
@click.argument("labels", metavar="LABEL_FILE", type=OUT_FILE)
@click.argument("database", metavar="OUTPUT_DB", type=PATH)
@backend_option("leveldb")
@seed_option
def command(
    images: Path, labels: Path, database: Path, backend: Backend, random_seed: int | None
) -> None:
    from blobnet.datasets.mnist_databases import convert_pairs

    start_logging()
    rng = rng_of(random_seed)
    with count_progress(database.name) as show:
        convert_pairs(images, labels, database, backend, rng=rng, progress=show)
