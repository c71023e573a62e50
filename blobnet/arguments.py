"""What callers give to a net: checked before it is used, with errors that say what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from blobnet.blob import Blob
from blobnet.errors import BlobError, NetError, explain
from blobnet.storage import cast
from blobnet.types import Array, DType


def float_type(dtype: DTypeLike) -> DType:
    """float32 or float64. Raises NetError for what nets cannot compute with."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found not in (np.float32, np.float64):
        raise NetError(
            explain(
                "nets compute with floats",
                expected="dtype float32, or float64 for gradient checks",
                got=str(dtype)[:80],
            )
        )
    return found


def seed_sequence(seed: int | np.random.SeedSequence | None) -> np.random.SeedSequence:
    """Where all random numbers of a net start. Raises NetError for what is no seed."""
    if isinstance(seed, np.random.SeedSequence):
        return seed
    try:
        return np.random.SeedSequence(seed)
    except (TypeError, ValueError) as error:
        raise NetError(
            explain("no seed for random numbers", expected="an int from 0, or None", got=repr(seed))
        ) from error


def fill_blobs(
    blobs: Mapping[str, Blob], names: Sequence[str], values: Mapping[str, ArrayLike], part: str
) -> None:
    """Write arrays given by name into `data` or `diff` (`part`) of the blobs of these names.

    Raises NetError, before the first is written, where one is missing, unknown, of another shape
    or not of numbers that the blob can hold.
    """
    if set(values) != set(names):
        raise NetError(
            explain(
                f"{'Input' if part == 'data' else 'Top diff'} arguments do not match net "
                f"{'inputs' if part == 'data' else 'outputs'}.",
                expected=", ".join(names) or "none",
                got=", ".join(values),
            )
        )
    arrays = {name: _numbers(name, values[name], blobs[name]) for name in names}
    for name, array in arrays.items():
        getattr(blobs[name], part)[...] = array


def no_gradients_in_inference() -> NetError:
    """Somebody asks a net for gradients that was made for results alone."""
    return NetError(
        explain(
            "a net made for inference has no gradients",
            fix="make the net without `inference=True`",
        )
    )


def _numbers(name: str, values: ArrayLike, blob: Blob) -> Array:
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise _no_numbers(name, error) from error
    _check_fits(name, array, blob)
    if array.dtype.kind not in "fiub":
        raise _no_numbers(name, f"an array of {array.dtype}")
    try:
        return array if array.dtype.kind != "f" else cast(array, blob.dtype)
    except BlobError as error:
        raise NetError(f"'{name}': {error}") from error


def _no_numbers(name: str, got: object) -> NetError:
    expected = "an array of real numbers, or lists of them that are equally long"
    return NetError(explain(f"'{name}' holds no numbers", expected=expected, got=got))


def _check_fits(name: str, array: Array, blob: Blob) -> None:
    """Whether an array can be written into a blob: of its batch size, axes of 1 spread out."""
    if array.shape == blob.shape:  # the usual case, and a quick one
        return
    batch_fits = array.shape[:1] == blob.shape[:1]
    try:
        np.broadcast_to(array, blob.shape)
        if batch_fits:
            return
    except ValueError:
        pass
    raise NetError(
        explain(
            f"'{name}' {'has another shape' if batch_fits else 'is not batch sized'}",
            expected=f"shape {blob.shape}",
            got=f"shape {array.shape}",
            fix=f"net.blobs['{name}'].reshape({', '.join(map(str, array.shape))})",
        )
    )
