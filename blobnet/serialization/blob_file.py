"""Files of one blob (.binaryproto): a mean image, an infogain matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import DTypeLike

from blobnet.blob import Blob
from blobnet.errors import BlobError, DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.limits import enough_memory
from blobnet.proto import BlobProto
from blobnet.serialization.blob_proto import blob_from_proto
from blobnet.serialization.fields import parse
from blobnet.serialization.fork_numbers import fork_of, in_our_numbers
from blobnet.serialization.kinds import BLOB, kind_of_file

_MAX_BYTES = 2**31 - 1  # protobuf's own limit for one message


def read_blob(path: Path, setting: str, dtype: DTypeLike = np.float32) -> Blob:
    """The blob in a file that `setting` names, `mean_file` for example. Raises DataError."""
    blob = Blob(dtype=dtype)
    who = f"{setting} {shown(path)}"
    try:
        with enough_memory(who, DataError):
            content = read_file(path, DataError, setting=setting, largest=_MAX_BYTES)
            fork = fork_of(content, BlobProto)
            if fork is not None:
                content = in_our_numbers(content, BlobProto, fork)
            blob_from_proto(blob, parse(content, BlobProto, who, DataError))
        if not blob.count:  # what many a foreign message looks like
            raise BlobError(f"no values, shape {blob.shape}")
    except (DecodeError, BlobError) as error:
        kind = kind_of_file(path)
        foreign = kind is not None and kind is not BLOB
        raise DataError(
            explain(
                f"{who}: not a blob that can be read",
                expected="a BlobProto in binary form (.binaryproto)",
                got=kind.what if kind is not None and foreign else error,
                fix=kind.fix if kind is not None and foreign else None,
            )
        ) from error
    return blob
