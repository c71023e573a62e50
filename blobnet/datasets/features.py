"""What blobs of a net hold, image by image, as databases: features for another training.

    key    the number of the image, ten digits (`%010d`)
    value  a Datum: channels, height, width, float_data (the values of the image)

Caffe: tools/extract_features.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blobnet.blob import Blob
from blobnet.by_name import unknown_name
from blobnet.datasets.database_writer import Backend, Database, check_place, new_databases
from blobnet.distributed.forwards import forwards
from blobnet.distributed.ranks import Ranks
from blobnet.errors import DataError, explain
from blobnet.loggers import named_logger
from blobnet.net import Net
from blobnet.proto import Datum
from blobnet.types import Array

_log = named_logger("blobnet.datasets")

_TOLD_EVERY = 1000  # images, as in Caffe
_FIXED32 = 5  # the wire type of floats
_FLOAT_TAG = Datum.DESCRIPTOR.fields_by_name["float_data"].number << 3 | _FIXED32
_FLOATS = np.dtype([("tag", "u1"), ("value", "<f4")])  # each float of a Datum, as it is stored


@dataclass
class _Features:
    """A blob that is written, and where to."""

    name: str
    blob: Blob
    database: Database

    def write(self, head: bytes, values: Array) -> None:
        """Append the images of a batch, (N, values); `head` is what their records begin with."""
        floats = np.empty(values.shape, _FLOATS)
        floats["tag"], floats["value"] = _FLOAT_TAG, values
        for image in floats:
            self.database.put(b"%010d" % self.database.count, head + image.tobytes())
            if self.database.count % _TOLD_EVERY == 0:
                self.tell()

    def tell(self) -> None:
        count = self.database.count
        _log.info("Extracted features of %d query images for feature blob %s", count, self.name)


def extract_features(
    net: Net,
    blobs: Sequence[str],
    databases: Sequence[Path],
    batches: int,
    backend: Backend = "lmdb",
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    ranks: Ranks | None = None,
) -> int:
    """Run a net forward, and write some of its blobs into new databases, one for each.

    net       fed by its own data layers; of one made for inference the blobs must be kept
    blobs     names of blobs (N, ...) of at most 4 axes; missing ones count 1
    progress  called with the images done, and with how many there will be, about
    ranks     the processes that compute batches in turns; the first of them writes

    A batch is written while the next one is computed; no more than that is in memory. Returns the
    number of images. Raises DataError where numbers differ, a name is taken or nothing can be
    written; NetError for an unknown blob, BlobError for one of too many axes.
    """
    if ranks is not None and not ranks.is_first:
        for _ in forwards(net, batches, ranks, blobs):
            """The first rank gets them."""
        return 0
    check_features(net, blobs, databases, backend)
    with new_databases(databases, backend) as opened:
        features = [
            _Features(name, net.blobs[name], database)
            for name, database in zip(blobs, opened, strict=True)
        ]
        _run(net, features, batches, progress, ranks)
        for feature in features:
            feature.tell()
    return max(feature.database.count for feature in features)


def check_features(
    net: Net, blobs: Sequence[str], databases: Sequence[Path], backend: Backend
) -> None:
    """Find out before long work what `extract_features` would refuse; raises what it raises."""
    if not blobs or len(blobs) != len(databases):
        raise DataError(
            explain(
                "the number of blob names and dataset names must be equal",
                expected="a database for each blob",
                got=f"{len(blobs)} blobs, {len(databases)} databases",
            )
        )
    for name in blobs:
        if name not in net.blobs:
            raise unknown_name("blob", name, net.blobs)
        net.blobs[name].legacy_shape(0)
    check_place(databases, backend)


def _run(
    net: Net,
    features: Sequence[_Features],
    batches: int,
    progress: Callable[[int, int], None],
    ranks: Ranks | None,
) -> None:
    writing: Future[None] | None = None
    with ThreadPoolExecutor(1, "blobnet-features") as writer:
        names = [feature.name for feature in features]
        for batch in forwards(net, batches, ranks, names):
            copies = [_copy_of(feature.blob) for feature in features]
            if writing is not None:
                writing.result()
            writing = writer.submit(_write, features, copies)
            images = features[0].blob.num
            progress((batch + 1) * images, batches * images)
        if writing is not None:
            writing.result()


def _copy_of(blob: Blob) -> tuple[bytes, Array]:
    """What the records of a batch begin with, and their values: (N, values of an image)."""
    head = Datum(channels=blob.channels, height=blob.height, width=blob.width)
    values = np.array(blob.data, np.float32, order="C")
    return head.SerializeToString(), values.reshape(blob.num, values.size // max(blob.num, 1))


def _write(features: Sequence[_Features], copies: Sequence[tuple[bytes, Array]]) -> None:
    for feature, (head, values) in zip(features, copies, strict=True):
        feature.write(head, values)
