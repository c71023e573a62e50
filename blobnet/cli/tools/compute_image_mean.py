"""`blobnet compute_image_mean`: what Caffe's tool of that name does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import OUT_FILE, PATH
from blobnet.cli.progress import share_progress
from blobnet.cli.tools._databases import backend_option
from blobnet.loggers import named_logger

if TYPE_CHECKING:
    from blobnet.datasets.database_writer import Backend

_log = named_logger("blobnet.cli")


@click.command(
    help="""The mean of all images of a database, as a BlobProto; and the mean of each channel.

    Without OUTPUT_FILE, the channels' means are told only.
    """,
    epilog="Example: blobnet compute_image_mean train_lmdb mean.binaryproto",
)
@click.argument("database", metavar="INPUT_DB", type=PATH)
@click.argument("out", metavar="[OUTPUT_FILE]", type=OUT_FILE, required=False)
@backend_option("lmdb")
def command(database: Path, out: Path | None, backend: Backend) -> None:
    from blobnet.datasets.image_mean import channel_means, compute_mean, open_database, write_mean
    from blobnet.serialization.files import check_writable

    start_logging()
    if out is not None:
        check_writable(out)
    source = open_database(database, backend)
    try:
        with share_progress(database.name) as show:
            mean = compute_mean(source, show)
    finally:
        source.close()
    if out is not None:
        _log.info("Write to %s", out)
        write_mean(mean, out)
    _log.info("Number of channels: %d", len(mean))
    for channel, value in enumerate(channel_means(mean)):
        _log.info("mean_value channel [%d]: %g", channel, value)
