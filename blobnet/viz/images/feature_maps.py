"""What a net makes of an image, blob by blob."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from blobnet.errors import NetError, did_you_mean, explain
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.ops.overflow import overflow_allowed
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import channels_first, read_image
from blobnet.preprocessing.mean_files import read_mean_file
from blobnet.shapes import by_axes
from blobnet.types import Array
from blobnet.viz.images.panels import Panel, save_panels, tile
from blobnet.viz.names import visible

MOST_BLOBS = 24
"""So many blobs are drawn where none are named."""

MOST_BARS = 4096


def save_feature_maps(
    net: Net, path: str | PathLike[str], blobs: Sequence[str] = (), tiles: int = 64
) -> Path:
    """Draw blobs as they are after a forward: those of the names, or the first ones.

    See `show_image`, which fills the net's input and runs it.
    """
    heading = f"{net.name or 'net'}: feature maps"
    return save_panels(feature_map_panels(net, blobs, tiles), path, heading)


def show_image(
    net: Net,
    image: str | PathLike[str] | Array,
    mean: str | Sequence[float] = (),
    scale: float = 1,
) -> None:
    """Run a net on one image: resized to its first input, (image - mean) * scale.

    image  a file, or pixels as OpenCV has them: (height, width), or with blue, green, red behind
    mean  a value per channel (blue, green, red), or the path of a mean image: .binaryproto, .npy.
          Where that is larger than the input, the image takes its size, and the middle is cut out

    Grey or in colours, as the input has one channel or three. Raises NetError where the net has
    no such input, DataError where a file cannot be read.
    """
    shape = _input_shape(net)
    offset = read_mean_file(mean) if isinstance(mean, str) else _values(mean)
    prepared = Settings(mean=offset, scale=scale).preprocessing((1, *shape))
    gray = shape[0] == 1
    if isinstance(image, np.ndarray):
        pixels = channels_first(image, gray=gray)
    else:
        pixels = read_image(Path(image), gray=gray)
    _make_batch_one(net)
    net.blobs[net.inputs[0]].data[0] = prepared(pixels)
    net.forward()


def feature_map_panels(net: Net, blobs: Sequence[str] = (), tiles: int = 64) -> list[Panel]:
    """A panel for each blob, or for each top of a layer, by its name: the batch's first item.

    Raises NetError where a name is unknown.
    """
    names = [blob for name in blobs for blob in _blobs_of(net, name)]
    return [_panel(net, name, tiles) for name in names or drawable_blobs(net)[:MOST_BLOBS]]


def drawable_blobs(net: Net) -> list[str]:
    """The blobs with values for each item; copies that the net put in are left out."""
    splits = (one for one in net.wired if is_inserted_split(one.layer.layer_param_))
    copies = {name for one in splits for name in one.top_names}
    return [
        name
        for name, blob in net.blobs.items()
        if name not in copies and blob.num_axes > 1 and blob.count > blob.shape[0]
    ]


def _panel(net: Net, name: str, tiles: int) -> Panel:
    item = net.blobs[name].data[:1]
    shape = item.shape[1:]
    title = f"{visible(name, 60)}: {by_axes(shape)}{_written_last(net, name)}"
    if item.size in (0, max(shape, default=1)):
        more = f"\nthe first {MOST_BARS} of {item.size}" if item.size > MOST_BARS else ""
        return Panel(title + more + _highest(net, name), item.reshape(-1)[:MOST_BARS])
    if name in net.inputs and shape[0] == 3 and len(shape) == 3:
        finite = item[np.isfinite(item)]
        low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
        with overflow_allowed():
            colors = (item[:, ::-1].transpose(0, 2, 3, 1) - low) / ((high - low) or 1)
        return Panel(f"{title}\nblue, green, red; as colours", tile(colors))
    images = item.reshape(-1, *shape[-2:])
    count = len(images)
    seen = f"{count} maps" if count <= tiles else f"{tiles} of {count} maps"
    signed = name not in net.inputs and bool((images < 0).any())
    shades = "RdBu_r" if signed else "gray" if name in net.inputs and count == 1 else "viridis"
    return Panel(title if count == 1 else f"{title}\n{seen}", tile(images[:tiles]), shades, signed)


def answers(net: Net, best: int = 3) -> Iterator[str]:
    """What the net says of the first item, an output to a line: `prob: 7 (0.998), 9 (0.001)`.

    Outputs with a number for each class alone: their highest ones, by index.
    """
    for name in net.outputs:
        if _is_row(net, name):
            values = net.blobs[name].data[0].reshape(-1)
            order = np.argsort(-values, kind="stable")[:best]
            yield f"{visible(name)}: {', '.join(f'{at} ({values[at]:.3g})' for at in order)}"


def _highest(net: Net, name: str) -> str:
    if name not in net.outputs or not _is_row(net, name):
        return ""
    return f"\nhighest: {net.blobs[name].data[0].reshape(-1).argmax()}"


def _is_row(net: Net, name: str) -> bool:
    """Whether a blob has one number for each of several classes."""
    shape = net.blobs[name].shape[1:]
    return 1 < math.prod(shape) == max(shape, default=1)


def _written_last(net: Net, name: str) -> str:
    """The layer that changed a blob in place, if any: its values are what is seen."""
    writers = [one.layer for one in net.wired if name in one.top_names]
    return f", after {visible(writers[-1].name, 60)}" if len(writers) > 1 else ""


def _blobs_of(net: Net, name: str) -> list[str]:
    if name in net.blobs:
        return [name]
    for wired in net.wired:
        if wired.layer.name == name and wired.top_names:
            return wired.top_names
    known = drawable_blobs(net)
    raise NetError(
        explain(
            f"no blob and no layer with tops is named '{name}'",
            expected=f"one of {', '.join(known)}",
            fix=did_you_mean(name, [*known, *net.layer_names]),
        )
    )


def _make_batch_one(net: Net) -> None:
    """Let the net run on one image; inputs with as many items (labels) get one too."""
    blobs = [net.blobs[name] for name in net.inputs]
    batch = blobs[0].shape[0]
    for blob in blobs:
        if blob.shape[:1] == (batch,):
            blob.reshape(1, *blob.shape[1:])
    net.reshape()


# --- the image ------------------------------------------------------------------------------------


def _input_shape(net: Net) -> tuple[int, int, int]:
    """Channels, height and width of the first input."""
    shape = net.blobs[net.inputs[0]].shape[1:] if net.inputs else ()
    if len(shape) == 3 and shape[0] in (1, 3) and 0 not in shape:
        return shape
    raise NetError(
        explain(
            "this net takes no image",
            expected="a first input of shape (N, 1 or 3, height, width)",
            got=f"'{net.inputs[0]}' of shape {net.blobs[net.inputs[0]].shape}"
            if net.inputs
            else "no input: its data comes from a layer",
            fix="take the deploy.prototxt, which has one; or say the shape of the data: "
            "--shape data=1,3,224,224",
        )
    )


def _values(mean: Sequence[float]) -> Array:
    return np.array(mean or [0], np.float32).reshape(-1, 1, 1)
