"""Layer: the contract between a net and its layers.

A new layer is a subclass with up to four methods, registered under the name that prototxts use:

    @blobnet.register_layer("Square")
    class Square(blobnet.Layer):
        exact_num_bottom_blobs = 1
        exact_num_top_blobs = 1

        def reshape(self, bottom, top):
            top[0].reshape_like(bottom[0])

        def forward_cpu(self, bottom, top):
            top[0].data[...] = bottom[0].data ** 2

        def backward_cpu(self, top, propagate_down, bottom):
            if propagate_down[0]:
                bottom[0].diff[...] = top[0].diff * 2 * bottom[0].data

Caffe: layer.hpp.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from blobnet.blob import Blob, Blobs
from blobnet.errors import BlobError, BlobnetError, LayerError, explain, printable
from blobnet.fillers import fill
from blobnet.layer_declarations import LayerDeclarations, wrong_blob_counts, wrong_declaration
from blobnet.layer_views import LayerViews
from blobnet.loss_weights import LossWeights
from blobnet.ops.jit import KernelError
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TRAIN, FillerParameter, LayerParameter
from blobnet.random_streams import PassStreams
from blobnet.serialization.blob_proto import blob_from_proto, fit_stored
from blobnet.serialization.stored import StoredBlob
from blobnet.sources.source import restore_rng
from blobnet.types import Array, Shape


class Layer(LayerDeclarations, LayerViews):
    """One step of a net: computes its tops from its bottoms, and gradients back.

    A subclass overrides `setup`, `reshape`, `forward_cpu` and `backward_cpu`, and declares how
    many blobs it takes and makes. What it can use:

    blobs_                  list of Blob: the weights in `data`, their gradient in `diff`
    layer_param_            LayerParameter: the layer as the prototxt states it
    own_param               the type's own message in it: see `register_layer`
    param_propagate_down_   list of bool: whether the gradient of blobs_[i] is wanted
    need_backward           bool: whether the net will ever call `backward_cpu`
    phase                   TRAIN or TEST
    dtype                   float32, or float64 in a net made for gradient checks
    rng                     numpy Generator: the source of every random number of this layer

    Two rules for `backward_cpu`: a bottom's diff is *overwritten* (only where
    `propagate_down[i]`), a weight's diff is *added to*, so that gradients can pile up over
    several passes. A top's diff may be read only. Arrays are written into, never replaced.
    """

    def __init__(
        self,
        layer_param: LayerParameter,
        *,
        phase: int = TRAIN,
        dtype: DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.layer_param_ = layer_param
        self.phase = phase
        self.dtype = np.dtype(dtype)
        self._streams = PassStreams(rng if rng is not None else np.random.default_rng())
        self.blobs_: list[Blob] = []
        self.param_propagate_down_: list[bool] = []
        self.need_backward = True
        self.accumulate = True  # see can_overwrite_diffs; true again after each backward
        self.progress: tuple[int, int] | None = None  # in a training: updates done, and at its end
        self.needs_own_diff = False  # whether the diff of `blobs_` must not be that of a top
        self._loss_weights = LossWeights()
        for proto in layer_param.blobs:  # weights that come with the definition
            blob = Blob(dtype=self.dtype)
            try:
                blob_from_proto(blob, proto)
            except BlobError as error:
                raise self._named(error) from error
            self.blobs_.append(blob)

    # --- what a layer type overrides ----------------------------------------------------------

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        """Once: read and check the parameters, make `blobs_` (see `init_blob`)."""

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Before every forward: check the bottoms' shapes, give the tops theirs."""
        raise NotImplementedError(f"{type(self).__name__} must define `reshape`")

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Write every top's `data`."""
        raise NotImplementedError(f"{type(self).__name__} must define `forward_cpu`")

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Overwrite the bottoms' `diff` where wanted, add to the `diff` of `blobs_`."""
        if any(propagate_down) or any(self.param_propagate_down_):
            raise self.error(
                "this layer type cannot compute gradients",
                fix="set `propagate_down: false`, or define `backward_cpu` in the layer's class",
            )

    def filters(self, bottom: Blobs) -> Array | None:
        """The weights to draw: (filters, channels, *window); with less than three axes none are."""
        return self.blobs_[0].data if self.blobs_ else None

    def get_state(self) -> dict[str, Any]:
        """What besides the weights decides how a run goes on, in types that JSON has."""
        by_pass = {"by_pass": True} if self._streams.by_pass else {}
        return {"rng": self._streams.get_state(), **by_pass}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state that `get_state` gave."""
        restore_rng(self._streams.unmoved, state)
        self._streams.set_state(state["rng"], by_pass=bool(state.get("by_pass")))

    def take_turns(self, turn: int, turns: int) -> str | None:
        """Of so many passes that follow each other, make that one here; others make the others.

        In a training by several processes, each has a turn. What the layer draws, and the data that
        it reads, are those of its own passes. Returns why it cannot, in words, where it cannot.
        """
        self._streams.take_turns(turn, turns)
        return None

    def use_statistics_of(self, gather: Callable[[Array], Array]) -> bool:
        """Take statistics over the batches of all processes that train together.

        gather  (n,) of float64 -> (processes, n), in the order of processes; all have to call it
        Returns whether the layer takes any statistics of a batch. Raises LayerError where it does
        and cannot take those of all.
        """
        return False

    # --- what the net calls -------------------------------------------------------------------

    @property
    def rng(self) -> np.random.Generator:
        """The source of every random number; in a training, of each pass by itself."""
        return self._streams.generator

    @rng.setter
    def rng(self, generator: np.random.Generator) -> None:
        self._streams = PassStreams(generator)

    def begin_pass(self) -> None:
        """A pass of a training begins: what is drawn in it does not depend on those before."""
        self._streams.begin_pass()

    def initialize(self, bottom: Blobs, top: Blobs) -> None:
        """Check the numbers of blobs, then setup, reshape, loss weights (Caffe's SetUp)."""
        try:
            if wrong := wrong_blob_counts(self, self.type, len(bottom), len(top)):
                raise self.error(wrong[0], got=wrong[1])
            self.setup(bottom, top)
            self.param_propagate_down_ = [True] * len(self.blobs_)
            self.reshape(bottom, top)
            if no_sense := wrong_declaration(self):
                raise self.error(no_sense[0], expected=no_sense[1], got=no_sense[2])
            self._set_loss_weights(top)
        except (BlobError, LayerError, MemoryError) as error:
            raise self._named(error) from error

    def forward(self, bottom: Blobs, top: Blobs) -> float:
        """Reshape, compute the tops, and return this layer's share of the loss."""
        self.update_shapes(bottom, top)
        try:
            with overflow_allowed():
                self._compute(bottom, top)
                return self._loss_weights.loss(top)
        except (BlobError, MemoryError) as error:
            raise self._named(error) from error

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Compute gradients from the tops' `diff`."""
        try:
            with overflow_allowed():
                self.backward_cpu(top, propagate_down, bottom)
            self.accumulate = True
        except (BlobError, MemoryError) as error:
            raise self._named(error) from error

    def update_shapes(self, bottom: Blobs, top: Blobs) -> None:
        """`reshape`, with errors that name this layer."""
        try:
            self.reshape(bottom, top)
        except (BlobError, MemoryError) as error:
            raise self._named(error) from error

    @property
    def type(self) -> str:
        return self.layer_param_.type

    @property
    def name(self) -> str:
        return self.layer_param_.name

    @property
    def own_param(self) -> Any:
        """The message that `register_layer(..., param=...)` declared, defaults included.

        Raises LayerError where it declared none.
        """
        if self.own_field_ is None:
            raise self.error(
                "the type has no message of its own",
                fix=f'@blobnet.register_layer("{self.type}", param={{"alpha": 1.0}})',
            )
        return self.layer_param_.Extensions[self.own_field_.extension]

    @property
    def blobs(self) -> list[Blob]:
        return self.blobs_

    @property
    def loss_(self) -> list[float]:
        """The weights of the tops in the loss; empty where none of them counts."""
        return self._loss_weights.values

    def loss(self, top_index: int) -> float:
        """The weight of a top in the loss: 0 for tops that are no loss."""
        return self.loss_[top_index] if top_index < len(self.loss_) else 0.0

    # --- what a layer type calls --------------------------------------------------------------

    def init_blob(self, index: int, shape: Shape, filler: FillerParameter | None = None) -> None:
        """Make blobs_[index] and fill it, unless the definition brought its values along."""
        if index < len(self.blobs_):
            stored = self.layer_param_.blobs[index]
            fit_stored(self.blobs_[index], stored, shape, f"the weights given as blobs[{index}]")
            return
        blob = Blob(shape, dtype=self.dtype)
        fill(blob.data, filler if filler is not None else FillerParameter(), self._streams.unmoved)
        self.blobs_.append(blob)

    def adapt_stored(
        self, stored: Mapping[int, StoredBlob]
    ) -> tuple[Mapping[int, StoredBlob], Mapping[int, StoredBlob]]:
        """What a file has for this layer, fit for `blobs_`; and what it has for the layer behind.

        For types whose weights forks store in other orders or shapes; the second is empty but where
        a program writes the weights of two layers as those of one.
        """
        return stored, {}

    def error(
        self, what: str, *, expected: object = None, got: object = None, fix: str | None = None
    ) -> LayerError:
        """A LayerError that names this layer: `raise self.error(...)`."""
        who = f'{self.type} layer "{self.name}"'
        return LayerError(explain(f"{who}: {what}", expected=expected, got=got, fix=fix))

    # --- helpers ------------------------------------------------------------------------------

    def _compute(self, bottom: Blobs, top: Blobs) -> None:
        try:
            self.forward_cpu(bottom, top)
        except KernelError:  # once in a process: from now on numpy serves
            self.forward_cpu(bottom, top)

    def _named(self, error: BlobnetError | MemoryError) -> LayerError:
        """`error` as one that names this layer."""
        if isinstance(error, MemoryError):
            return self.error(
                "not enough memory",
                got=error if str(error) else None,
                fix="use a smaller batch or smaller shapes; are the layer's settings meant so?",
            )
        who = printable(f'{self.type} layer "{self.name}"')
        text = str(error)
        return LayerError(text if text.startswith(who) else f"{who}: {text}")

    def _set_loss_weights(self, top: Blobs) -> None:
        stated = self.layer_param_.loss_weight
        if not stated:  # a default is written down, as in Caffe: snapshots say it
            stated.extend(self.default_loss_weights(len(top)))
        weights = list(stated)
        if weights and len(weights) != len(top):
            raise self.error(
                "loss_weight must be unspecified or specified once per top blob.",
                expected=f"{len(top)} values",
                got=f"{len(weights)} values",
            )
        self._loss_weights.write(weights, top)
