"""What a bottom holds that is not just any numbers: values for it are drawn as its reader asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.common.embed import Embed
from blobnet.layers.detection.regions.psroi_pooling import PSROIPooling
from blobnet.layers.detection.regions.roi_align import ROIAlign
from blobnet.layers.detection.regions.roi_pooling import ROIPooling
from blobnet.layers.recurrent.lstm import LSTM
from blobnet.layers.recurrent.lstm_unit import LSTMUnit
from blobnet.layers.recurrent.rnn import RNN
from blobnet.layers.segmentation.unpooling import Unpooling
from blobnet.layers.segmentation.upsample import Upsample
from blobnet.layers.sequence.lstm import Lstm
from blobnet.layers.utility.batch_reindex import BatchReindex
from blobnet.layers.utility.filter import Filter
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.types import Array, Shape
from blobnet.wired_layer import WiredLayer

Sampler = Callable[[Layer, int, Sequence[Shape], np.random.Generator], "Array | None"]
AnySampler = TypeVar("AnySampler", bound=Sampler)
_SAMPLERS: dict[type[Layer], Sampler] = {}


def samples(*classes: type[Layer]) -> Callable[[AnySampler], AnySampler]:
    """Let a function draw values for a bottom of these classes: row numbers, boxes.

    It gets the layer, the bottom's index, the shapes of all bottoms and a generator, and returns
    an array, or None for a bottom that may hold any numbers.
    """

    def register(sampler: AnySampler) -> AnySampler:
        _SAMPLERS.update(dict.fromkeys(classes, sampler))
        return sampler

    return register


def drawn_for_reader(net: Net, name: str, rng: np.random.Generator) -> Array | None:
    """float32 values that mean something to the first layer that asks for such; None without one.

    A bottom without a gradient that is read as one number for each item, a label, is 0.
    """
    for wired, index in _readers(net, name):
        sampler = _SAMPLERS.get(type(wired.layer))
        if sampler is not None:
            drawn = sampler(wired.layer, index, [blob.shape for blob in wired.bottom], rng)
            if drawn is not None:
                return drawn.astype(np.float32)
        elif is_single(net.blobs[name].shape) and not wired.layer.allow_force_backward(index):
            return np.zeros(net.blobs[name].shape, np.float32)
    return None


def is_single(shape: Shape) -> bool:
    """Whether there is one number for each item."""
    return bool(shape) and int(np.prod(shape[1:], dtype=np.int64)) == 1


def _readers(net: Net, name: str) -> Iterator[tuple[WiredLayer, int]]:
    """Layers that read a blob, with the position among their bottoms."""
    names = {name}
    for wired in net.wired:
        for index, bottom in enumerate(wired.bottom_names):
            if bottom not in names:
                continue
            if is_inserted_split(wired.layer.layer_param_):
                names.update(wired.top_names)
            else:
                yield wired, index


# --- what is drawn --------------------------------------------------------------------------------


@samples(PSROIPooling, ROIAlign, ROIPooling)
def regions(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """Rows of an image's number and two corners within it, in pixels of the net's input."""
    if index != 1 or np.prod(shapes[1][2:], dtype=int) != 1:
        return None
    param = layer.layer_param_
    which = "psroi_pooling_param" if isinstance(layer, PSROIPooling) else "roi_pooling_param"
    scale = getattr(param, which).spatial_scale
    images, _, height, width = shapes[0]
    rows = np.zeros((shapes[1][0], 5))
    rows[:, 0] = rng.integers(0, images, len(rows))
    size = np.array([width, height]) / scale
    corners = np.sort(rng.uniform(0, 1, (len(rows), 2, 2)) * (size - 1), axis=1)
    rows[:, 1:] = corners.reshape(len(rows), 4)
    return rows.reshape(shapes[1])


@samples(Embed)
def row_numbers(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """Rows of its weights."""
    return rng.integers(0, layer.blobs_[0].shape[0], shapes[index]).astype(np.float32)


@samples(BatchReindex)
def items(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """Numbers of items."""
    return rng.integers(0, shapes[0][0], shapes[1]).astype(np.float32) if index == 1 else None


@samples(Filter)
def marks_of_items(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """1 for what passes, 0 for what does not."""
    if index != len(shapes) - 1:
        return None
    return (rng.random(shapes[index]) < 0.6).astype(np.float32)


@samples(LSTM, Lstm, LSTMUnit, RNN)
def marks_of_timesteps(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """Where sequences go on: all begin in the first timestep."""
    if index != (2 if isinstance(layer, LSTMUnit) else 1):
        return None
    goes_on = (rng.random(shapes[index]) < 0.8).astype(np.float32)
    if isinstance(layer, Lstm):
        goes_on.reshape(-1)[: layer._N] = 0
    elif not isinstance(layer, LSTMUnit) and len(goes_on):
        goes_on[0] = 0
    return goes_on


@samples(Unpooling, Upsample)
def places(
    layer: Layer, index: int, shapes: Sequence[Shape], rng: np.random.Generator
) -> Array | None:
    """A mask: each value to another place."""
    if index != 1:
        return None
    num, channels, height, width = shapes[1]
    count = height * width
    order = [rng.permutation(count) for _ in range(num * channels)]
    return np.array(order, np.float32).reshape(shapes[1])
