"""What is said where blobs do not suit a built-in Python layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from blobnet.blob import Blob, Blobs
from blobnet.errors import DataError, LayerError, explain, printable
from blobnet.layers.utility.python import PythonLayer
from blobnet.types import Array

Count = int | tuple[int, ...]


def who(layer: PythonLayer) -> str:
    """A class and its layer, by their names."""
    return f'Python layer "{layer.layer_param.name}", {type(layer).__name__}'


def wrong(
    layer: PythonLayer,
    what: str,
    *,
    expected: object = None,
    got: object = None,
    fix: str | None = None,
) -> LayerError:
    """A LayerError that names the class and its layer."""
    return LayerError(explain(f"{who(layer)}: {what}", expected=expected, got=got, fix=fix))


def check_count(layer: PythonLayer, bottom: Blobs, bottoms: Count, top: Blobs, tops: Count) -> None:
    """Raise LayerError for another number of bottoms or tops."""
    for blobs, allowed, word in ((bottom, bottoms, "bottoms"), (top, tops, "tops")):
        numbers = (allowed,) if isinstance(allowed, int) else allowed
        if len(blobs) not in numbers:
            expected = " or ".join(map(str, numbers))
            raise wrong(layer, f"wrong number of {word}", expected=expected, got=len(blobs))


def one_image(layer: PythonLayer, blob: Blob, channels: int | None = None) -> None:
    """Raise LayerError unless a blob is (1, channels, H, W)."""
    shape = blob.shape
    if len(shape) != 4 or shape[0] != 1 or channels not in (None, shape[1]):
        expected = f"shape (1, {'C' if channels is None else channels}, H, W)"
        raise wrong(layer, "only one image at a time", expected=expected, got=f"shape {shape}")


def one_clip(layer: PythonLayer, blob: Blob, channels: int | None = None) -> None:
    """Raise LayerError unless a blob is (1, channels, L, 1, 1)."""
    shape = blob.shape
    is_right = len(shape) == 5 and shape[0] == shape[3] == shape[4] == 1
    if not is_right or channels not in (None, shape[1]):
        expected = f"shape (1, {'C' if channels is None else channels}, L, 1, 1)"
        raise wrong(layer, "only one clip at a time", expected=expected, got=f"shape {shape}")


def same_size(layer: PythonLayer, bottom: Blobs) -> None:
    """Raise LayerError unless the first two bottoms are maps of one size."""
    first, second = bottom[0].shape[2:], bottom[1].shape[2:]
    if first != second:
        expected = f"{first}, as bottom[0] has"
        raise wrong(layer, "bottom[1] has another size", expected=expected, got=f"{second}")


def image_info(layer: PythonLayer, blob: Blob) -> tuple[float, float, float]:
    """Height, width and scale of the image. Raises LayerError where a blob is no im_info."""
    if blob.count < 3 or blob.shape[0] != 1:
        expected, got = "shape (1, 3): height, width, scale", f"shape {blob.shape}"
        raise wrong(layer, "a bottom is no im_info", expected=expected, got=got)
    height, width, scale = map(float, blob.data.reshape(-1)[:3])
    return height, width, scale


def rows_of(layer: PythonLayer, blob: Blob, columns: int, *, more: bool = False) -> Array:
    """The values of a blob as rows: axes of size 1 behind the second do not count.

    more  there may be more columns. Raises LayerError for another shape.
    """
    shape = blob.shape
    is_right = len(shape) >= 2 and all(size == 1 for size in shape[2:])
    if not is_right or shape[1] < columns or (shape[1] > columns and not more):
        expected = f"shape (n, {columns}{' or more' if more else ''})"
        raise wrong(layer, "a bottom is no list of boxes", expected=expected, got=f"shape {shape}")
    rows: Array = blob.data.reshape(shape[:2])
    return rows


def without_gradient(propagate_down: Sequence[bool], bottom: Blobs) -> None:
    """What goes back through a layer that passes no gradient."""
    for wanted, blob in zip(propagate_down, bottom, strict=True):
        if wanted:
            blob.diff[...] = 0


@contextmanager
def naming(layer: PythonLayer) -> Iterator[None]:
    """Let errors about data name the layer."""
    try:
        yield
    except DataError as error:
        raise LayerError(f"{printable(who(layer))}: {error}") from error
