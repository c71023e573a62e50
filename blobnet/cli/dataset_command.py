"""`blobnet dataset`: data in the form that Caffe's Data layer reads."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import option

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(epilog="Example: blobnet dataset mnist .")
def command() -> None:
    """Prepare data for training."""


@command.command(epilog="Example: blobnet dataset mnist --data ~/mnist .")
@click.argument("out", type=FOLDER)
@option("data", type=FOLDER, help="Folder with the four MNIST idx files, gzipped or not.")
@click.option("--overwrite", is_flag=True, help="Replace databases that are already there.")
def mnist(out: Path, data: Path | None, overwrite: bool) -> None:
    """Write mnist_train_lmdb and mnist_test_lmdb into the folder OUT.

    Without --data, MNIST is looked for in BLOBNET_DATA and in the cache, then downloaded; where it
    cannot be had, the small digits that travel with blobnet are taken. The output says which.
    """
    from blobnet.datasets.mnist import find_digits
    from blobnet.datasets.to_lmdb import prepare_mnist

    digits = find_digits(data, report=click.echo)
    train, test = len(digits.train_labels), len(digits.test_labels)
    click.echo(f"data: {digits.source}: {train:,} to learn from, {test:,} to be tested on")
    for path in prepare_mnist(out, digits, overwrite=overwrite):
        click.echo(f"wrote {path}")
    click.echo("next: blobnet train --solver models/lenet5/solver.prototxt")
