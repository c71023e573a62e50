"""`blobnet extract_features`: what Caffe's tool of that name does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    FILE,
    import_option,
    note_cpu,
    option,
    threads_option,
)
from blobnet.cli.progress import count_progress
from blobnet.cli.ranks import is_first, shared_seed, together
from blobnet.loggers import named_logger
from blobnet.net import Net

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend

_log = named_logger("blobnet.cli")


@click.command(
    help="""Write what blobs of a net hold, image by image, into databases.

    The net of the prototxt MODEL reads NUM_BATCHES batches, in the phase TEST. Several BLOBS,
    separated by commas, go into as many DATABASES. With GPU the CPU is used all the same.
    """,
    epilog="Example: blobnet extract_features caffenet.caffemodel features.prototxt fc7,prob "
    "fc7_lmdb,prob_lmdb 10 lmdb",
)
@click.argument("weights", type=FILE)
@click.argument("model", type=FILE)
@click.argument("blobs", metavar="BLOB[,BLOB2...]")
@click.argument("databases", metavar="DB[,DB2...]", type=FILE)
@click.argument("batches", metavar="NUM_BATCHES", type=AT_LEAST_ONE)
@click.argument("backend", metavar="lmdb|leveldb", type=click.Choice(["lmdb", "leveldb"]))
@click.argument("device", metavar="[CPU|GPU", type=click.Choice(["CPU", "GPU"]), default="CPU")
@click.argument("device_id", metavar="[DEVICE_ID]]", type=click.IntRange(min=0), default=0)
@option(
    "inference",
    is_flag=True,
    help="Merge layers and share memory: faster with BatchNorm, the same numbers up to rounding.",
)
@import_option
@threads_option
def command(
    weights: str,
    model: str,
    blobs: str,
    databases: str,
    batches: int,
    backend: Backend,
    device: str,
    device_id: int,
    inference: bool,
) -> None:
    from blobnet.datasets.features import extract_features

    with together(lambda: "") as ranks:
        start_logging(quiet=not is_first(ranks))
        note_cpu(f"GPU {device_id}" if device == "GPU" else "")
        names, places = blobs.split(","), [Path(name) for name in databases.split(",")]
        net = _net(model, weights, names if inference else None, shared_seed(ranks))
        _log.info("Extracting Features")
        with count_progress(blobs) as show:
            extract_features(net, names, places, batches, backend, progress=show, ranks=ranks)
        _log.info("Successfully extracted the features!")


def _net(model: str, weights: str, keep: list[str] | None, seed: int | None) -> Net:
    """The net with its weights; made for inference where there is something to keep."""
    net = Net(model, "TEST", inference=keep is not None, keep=keep or (), seed=seed)
    if missing := net.copy_from(weights):
        _log.warning(
            "%s has no weights for %s: features are those of their first values",
            weights,
            ", ".join(missing),
        )
    if net.inputs:
        _log.warning("Nothing fills %s: features are those of zeros", ", ".join(net.inputs))
    return net
