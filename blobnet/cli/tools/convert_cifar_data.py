"""`blobnet convert_cifar_data`: what the program of Caffe's CIFAR-10 example does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import FOLDER
from blobnet.cli.progress import count_progress
from blobnet.datasets.database_writer import BACKENDS

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend


@click.command(
    help="""Write CIFAR-10's images into cifar10_train_DB_TYPE and cifar10_test_DB_TYPE.

    INPUT_FOLDER holds the binary version: data_batch_1.bin to data_batch_5.bin, test_batch.bin.
    """,
    epilog="Example: blobnet convert_cifar_data cifar-10-batches-bin . lmdb",
)
@click.argument("folder", metavar="INPUT_FOLDER", type=FOLDER)
@click.argument("out", metavar="OUTPUT_FOLDER", type=FOLDER)
@click.argument("backend", metavar="DB_TYPE", type=click.Choice(BACKENDS))
def command(folder: Path, out: Path, backend: Backend) -> None:
    from blobnet.datasets.cifar import IMAGES, convert_cifar

    start_logging()
    with count_progress("cifar10") as show:
        convert_cifar(folder, out, backend, progress=lambda done: show(done, IMAGES))
