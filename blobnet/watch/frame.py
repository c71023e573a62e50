"""One iteration as it was noted: what layers gave and were given back, and how weights changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from blobnet.net import Net
from blobnet.types import Array

Place = tuple[int, int]
"""The position of a layer in the net, and of a top among its tops."""


@dataclass
class Frame:
    """What is noted of an iteration.

    iteration  the number of updates before it
    is_update  whether weights have changed; if not, the net was only looked at
    layers     the positions of the layers that are noted in full; all where it is None
    tops, deltas   copies of values and gradients that later layers overwrite, by place
    before, gradient, change, memory   of the learnable parameters that are noted, by their position
    by_pass    of these: the gradient of each pass, where an update is made of several
    clipped    what all gradients were multiplied with, as clip_gradients wants
    delta_sizes, change_sizes   mean absolute values, by the layer's position

    What is not overwritten is read where it is, so a frame is true until the next pass.
    """

    iteration: int
    rate: float
    loss: float = 0.0
    passes: int = 1
    is_update: bool = False
    layers: Collection[int] | None = None
    tops: dict[Place, Array] = field(default_factory=dict)
    deltas: dict[Place, Array] = field(default_factory=dict)
    before: dict[int, Array] = field(default_factory=dict)
    gradient: dict[int, Array] = field(default_factory=dict)
    change: dict[int, Array] = field(default_factory=dict)
    memory: dict[int, list[Array]] = field(default_factory=dict)
    by_pass: dict[int, list[Array]] = field(default_factory=dict)
    clipped: float = 1.0
    delta_sizes: dict[int, float | str | None] = field(default_factory=dict)
    change_sizes: dict[int, float | str | None] = field(default_factory=dict)

    def is_noted(self, position: int) -> bool:
        """Whether a layer is noted in full."""
        return self.layers is None or position in self.layers

    def top(self, net: Net, position: int, index: int) -> Array:
        """The values that a layer gave."""
        noted = self.tops.get((position, index))
        return net.wired[position].top[index].data if noted is None else noted

    def delta(self, net: Net, position: int, index: int) -> Array:
        """The gradient of the loss by them."""
        noted = self.deltas.get((position, index))
        return net.wired[position].top[index].diff if noted is None else noted
