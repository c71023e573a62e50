"""A net run on an image, with what its layers saw and gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from weakref import WeakKeyDictionary

import numpy as np

from blobnet.diagnostics.non_finite import first_non_finite
from blobnet.doctor.case import Case
from blobnet.layer import Layer
from blobnet.net import Net
from blobnet.ops.overflow import overflow_allowed
from blobnet.preprocessing import Preprocessing, Settings
from blobnet.preprocessing.in_definitions import definition_beside, settings_in
from blobnet.types import Array

_NEAR = 0.01  # of the way between its limits: an output is near one


@runtime_checkable
class KeepsStatistics(Protocol):
    """A layer that may normalize by statistics that it keeps."""

    def stored_moments(self) -> tuple[Array, Array] | None:
        """The mean and variance of each channel; None where it takes those of the batch."""


@dataclass
class Recorded:
    """Of one forward.

    moments    by layer with statistics: mean and variance of what came, channel by channel
    dead       by layer with a dead value: the share of channels that gave nothing else
    near       by layer with limits: the share of outputs near them
    non_finite what first was no number, in words
    scores     the net's last output, one item
    """

    moments: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    dead: dict[str, float] = field(default_factory=dict)
    near: dict[str, float] = field(default_factory=dict)
    non_finite: str | None = None
    scores: Array = field(default_factory=lambda: np.zeros(0))


_RECORDS: WeakKeyDictionary[Case, list[Recorded]] = WeakKeyDictionary()


def known_settings(case: Case) -> Settings:
    """How images are prepared: as options say, or the definition itself, or one beside it."""
    found = case.settings.or_else(settings_in(case.net_path))
    beside = definition_beside(case.net_path)
    return found.or_else(settings_in(beside)) if beside and not found else found


def preprocessing_of(case: Case, settings: Settings) -> Preprocessing:
    """Raises NetError where the net takes no image."""
    net = case.net
    return settings.preprocessing(net.blobs[net.inputs[0]].shape if net.inputs else ())


def records(case: Case) -> list[Recorded]:
    """What happened for each image, prepared as it is known to be; run once for all who ask."""
    if case not in _RECORDS:
        preprocessing = preprocessing_of(case, known_settings(case))
        _RECORDS[case] = [record(case, preprocessing, image) for image in case.images]
    return _RECORDS[case]


def record(case: Case, preprocessing: Preprocessing, image: Array) -> Recorded:
    """Run the net on an image and tell what happened in it."""
    net, found = case.net, Recorded()
    data = preprocessing(image)[None]
    blob = net.blobs[net.inputs[0]]
    if blob.shape != data.shape:
        blob.reshape(*data.shape)
        net.reshape()
    blob.data[...] = data

    def before(index: int) -> None:
        wired = net.wired[index]
        if keeps_statistics(wired.layer) and wired.bottom[0].num_axes > 1:
            found.moments[wired.layer.name] = _moments(wired.bottom[0].data)

    def after(index: int) -> None:
        _look_at(net.wired[index].layer, net.wired[index].top[0].data, found)

    net.callbacks.before_forward.append(before)
    net.callbacks.after_forward.append(after)
    try:
        with overflow_allowed():
            net.forward()
    finally:
        net.callbacks.before_forward.remove(before)
        net.callbacks.after_forward.remove(after)
    found.non_finite = first_non_finite(net)
    if net.outputs:
        found.scores = net.blobs[net.outputs[-1]].data[:1].copy()
    return found


def keeps_statistics(layer: Layer) -> bool:
    """Whether it normalizes by what it keeps."""
    return isinstance(layer, KeepsStatistics) and layer.stored_moments() is not None


def moments_kept(net: Net) -> Iterator[tuple[str, Array, Array]]:
    """Each layer that keeps statistics, with its mean and variance."""
    for layer in net.layers:
        if isinstance(layer, KeepsStatistics) and (kept := layer.stored_moments()) is not None:
            yield layer.name, np.asarray(kept[0], np.float64), np.asarray(kept[1], np.float64)


def _moments(x: Array) -> tuple[Array, Array]:
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    values = x.astype(np.float64)
    return values.mean(axes), values.var(axes)


def _look_at(layer: Layer, values: Array, found: Recorded) -> None:
    if values.ndim < 2 or not values.size:
        return
    if layer.dead_value is not None:
        axes = tuple(axis for axis in range(values.ndim) if axis != 1)
        found.dead[layer.name] = float((values == layer.dead_value).all(axes).mean())
    if layer.limits is not None:
        low, high = layer.limits
        margin = _NEAR * (high - low)
        found.near[layer.name] = float(((values < low + margin) | (values > high - margin)).mean())
