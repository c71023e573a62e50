"""The filters of a net as images: what its layers look for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from blobnet.errors import NetError, did_you_mean, explain, shortened
from blobnet.net import Net
from blobnet.shapes import by_axes
from blobnet.types import Array
from blobnet.viz.images.panels import Panel, save_panels, tile
from blobnet.viz.names import visible
from blobnet.wired_layer import WiredLayer

MOST_LAYERS = 24
"""So many layers are drawn where none are named."""


def save_filters(
    net: Net, path: str | PathLike[str], layers: Sequence[str] = (), tiles: int = 64
) -> Path:
    """Draw the filters of layers as a PNG: the named ones, or the first of those with filters."""
    return save_panels(filter_panels(net, layers, tiles), path, f"{net.name or 'net'}: filters")


def filter_panels(net: Net, layers: Sequence[str] = (), tiles: int = 64) -> list[Panel]:
    """A panel for each layer, with up to `tiles` filters or, of each of them, channels.

    A filter of 3 channels is drawn in colours, which Caffe has in the order blue, green, red. Of
    others each channel is an image, and a row of them is a filter. Raises NetError where a layer
    is unknown or has no filters.
    """
    wired = {one.layer.name: one for one in net.wired if _as_images(one) is not None}
    for name in layers:
        if name not in wired:
            raise _no_filters(net, name, list(wired))
    if not wired:
        raise NetError(
            explain(
                "no layer of this net has filters",
                expected="weights of convolutions, or of an InnerProduct on images",
                got=", ".join(net.params) or "no weights at all",
            )
        )
    names = list(layers) or layers_with_filters(net)[:MOST_LAYERS]
    return [_panel(wired[name], tiles) for name in names]


def layers_with_filters(net: Net) -> list[str]:
    """The convolutions; in a net that has none the layers that see images as a whole."""
    seen = [one for one in net.wired if _as_images(one) is not None]
    convolutions = [one for one in seen if one.layer.blobs_[0].num_axes > 2]
    return [one.layer.name for one in convolutions or seen]


def _as_images(wired: WiredLayer) -> Array | None:
    """A layer's filters: (filters, channels, height, width); None where they are no images."""
    filters = wired.layer.filters(wired.bottom)
    if filters is not None and not isinstance(filters, np.ndarray):
        raise wired.layer.error("`filters` gives no array", got=shortened(repr(filters), 200))
    if filters is None or filters.ndim < 3:
        return None
    if filters.ndim == 3:  # along one axis
        return filters[:, :, None]
    return filters.reshape(len(filters), -1, *filters.shape[-2:])


def _panel(wired: WiredLayer, tiles: int) -> Panel:
    images = _as_images(wired)
    if images is None:
        raise NetError(f"layer '{wired.layer.name}' has no filters")
    layer = wired.layer
    count, channels = images.shape[:2]
    title = (
        f"{visible(layer.name, 60)}: {visible(layer.type, 40)}, {by_axes(layer.blobs_[0].shape)}"
    )
    if channels == 1:
        seen = _some(tiles, count, "filters")
        return Panel(f"{title}\n{seen}", tile(images[:tiles, 0]), "gray", True)
    if channels == 3:
        seen = f"{_some(tiles, count, 'filters')}, in colours"
        return Panel(f"{title}\n{seen}", tile(_in_colors(images[:tiles])))
    side = max(math.isqrt(4 * tiles), 1)  # channels are small, and there are many
    rows, columns = _some(side, count, "filters"), _some(side, channels, "channels")
    return Panel(f"{title}\nrows: {rows}; columns: {columns}", images[:side, :side], "gray", True)


def _some(limit: int, count: int, what: str) -> str:
    return f"{count} {what}" if count <= limit else f"{limit} of {count} {what}"


def _in_colors(filters: Array) -> Array:
    """(n, 3, height, width), blue first, as colours; a weight of 0 is a middle grey."""
    filters = np.where(np.isfinite(filters), filters, np.nan)
    largest = np.nanmax(np.abs(filters), initial=0) or 1
    return np.asarray(0.5 + filters[:, ::-1].transpose(0, 2, 3, 1) / largest / 2)


def _no_filters(net: Net, name: str, known: list[str]) -> NetError:
    what = "has no filters" if name in net.layer_names else "is not in this net"
    return NetError(
        explain(
            f"layer '{name}' {what}",
            expected=f"one of {', '.join(known)}" if known else None,
            fix=did_you_mean(name, known),
        )
    )
