"""What is told of a training step: the parts of a trace.

A StepTrace has one or several PassTraces, forward and backward through the layers, and for each
weight blob an UpdateTrace. `tracer` makes them, `text` and `page` show them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from blobnet.viz.trace.array_note import ArrayNote


class Named(NamedTuple):
    """An array with the name of what it belongs to."""

    name: str
    note: ArrayNote


@dataclass
class LayerTrace:
    """A layer in one pass: forward, and backward where the net needs it.

    bottom, weights, top   the values that come in, that the layer has learned, that go out
    loss                   the layer's share of the loss
    top_diff               delta, the gradient that comes from further down; None without backward
    weight_diff            the gradient of its weights in this pass: `blobs_[i].diff`
    bottom_diff            the gradient that goes up, for bottoms that want one
    """

    name: str
    type: str
    formula: str
    gradient: str
    settings: str
    in_place: bool
    bottom: list[Named]
    weights: list[Named]
    top: list[Named] = field(default_factory=list)
    loss: float = 0.0
    top_diff: list[Named] | None = None
    weight_diff: list[Named] = field(default_factory=list)
    bottom_diff: list[Named] = field(default_factory=list)


@dataclass
class PassTrace:
    """One forward and one backward of the net; `iter_size` of them make a step."""

    layers: list[LayerTrace] = field(default_factory=list)
    loss: float = 0.0

    @property
    def backward(self) -> list[LayerTrace]:
        """The layers that computed gradients, the last one first."""
        return [layer for layer in reversed(self.layers) if layer.top_diff is not None]

    @property
    def idle(self) -> list[str]:
        """The names of the layers that computed none."""
        return [layer.name for layer in self.layers if layer.top_diff is None]


@dataclass
class UpdateTrace:
    """How one weight blob changes.

    name        the layer's and its place there: `ip1 blobs_[0]`
    shared_with the other layers that use it
    gradient    as all passes left it in `diff`
    g           the same after clipping, the mean over iter_size and decay: what the rule is given
    rate        the step's rate times lr_mult
    decay       weight_decay times decay_mult
    is_l1       whether that pulls by the sign of the weight, and not by the weight
    history     the rule's memory (name, before, after)
    before, change, after   the weight, what is subtracted from it, the weight
    error       the largest |before - change - after|, as the blob's type computes it: 0
    """

    name: str
    shared_with: list[str]
    lr_mult: float
    decay: float
    gradient: ArrayNote
    before: ArrayNote
    rate: float | None = None
    g: ArrayNote | None = None
    history: list[tuple[str, ArrayNote, ArrayNote]] = field(default_factory=list)
    change: ArrayNote | None = None
    after: ArrayNote | None = None
    error: float = 0.0
    is_l1: bool = False


@dataclass
class StepTrace:
    """One iteration of a solver.

    rule  how it makes a change of a gradient g
    few   arrays of more values than this are told by their statistics
    """

    net: str
    iteration: int
    rate: float
    solver: str
    rule: str
    settings: dict[str, float | str]
    few: int
    passes: list[PassTrace] = field(default_factory=list)
    updates: list[UpdateTrace] = field(default_factory=list)
    loss: float = 0.0
