"""What files hold, whichever form they have: weights by layer, and the state of a solver."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from blobnet.errors import BlobError
from blobnet.shapes import MAX_AXES, is_possible, number_in_words, shape_in_words
from blobnet.storage import cast
from blobnet.types import Array, DType, Shape


@dataclass(frozen=True)
class StoredBlob:
    """One weight blob in a file; its numbers are read when `load` is called."""

    shape: Shape
    legacy: bool  # stored with 4 axes by an early Caffe, 5 by C3D, whatever the blob's own number
    load: Callable[[], Array]
    damage: str | None = None  # why the numbers cannot be loaded
    read_into: Callable[[Array], bool] | None = None  # `load` into the array, where it can take it
    param_name: str = ""  # what layers that share this weight call it; HDF5 files do not say
    dtype: DType | None = None  # of what `load` gives, where that is known before

    @property
    def count(self) -> int:
        """How many numbers its shape promises."""
        return math.prod(self.shape)

    def fits(self, shape: Shape) -> bool:
        """Whether a blob of this shape can take the numbers."""
        if self.legacy:
            missing = len(self.shape) - len(shape)
            return missing >= 0 and (1,) * missing + tuple(shape) == self.shape
        return self.shape == tuple(shape)

    def too_large_for(self, dtype: DType) -> str | None:
        """Why an array of that dtype cannot take the numbers; None where it can."""
        if self.dtype is None or self.dtype.kind != "f" or self.dtype.itemsize <= dtype.itemsize:
            return None
        try:
            cast(self.load(), dtype)
        except BlobError as error:
            return str(error)
        return None

    def copy_to(self, array: Array) -> None:
        """Write the numbers into an array that they fit. Raises BlobError: see `too_large_for`."""
        if self.read_into is None or not self.read_into(array):
            array[...] = cast(self.load(), array.dtype).reshape(array.shape)


def missing_numbers(shape: Shape, count: int) -> str | None:
    """What is wrong where a blob of this shape is stored with `count` numbers; None: nothing."""
    if len(shape) > MAX_AXES or any(dim < 0 for dim in shape):
        return f"shape {shape_in_words(shape)} is none that a blob can have"
    promised = math.prod(shape)
    if count != promised:
        return f"shape {shape} promises {number_in_words(promised)} numbers, there are {count}"
    return None if is_possible(shape) else f"shape {shape} is none that a blob can have"


def same_numbers(one: StoredBlob, other: StoredBlob) -> bool:
    """Whether two stored blobs hold the same values, whatever their shapes."""
    if one is other:
        return True
    if one.damage or other.damage:
        return False
    return np.array_equal(np.ravel(one.load()), np.ravel(other.load()), equal_nan=True)


def same_weights(one: Mapping[int, StoredBlob], other: Mapping[int, StoredBlob]) -> bool:
    """Whether two layers in a file hold the same weights."""
    return one.keys() == other.keys() and all(
        one[index].shape == other[index].shape and same_numbers(one[index], other[index])
        for index in one
    )


CheckHistory = Callable[[Sequence[Shape]], None]
"""Looks at the shapes of a state's history before any of it is read; raises what it likes."""

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
