"""Databases for tests: written by the LMDB library, as Caffe's tools write them."""

from __future__ import annotations

import lmdb
import numpy as np

from blobnet.proto import Datum


def write_lmdb(folder, records):
    """A database of (key, value) pairs; returns the folder."""
    with (
        lmdb.open(str(folder), map_size=2**26, sync=False) as store,
        store.begin(write=True) as transaction,
    ):
        for key, value in records:
            transaction.put(key, value)
    return folder


def write_images(folder, images):
    """A database of (C, H, W) arrays, labelled 0, 1, 2...; keys as convert_imageset makes them."""
    return write_lmdb(
        folder,
        [
            (b"%08d_%d.png" % (i, i), make_datum(image, i).SerializeToString())
            for i, image in enumerate(images)
        ],
    )


def make_datum(image, label=0):
    """A record: bytes for an array of bytes, floats for any other."""
    channels, height, width = image.shape
    datum = Datum(channels=channels, height=height, width=width, label=label)
    if image.dtype == np.uint8:
        datum.data = image.tobytes()
    else:
        datum.float_data.extend(image.ravel().tolist())
    return datum
