"""Pictures inside a page: a net, the images in an array, the distribution of its numbers."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO

import numpy as np

from blobnet.errors import MissingExtraError
from blobnet.extras import import_extra
from blobnet.net import Net
from blobnet.types import Array
from blobnet.viz.images.panels import one_image, tile
from blobnet.viz.nets.picture import write_svg
from blobnet.viz.trace.array_note import ArrayNote

NEGATIVE, POSITIVE = (0, 114, 178), (230, 159, 0)
"""Blue for what is negative, orange for what is positive: Okabe and Ito's."""

_BAR, _HIGH = 6, 48  # pixels
_BETWEEN = (128, 128, 128, 110)


def net_picture(net: Net) -> str:
    """The net as `blobnet draw` draws it, as `<img>`; or why there is none."""
    svg = BytesIO()
    try:
        write_svg(net, svg)
    except MissingExtraError as error:
        return f'<p class="quiet">No picture of the net: {escape(str(error))}</p>'
    return _img(svg.getvalue(), "svg+xml", "net", "the net: its layers from top to bottom")


def images(note: ArrayNote) -> str:
    """The images that are kept of an array; nothing where there are none, or no matplotlib."""
    if note.images is None:
        return ""
    png = BytesIO()
    try:
        module = import_extra("matplotlib.image", "plot", "drawing images")
    except MissingExtraError:
        return ""
    module.imsave(png, _colored(one_image(tile(note.images))), format="png")
    count = int(np.prod(note.shape[:-2]))
    shown = len(note.images)
    words = f"{'the first ' if shown < count else ''}{shown} of {count} images"
    return _img(png.getvalue(), "png", "images", words)


def histogram(note: ArrayNote) -> str:
    """How often the numbers of an array are how large, as `<svg>`; nothing where it is not kept."""
    if note.counts is None:
        return ""
    highest = note.counts.max()
    bars = "".join(
        f'<rect x="{_BAR * place}" y="{_HIGH - size}" width="{_BAR - 1}" height="{size}"/>'
        for place, size in enumerate(np.ceil(_HIGH * note.counts / highest).astype(int).tolist())
    )
    width = _BAR * len(note.counts)
    words = f"histogram from {note.minimum:.3g} to {note.maximum:.3g}"
    return (
        f'<svg class="histogram" role="img" aria-label="{words}" width="{width}" height="{_HIGH}"'
        f' viewBox="0 0 {width} {_HIGH}"><title>{words}</title>{bars}</svg>'
    )


def _colored(values: Array) -> Array:
    """Red, green, blue and opacity of each number: the further from 0, the less transparent."""
    sizes = np.abs(values)
    largest = np.nanmax(np.where(np.isfinite(sizes), sizes, 0), initial=0)
    shares = np.clip(np.nan_to_num(sizes / (largest or 1), nan=0.0), 0, 1)
    colors = np.where((values < 0)[..., None], NEGATIVE, POSITIVE)
    pixels = np.concatenate([colors, np.round(255 * shares)[..., None]], axis=-1)
    pixels[np.isnan(values)] = _BETWEEN
    return pixels.astype(np.uint8)


def _img(data: bytes, kind: str, style: str, words: str) -> str:
    encoded = b64encode(data).decode("ascii")
    source = f"data:image/{kind};base64,{encoded}"
    return f'<img class="{style}" alt="{words}" title="{words}" src="{source}">'
