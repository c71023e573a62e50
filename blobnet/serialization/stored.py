"""What files hold, whichever form they have: weights by layer, and the state of a solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from blobnet.types import Array, Shape


@dataclass(frozen=True)
class StoredBlob:
    """One weight blob in a file; its numbers are read when `load` is called."""

    shape: Shape
    legacy: bool  # stored with 4 axes by an early Caffe, whatever the blob's own number
    load: Callable[[], Array]
    damage: str | None = None  # why the numbers cannot be loaded

    def fits(self, shape: Shape) -> bool:
        """Whether a blob of this shape can take the numbers."""
        if self.legacy:
            return len(shape) <= 4 and (1,) * (4 - len(shape)) + tuple(shape) == self.shape
        return self.shape == tuple(shape)


StoredWeights = Mapping[str, Mapping[int, StoredBlob]]
"""Layer name to the blobs stored for it, by their index."""


@dataclass
class StoredSolverState:
    """The contents of a .solverstate file.

    iter          number of updates done
    current_step  how many steps a multistep policy has passed
    learned_net   path of the weight file that belongs to it, as given when it was written
    history       the update rule's memory: one or two arrays per learnable parameter
    extra         JSON with the state of data reading and random draws; empty in Caffe's files
    """

    iter: int
    current_step: int = 0
    learned_net: str = ""
    history: list[Array] = field(default_factory=list)
    extra: bytes = b""
