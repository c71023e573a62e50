"""The chain rule that made the gradient of one weight, with the numbers put in.

dE/dw is a sum over the top values y of the weight's layer: dE/dy times dy/dw. And dE/dy is such a
sum over what the next layer makes of y, and so on to the loss.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from blobnet.net import Net
from blobnet.ops.overflow import overflow_allowed
from blobnet.solver import Solver
from blobnet.types import Array
from blobnet.watch.frame import Frame
from blobnet.watch.numbers import image, plain
from blobnet.watch.recorder import parameter_positions
from blobnet.watch.slopes import (
    Spot,
    backward_from,
    forward_slopes,
    forward_slopes_by,
    largest,
    left_alone,
    moved_by,
)
from blobnet.wired_layer import WiredLayer

MOST_PROBES = 64
"""Tops of so many values are asked value by value."""
_MOST_TERMS = 12
_MOST_LINKS = 24
_MOST_MOVED = 8  # values of a large top that are asked for, if no others depend on a value


@dataclass
class Term:
    """One product of the sum: `delta`, dE/dy, times `slope`, dy by what the sum is about."""

    blob: str
    place: list[int]
    delta: float | str
    slope: float | str
    product: float | str


@dataclass
class Link:
    """A gradient as the sum that made it.

    of, place  the weight or the value that it is the gradient by
    layer      whose slopes these are
    value      the gradient, as backward computed it; `total` what the products come to
    count      how many products are not 0; `terms` are the largest of them
    agrees     whether both are the same, but for rounding
    told       False where the layer makes many values of it, and is not linear in it
    maps       of the largest term's map: the factors and the products at each of its places
    """

    of: str
    place: list[int]
    layer: str
    value: float | str
    total: float | str = 0.0
    count: int = 0
    terms: list[Term] = field(default_factory=list)
    agrees: bool = True
    told: bool = True
    maps: dict[str, Any] | None = None


def explain_weight(solver: Solver, frame: Frame, position: int, index: int, place: int) -> Any:
    """In JSON's types: how a weight came to its change; None where it got no gradient.

    position  of the layer in the net; `index` among its blobs_, `place` in these in one row
    """
    net = solver.net
    wired = net.wired[position]
    layer = wired.layer
    param = parameter_positions(net)[id(layer.blobs_[index])]
    if param not in frame.gradient or not layer.param_propagate_down_[index]:
        return None
    if not wired.need_backward:
        return None
    chain = _Chain(net, frame)
    by_pass = [plain(one.reshape(-1)[place]) for one in frame.by_pass.get(param, ())]
    gradient = by_pass[-1] if by_pass else plain(frame.gradient[param].reshape(-1)[place])
    links = [chain.of_weight(position, index, place, gradient), *chain.upwards()]
    return {
        "layer": layer.name,
        "index": index,
        "place": _unraveled(place, layer.blobs_[index].shape),
        "passes": frame.passes,
        "by_pass": by_pass,
        "links": [asdict(link) for link in links],
    }


class _Chain:
    """Links, from the weight up to the loss."""

    def __init__(self, net: Net, frame: Frame) -> None:
        self._net, self._frame = net, frame
        self._param_of = parameter_positions(net)
        self._waiting: deque[tuple[int, Spot]] = deque()
        self._known: set[tuple[int, Spot]] = set()

    def of_weight(self, position: int, index: int, place: int, gradient: float | str) -> Link:
        """Of a weight, in the last pass: `gradient` is what that pass gave it."""
        wired = self._net.wired[position]
        blob = wired.layer.blobs_[index]
        param = self._param_of[id(blob)]
        link = Link(
            f"{wired.layer.name} blobs_[{index}]",
            _unraveled(place, blob.shape),
            wired.layer.name,
            gradient,
        )
        counts = sum(top.data.size for top in wired.top)
        with left_alone(wired, self._weights(wired)):
            if counts <= MOST_PROBES:
                slopes = self._probed(wired, index, place)
            else:
                slopes = forward_slopes(wired, index, place)
        is_alone = self._frame.passes == 1 or param in self._frame.by_pass
        self._sum_up(link, position, slopes, gradient, is_alone)
        return link

    def _probed(self, wired: WiredLayer, index: int, place: int) -> list[Array]:
        slopes = [np.zeros(top.shape, top.dtype) for top in wired.top]
        for top, values in enumerate(slopes):
            for spot in range(values.size):
                backward_from(wired, (top, spot))
                values.reshape(-1)[spot] = wired.layer.blobs_[index].diff.reshape(-1)[place]
        return slopes

    def upwards(self) -> list[Link]:
        """The gradients of the values that the links so far have used, as far as can be told."""
        links: list[Link] = []
        while self._waiting and len(links) < _MOST_LINKS:
            link = self._of_value(*self._waiting.popleft())
            if link is not None:
                links.append(link)
        return links

    def _of_value(self, position: int, spot: Spot) -> Link | None:
        """Of a top value: the sum over what the next layer makes of it."""
        wired = self._net.wired[position]
        reader = self._reader(position, wired.top_names[spot[0]])
        if reader is None:
            return None
        after = self._net.wired[reader]
        bottom = after.bottom_names.index(wired.top_names[spot[0]])
        delta = self._frame.delta(self._net, position, spot[0])
        value = delta.reshape(-1)[spot[1]]
        where = _unraveled(spot[1], delta.shape)
        link = Link(wired.top_names[spot[0]], where, after.layer.name, plain(value))
        if not after.bottom_need_backward[bottom] or not after.need_backward:
            return None
        with left_alone(after, self._weights(after)):
            slopes = self._slopes_of(after, bottom, spot[1])
        self._sum_up(link, reader, slopes, value, True)
        link.told = link.agrees
        return link

    def _slopes_of(self, after: WiredLayer, bottom: int, place: int) -> list[Array]:
        """By each top's values: the slope by one value of a bottom."""
        before = after.bottom[bottom].shape
        places = [self._places(before, top.shape, place) for top in after.top]
        if not any(places) and not after.works_in_place_at(bottom):
            places = moved_by(after, bottom, place)
            if max(map(len, places)) > _MOST_MOVED:
                return forward_slopes_by(after, bottom, place)
        slopes = [np.zeros(top.shape, top.dtype) for top in after.top]
        for top, found in enumerate(places):
            for one in found:
                backward_from(after, (top, one))
                slope = after.bottom[bottom].diff.reshape(-1)[place]
                slopes[top].reshape(-1)[one] = slope
        return slopes

    def _places(self, before: tuple[int, ...], after: tuple[int, ...], place: int) -> list[int]:
        """Where a value may have had an effect: in all of a small top, or in its own item.

        In an item that is large, too, only at its own place, as elementwise layers work.
        """
        size = int(np.prod(after))
        if size <= MOST_PROBES:
            return list(range(size))
        if before[:1] == after[:1]:
            item = size // after[0]
            first = place // (int(np.prod(before)) // before[0]) * item
            if item <= MOST_PROBES:
                return list(range(first, first + item))
        return [place] if before == after else []

    def _sum_up(
        self, link: Link, position: int, slopes: list[Array], value: Any, is_whole: bool
    ) -> None:
        wired, total = self._net.wired[position], 0.0
        found: list[tuple[float, Spot, Term]] = []
        for top, slope in enumerate(slopes):
            delta = self._frame.delta(self._net, position, top)
            products = delta.astype(np.float64) * slope
            total += float(products.sum())
            link.count += int(np.count_nonzero(products))
            for place in largest(products, _MOST_TERMS):
                numbers = (array.reshape(-1)[place] for array in (delta, slope, products))
                where = _unraveled(place, delta.shape)
                term = Term(wired.top_names[top], where, *map(plain, numbers))
                found.append((abs(float(products.reshape(-1)[place])), (top, place), term))
        found.sort(key=lambda one: -one[0])
        if found:
            top, place = found[0][1]
            link.maps = _maps(self._frame.delta(self._net, position, top), slopes[top], place)
        link.terms = [term for _, _, term in found[:_MOST_TERMS]]
        link.total = plain(total)
        scale = sum(size for size, _, _ in found) or 1.0
        close = 1e-9 if wired.top[0].dtype == np.float64 else 1e-4
        link.agrees = not is_whole or abs(total - float(value)) <= close * scale
        for _, spot, _ in found[: _MOST_TERMS if link.count <= _MOST_TERMS else 1]:
            if link.agrees and (position, spot) not in self._known:
                self._known.add((position, spot))
                self._waiting.append((position, spot))

    def _reader(self, position: int, name: str) -> int | None:
        """The next layer that takes the blob of this name."""
        rows = range(position + 1, len(self._net.wired))
        return next((row for row in rows if name in self._net.wired[row].bottom_names), None)

    def _weights(self, wired: WiredLayer) -> list[Array] | None:
        """The layer's weights as they were in the pass, where they are noted."""
        params = [self._param_of[id(blob)] for blob in wired.layer.blobs_]
        if all(param in self._frame.before for param in params):
            return [self._frame.before[param] for param in params]
        return None


def _unraveled(place: int, shape: tuple[int, ...]) -> list[int]:
    return [int(axis) for axis in np.unravel_index(place, shape)] if shape else []


def _maps(delta: Array, slope: Array, place: int) -> dict[str, Any] | None:
    """The map that holds a place: dE/dy and dy by what it is about, and both multiplied.

    None where there are no maps, or only one place of the map counts.
    """
    if delta.ndim < 3 or 1 in delta.shape[-2:]:
        return None
    at = np.unravel_index(place, delta.shape)[:-2]
    if np.count_nonzero(slope[at]) < 2:
        return None
    with overflow_allowed():
        products = delta[at] * slope[at]
    parts = {"delta": delta[at], "slope": slope[at], "product": products}
    return {
        "at": [int(axis) for axis in at],
        "sum": plain(products.sum(dtype=np.float64)),
        **{name: image(part) for name, part in parts.items()},
    }
