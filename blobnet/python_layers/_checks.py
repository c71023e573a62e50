"""What is said where blobs do not suit a built-in Python layer."""

from __future__ import annotations

from blobnet.blob import Blob, Blobs
from blobnet.errors import LayerError, explain
from blobnet.layers.utility.python import PythonLayer

Count = int | tuple[int, ...]


def wrong(layer: PythonLayer, what: str, *, expected: object, got: object) -> LayerError:
    """A LayerError that names the class and its layer."""
    name = layer.layer_param.name
    who = f'Python layer "{name}", {type(layer).__name__}'
    return LayerError(explain(f"{who}: {what}", expected=expected, got=got))


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
