"""Files of one blob (.binaryproto): a mean image, an infogain matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import DTypeLike

from blobnet.blob import Blob
from blobnet.errors import BlobError, DataError, explain, path_hint
from blobnet.proto import BlobProto


def read_blob(path: Path, setting: str, dtype: DTypeLike = np.float32) -> Blob:
    """The blob in a file that `setting` names, `mean_file` for example. Raises DataError."""
    blob = Blob(dtype=dtype)
    try:
        blob.from_proto(BlobProto.FromString(path.read_bytes()))
    except OSError as error:
        raise DataError(
            explain(
                f"{setting} {path}: cannot be read",
                got=error.strerror or error,
                fix=path_hint(),
            )
        ) from error
    except (DecodeError, BlobError) as error:
        raise DataError(
            explain(
                f"{setting} {path}: not a blob that can be read",
                expected="a BlobProto in binary form (.binaryproto)",
                got=error,
            )
        ) from error
    return blob
