"""`blobnet dataset`: data in the form that Caffe's Data layer reads."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.options import FOLDER, option

_SOLVER = Path("models/lenet5/solver.prototxt")


@click.group(epilog="Example: blobnet dataset mnist .")
def command() -> None:
    """Prepare data for training."""


@command.command(epilog="Example: blobnet dataset mnist --data ~/mnist .")
@click.argument("out", type=FOLDER)
@option(
    "data",
    type=FOLDER,
    metavar="FOLDER",
    help="Folder with the four MNIST idx files, gzipped or not.",
)
@click.option("--overwrite", is_flag=True, help="Replace databases that are already there.")
def mnist(out: Path, data: Path | None, overwrite: bool) -> None:
    """Write mnist_train_lmdb and mnist_test_lmdb into the folder OUT.

    Without --data, MNIST is looked for in BLOBNET_DATA and in the cache, then downloaded; where it
    cannot be had, the small digits that travel with blobnet are taken. The output says which.
    """
    from blobnet.datasets.mnist import find_digits
    from blobnet.datasets.to_lmdb import prepare_mnist

    digits = find_digits(data, report=tell_search)
    click.echo(f"data: {digits.source}")
    paths = prepare_mnist(out, digits, overwrite=overwrite)
    sizes = (len(digits.train_labels), len(digits.test_labels))
    for path, size in zip(paths, sizes, strict=True):
        click.echo(f"wrote {path}: {size:,} digits")
    if _SOLVER.is_file() and out.resolve() == Path.cwd():
        click.echo(f"next: blobnet train --solver {_SOLVER.as_posix()}")
    else:
        click.echo("next: give these paths to your Data layers, as `source`, with backend: LMDB")


def tell_search(reason: str) -> None:
    """Say why one of the places where MNIST may be was passed over."""
    click.echo(f"MNIST: {reason}")
