"""Net: layers connected by named blobs, run forward and backward as one.

It knows the contract of a layer, never a concrete one. Caffe: net.hpp, net.cpp; the words a
script uses are pycaffe's (_caffe.cpp, pycaffe.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from blobnet.arguments import fill_blobs, float_type, no_gradients_in_inference
from blobnet.by_name import BlobsByName
from blobnet.definitions import definition_of, layers_to_run
from blobnet.diagnostics import debug_info
from blobnet.inference.inference import Inference
from blobnet.input_files import naming_file
from blobnet.net.shared_diffs import SharedDiffs
from blobnet.net.views import Views
from blobnet.net.wiring import Wiring
from blobnet.net_callbacks import NetCallbacks
from blobnet.net_copies import contents, remade
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.parallel import use_one_blas_thread
from blobnet.proto import NetParameter
from blobnet.types import Array
from blobnet.weights import trained_layers
from blobnet.weights.names import unique_names
from blobnet.weights.sharing import share_trained_layers
from blobnet.weights.trained_layers import WeightsSource


class Net(Views):
    """A net made from a prototxt.

        net = blobnet.Net("deploy.prototxt", phase="TEST", weights="lenet.caffemodel")
        scores = net.forward(data=images)["prob"]

    source   path of a prototxt, or a NetParameter (`blobnet.parse_net(text)` gives one)
    phase    "TRAIN" or "TEST"; where it is left out, what the definition's `state` says
    level, stages  what `include` and `exclude` rules may ask for
    weights  path(s) of weight files to load
    dtype    float32, or float64 for gradient checks
    seed     where all random numbers of the net start; unpredictable when left out
    inference  only to look at results: layers are merged where that is faster, and blobs share
               memory, so only inputs, outputs and those named in `keep` can be read afterwards
    keep     names of further blobs to read, with `inference`
    allow_python  false to refuse a net whose Python layers would run a program

    blobs    name to Blob, in the order in which layers make them
    params   layer name to its list of weight Blobs, for the layers that have weights
    layers, layer_names    the layers in order (Split layers included)
    inputs, outputs        names of the blobs to fill, and of those that no layer reads
    learnable_params       every weight Blob once, with params_lr and params_weight_decay
    loss     the total loss of the last forward
    callbacks  functions to call before and after each layer: see NetCallbacks

    Raises ProtoError, NetError or LayerError where the definition makes no sense.
    """

    def __init__(
        self,
        source: str | PathLike[str] | NetParameter,
        phase: str | int | None = None,
        *,
        level: int | None = None,
        stages: Iterable[str] = (),
        weights: WeightsSource | None = None,
        dtype: DTypeLike = np.float32,
        seed: int | np.random.SeedSequence | None = None,
        inference: bool = False,
        keep: Iterable[str] = (),
        allow_python: bool = True,
    ) -> None:
        use_one_blas_thread()
        keep, dtype = tuple(keep), float_type(dtype)
        self._options = {"dtype": dtype, "inference": inference, "keep": keep}
        self._definition = definition_of(source, phase, level, stages)
        self.name: str = self._definition.name
        self.phase: int = self._definition.state.phase
        self.debug_info: bool = self._definition.debug_info
        self.loss = 0.0
        self.callbacks = NetCallbacks()
        with naming_file(source):
            wiring = Wiring(
                layers_to_run(self._definition, allow_python=allow_python),
                dtype=dtype,
                seed=seed,
                backward=not inference,
                keep=keep if inference else (),
            )
        self._take_over(wiring)
        self._shared_diffs: SharedDiffs | None = None
        if inference:
            kept = [*self.inputs, *self.outputs, *keep]
            self.blobs = BlobsByName((name, self._blob(name)) for name in kept)
            self._inference = Inference(self.wired, kept)
        if weights is not None:
            self.copy_from(weights)

    # --- running ------------------------------------------------------------------------------

    def forward(
        self,
        blobs: Sequence[str] = (),
        start: str | None = None,
        end: str | None = None,
        **inputs: ArrayLike,
    ) -> dict[str, Array]:
        """Compute the outputs, from the inputs given by name.

        blobs       names of further blobs to return
        start, end  names of the first and the last layer to run (`end` included)

        Returns name to values: views into the blobs, which the next forward overwrites. With
        `end`, they are that layer's tops. The total loss is left in `net.loss`.
        """
        if inputs:
            fill_blobs(self.blobs, self.inputs, inputs, "data")
        first = self._layer_index(start) if start else 0
        last = self._layer_index(end) if end else len(self.layers) - 1
        self.loss = self.forward_from_to(first, last)
        names = self.wired[last].top_names if end else self.outputs
        return {name: self._blob(name).data for name in [*names, *blobs]}

    def backward(
        self,
        diffs: Sequence[str] = (),
        start: str | None = None,
        end: str | None = None,
        **output_diffs: ArrayLike,
    ) -> dict[str, Array]:
        """Compute gradients, from the outputs' diffs as they stand or as given by name.

        diffs       names of further blobs whose diff to return
        start, end  names of the layer to begin with and the last one to run, further down

        Returns name to diff: of the inputs or, with `end`, of that layer's bottoms. Weights'
        gradients are added to what is there: see `clear_param_diffs`.
        """
        if output_diffs:
            fill_blobs(self.blobs, self.outputs, output_diffs, "diff")
        first = self._layer_index(start) if start else len(self.layers) - 1
        last = self._layer_index(end) if end else 0
        self.backward_from_to(first, last)
        names = self.wired[last].bottom_names if end else self.inputs
        return {name: self._blob(name).diff for name in [*names, *diffs]}

    def begin_pass(self) -> None:
        """Let all layers draw their random numbers of the next pass: see `random_streams.py`."""
        for wired in self.wired:
            wired.layer.begin_pass()

    def forward_backward(self) -> float:
        """One pass forward and one back; returns the loss."""
        last = len(self.layers) - 1
        self.loss = self.forward_from_to(0, last)
        self.backward_from_to(last, 0)
        return self.loss

    def forward_from_to(self, first: int, last: int) -> float:
        """Run layers `first` to `last` (both included); returns their part of the loss."""
        loss, callbacks = 0.0, self.callbacks
        if self._inference is not None:
            whole = first == 0 and last == len(self.wired) - 1
            if not (self.debug_info or callbacks.watch_forward):
                return self._inference.run(whole=whole)
            self._inference.prepare(whole=whole)
        with overflow_allowed():
            watched = self.debug_info or callbacks.watch_forward
            for index in self._chains.forward_apart(first, last, watched=watched):
                wired = self.wired[index]
                if wired.fused:
                    continue
                for callback in callbacks.before_forward:
                    callback(index)
                loss += wired.forward()
                if self.debug_info:
                    debug_info.log_forward(wired)
                for callback in callbacks.after_forward:
                    callback(index)
        return loss

    def backward_from_to(self, first: int, last: int) -> None:
        """Run layers `first` down to `last` (both included) backward, where it is needed."""
        if self._inference is not None:
            raise no_gradients_in_inference()
        callbacks = self.callbacks
        if self._shared_diffs is not None and (first, last) == (len(self.wired) - 1, 0):
            self._shared_diffs.renew()
        with overflow_allowed():
            watched = self.debug_info or callbacks.watch_backward
            for index in self._chains.backward_apart(first, last, watched=watched):
                wired = self.wired[index]
                for callback in callbacks.before_backward:
                    callback(index)
                if wired.need_backward:
                    wired.backward()
                    if self.debug_info:
                        debug_info.log_backward(wired)
                for callback in callbacks.after_backward:
                    callback(index)
        if self.debug_info and (first, last) == (len(self.layers) - 1, 0):
            debug_info.log_all_params(self.learnable_params)

    def reshape(self) -> None:
        """Carry new input shapes through all layers, without computing anything."""
        for wired in self.wired:
            if not wired.fused:
                wired.update_shapes()

    def share_diffs(self) -> None:
        """Let blobs' diffs share memory from now on, as far as a whole backward allows it.

        For trainings that nobody looks into: afterwards only the diffs of weights and of inputs
        can be read, and a backward runs from the last layer to the first.
        """
        self._shared_diffs = SharedDiffs(self.wired)

    # --- weights ------------------------------------------------------------------------------

    def clear_param_diffs(self, *, before_backward: bool = False) -> None:
        """Set the gradients of all weights to zero.

        before_backward  a whole backward follows, and nobody looks before it: a layer that can
                         writes its gradient then, so that these zeros are not written
        """
        for layer in self._overwritten_by.values():
            layer.accumulate = not before_backward
        for blob in self.learnable_params:
            if not (before_backward and id(blob) in self._overwritten_by):
                blob.clear_diff()

    def update(self) -> None:
        """Subtract every weight's diff from its data."""
        if self.debug_info:
            debug_info.log_update(self.all_params)
        for blob in self.learnable_params:
            blob.update()

    def copy_from(self, weights: WeightsSource, *, complete: bool = False) -> list[str]:
        """Load weights by layer name, from a file (binary or HDF5), several, or a NetParameter.

        A layer that the file does not have goes by the name of its `param`. Others that only one
        side knows are left alone: those of the file are named in the log, those of the net are
        returned; with `complete` there may be none of these. Raises WeightsError, with all the
        blobs that do not fit, before anything is changed.
        """
        return trained_layers.copy_trained_layers(self, weights, complete=complete)

    def share_with(self, other: Net) -> None:
        """Use the weights of another net's layers of the same name from now on.

        What is in no such layer goes by the name of its `param`. Raises WeightsError, before
        anything is changed, where weights differ in number or shape.
        """
        share_trained_layers(self, other)

    def save(
        self,
        path: str | PathLike[str],
        *,
        write_diff: bool = False,
        fork: str | None = None,
        numbers: str | None = None,
    ) -> None:
        """Write the weights: binary, or HDF5 where the path ends in ".h5".

        fork     a fork of Caffe, by its name in docs/forks.md: its numbers for layers' settings
        numbers  "float16" or "int8" for smaller files, which blobnet reads: see docs/commands.md
        """
        trained_layers.save_net(self, path, write_diff=write_diff, fork=fork, numbers=numbers)

    def to_proto(self, write_diff: bool = False) -> NetParameter:
        """The net as it runs (splits included), with its weights."""
        return trained_layers.net_to_proto(self.name, self.wired, write_diff=write_diff)

    # --- state --------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Layer name to what besides its weights decides how a run goes on."""
        keys = unique_names(self.layer_names)
        return {key: wired.layer.get_state() for key, wired in zip(keys, self.wired, strict=True)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state that `get_state` gave; layers it does not name start anew."""
        for key, wired in zip(unique_names(self.layer_names), self.wired, strict=True):
            if key in state:
                wired.layer.set_state(state[key])

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle and copy.deepcopy: the definition, and what `net_copies.py` says."""
        definition = self._definition.SerializeToString()
        return remade, (type(self), definition, self._options, contents(self))
