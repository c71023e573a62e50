"""Net as pycaffe has it: both constructors, and every name. Caffe: _caffe.cpp, pycaffe.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import blobnet.net
from blobnet.by_name import ByName, unknown_name
from blobnet.errors import LayerError, explain
from blobnet.input_files import AnyPath
from blobnet.layers.utility.python import Python
from blobnet.net_callbacks import LayerCallback
from blobnet.proto import NetParameter, Phase
from blobnet.pycaffe import batches, settings
from blobnet.pycaffe.containers import LayerDict, LayerVec
from blobnet.pycaffe.errors import CaffeError, check_file
from blobnet.pycaffe.net_arguments import check_batch, check_given, legacy_form
from blobnet.types import Array
from blobnet.weights.trained_layers import WeightsSource, save_net

Names = Sequence[str] | None


class Net(blobnet.net.Net):
    """A net made from a prototxt.

        net = caffe.Net("deploy.prototxt", caffe.TEST, weights="lenet.caffemodel")
        net.blobs["data"].reshape(1, 1, 28, 28)
        net.blobs["data"].data[...] = image
        scores = net.forward()["prob"]

    network_file   path of the prototxt
    phase          caffe.TRAIN or caffe.TEST
    level, stages  what `include` and `exclude` rules may ask for
    weights        path of a .caffemodel or .caffemodel.h5

    The form of old scripts works as well, with a warning in the log: Net(file, weights, phase).
    dtype, seed, inference, keep and allow_python are blobnet's: see `help(blobnet.Net)`.

    blobs         OrderedDict: name to Blob, from the inputs to the outputs; a Blob has `data`,
                  `diff`, `shape` and `reshape(*dims)`
    params        OrderedDict: layer name to its list of weight Blobs
    layers        list of the layers; a Python layer is your own object
    layer_dict    OrderedDict: the same by name
    inputs, outputs           names of blobs
    top_names, bottom_names   OrderedDict: layer name to names of blobs
    blob_loss_weights         OrderedDict: blob name to what it counts in the loss

    Raises CaffeError, which is a RuntimeError, where a file cannot be opened; NetError, ProtoError
    or LayerError where the definition makes no sense; what a Python layer raises as it is.
    """

    def __init__(
        self,
        network_file: AnyPath | NetParameter,
        phase: int | str | PathLike[str] | None = None,
        level: int | str | None = 0,
        stages: Iterable[str] | None = None,
        weights: WeightsSource | None = None,
        *,
        dtype: DTypeLike = np.float32,
        seed: int | np.random.SeedSequence | None = None,
        inference: bool = False,
        keep: Iterable[str] = (),
        allow_python: bool = True,
    ) -> None:
        if isinstance(phase, (str, PathLike)) and phase not in Phase.keys():  # noqa: SIM118
            phase, level, weights = legacy_form(network_file, phase, level, weights)
        for path in (network_file, weights):
            if isinstance(path, (str, PathLike)):
                check_file(path)
        super().__init__(
            network_file,
            phase,  # type: ignore[arg-type]  # a name, a number or None by now
            level=level,  # type: ignore[arg-type]
            stages=() if stages is None else stages,
            weights=weights,
            dtype=dtype,
            seed=settings.next_seed() if seed is None else seed,
            inference=inference,
            keep=keep,
            allow_python=allow_python,
        )
        self._options["level"] = None  # a copy keeps the level that its definition states
        of_users = [_of_users(wired.layer) for wired in self.wired]
        self.layers = LayerVec(of_users, self.layer_names)

    # --- running ------------------------------------------------------------------------------

    def forward(
        self, blobs: Names = None, start: str | None = None, end: str | None = None, **inputs: Any
    ) -> dict[str, Array]:
        """Compute the outputs.

        blobs       names of further blobs to return
        start, end  names of the first and the last layer to run (`end` included)
        inputs      arrays for all input blobs, by name, with as many items as the blobs have

        Returns name to values: views into the blobs, which the next forward overwrites. With
        `end`, they are that layer's tops.
        """
        check_given(inputs, self.inputs, "Input blob arguments do not match net inputs.")
        check_batch(inputs, self.blobs, "Input is not batch sized")
        return super().forward(blobs or (), start, end, **inputs)

    def backward(
        self, diffs: Names = None, start: str | None = None, end: str | None = None, **tops: Any
    ) -> dict[str, Array]:
        """Compute gradients, from the outputs' diffs as they stand or as given by name.

        diffs       names of further blobs whose diff to return
        start, end  names of the layer to begin with and the last one to run, further down

        Returns name to diff: of the inputs or, with `end`, of that layer's bottoms. Weights'
        gradients are added to what is there: see `clear_param_diffs`.
        """
        check_given(tops, self.outputs, "Top diff arguments do not match net outputs.")
        check_batch(tops, self.blobs, "Diff is not batch sized")
        return super().backward(diffs or (), start, end, **tops)

    def forward_all(self, blobs: Names = None, **inputs: Any) -> dict[str, Array]:
        """Run forward over any number of items, in batches; the last is filled up with zeros.

        Returns name to values of all items, copied.
        """
        return batches.forward_all(self, blobs or (), inputs)

    def forward_backward_all(
        self, blobs: Names = None, diffs: Names = None, **arrays: Any
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Run forward and backward over any number of items, in batches.

        blobs, diffs  names of further blobs whose values, and whose diffs, to return
        arrays        by name: values of inputs, diffs of outputs; what is not given stays

        Returns two dicts of copied arrays: of the outputs' values, of the inputs' diffs.
        """
        return batches.forward_backward_all(self, blobs or (), diffs or (), arrays)

    def set_input_arrays(self, data: Array, labels: Array) -> None:
        """Let the MemoryData layer, the net's first, walk through these arrays.

        data    (n, C, H, W), n a multiple of the batch size
        labels  (n,) or (n, 1, 1, 1)

        Both float32 and C-contiguous; they are kept, not copied. Raises CaffeError otherwise.
        """
        layer: Any = self.wired[0].layer if self.wired else None
        if not hasattr(layer, "set_input_arrays"):
            what = "set_input_arrays may only be called if the first layer is a MemoryDataLayer"
            raise CaffeError(explain(what, got=getattr(layer, "type", "a net without layers")))
        try:
            layer.set_input_arrays(data, labels)
        except LayerError as error:
            raise CaffeError(str(error)) from error

    # --- callbacks ----------------------------------------------------------------------------

    def before_forward(self, function: LayerCallback) -> None:
        """Call `function(i)` before the forward of each layer, with its index in `layers`."""
        self.callbacks.before_forward.append(function)

    def after_forward(self, function: LayerCallback) -> None:
        """Call `function(i)` after the forward of each layer."""
        self.callbacks.after_forward.append(function)

    def before_backward(self, function: LayerCallback) -> None:
        """Call `function(i)` before the backward of each layer."""
        self.callbacks.before_backward.append(function)

    def after_backward(self, function: LayerCallback) -> None:
        """Call `function(i)`, or an NCCL, after the backward of each layer."""
        self.callbacks.after_backward.append(function)

    # --- weights ------------------------------------------------------------------------------

    def copy_from(self, weights: WeightsSource, *, complete: bool = False) -> list[str]:
        """Load weights by layer name, from a .caffemodel or a .caffemodel.h5.

        Layers that only one side knows are left alone; those of the net are returned. Raises
        CaffeError where the file cannot be opened, WeightsError where it does not fit.
        """
        if isinstance(weights, (str, PathLike)):
            check_file(weights)
        return super().copy_from(weights, complete=complete)

    def save(
        self,
        path: AnyPath,
        *,
        write_diff: bool = False,
        fork: str | None = None,
        numbers: str | None = None,
    ) -> None:
        """Write the weights as a binary .caffemodel, whatever the path ends in."""
        save_net(self, path, write_diff=write_diff, hdf5=False, fork=fork, numbers=numbers)

    def save_hdf5(self, path: AnyPath, *, write_diff: bool = False) -> None:
        """Write the weights as HDF5, whatever the path ends in."""
        save_net(self, path, write_diff=write_diff, hdf5=True)

    def load_hdf5(self, path: AnyPath) -> None:
        """Load weights by layer name from an HDF5 file."""
        self.copy_from(path)

    # --- by name ------------------------------------------------------------------------------

    @property
    def layer_dict(self) -> LayerDict:
        """Layer name to layer, in order; a Python layer is your own object."""
        return LayerDict(zip(self.layer_names, self.layers, strict=True))

    @property
    def top_names(self) -> ByName[list[str]]:
        """Layer name to the names of its tops."""
        return ByName((wired.layer.name, list(wired.top_names)) for wired in self.wired)

    @property
    def bottom_names(self) -> ByName[list[str]]:
        """Layer name to the names of its bottoms."""
        return ByName((wired.layer.name, list(wired.bottom_names)) for wired in self.wired)

    @property
    def blob_loss_weights(self) -> ByName[float]:
        """Blob name to what it counts in the loss."""
        weights = ByName[float](dict.fromkeys(self.blobs, 0.0))
        weights.kind = "blob"  # type: ignore[misc]  # of this one
        for wired in self.wired:
            weights.update((name, wired.layer.loss(i)) for i, name in enumerate(wired.top_names))
        return weights

    # --- by position, as pycaffe's own code and some scripts go -------------------------------

    _forward: Callable[..., float] = blobnet.net.Net.forward_from_to
    _backward: Callable[..., None] = blobnet.net.Net.backward_from_to
    _set_input_arrays = set_input_arrays
    _batch = batches.batches

    @property
    def _blobs(self) -> list[Any]:
        return list(self.blobs.values())

    @property
    def _blob_names(self) -> list[str]:
        return list(self.blobs)

    @property
    def _blob_loss_weights(self) -> list[float]:
        return list(self.blob_loss_weights.values())

    @property
    def _layer_names(self) -> list[str]:
        return list(self.layer_names)

    @property
    def _inputs(self) -> list[int]:
        return self._ids(self.inputs)

    @property
    def _outputs(self) -> list[int]:
        return self._ids(self.outputs)

    def _top_ids(self, layer: int) -> list[int]:
        return self._ids(self.wired[layer].top_names)

    def _bottom_ids(self, layer: int) -> list[int]:
        return self._ids(self.wired[layer].bottom_names)

    # --- helpers ------------------------------------------------------------------------------

    def _ids(self, names: Iterable[str]) -> list[int]:
        positions = {name: index for index, name in enumerate(self.blobs)}
        return [positions[name] for name in names]

    def _layer_index(self, name: str) -> int:
        if name not in self.layer_names:
            raise unknown_name("layer", name, self.layer_names)
        return super()._layer_index(name)

    def _blob(self, name: str) -> Any:
        """As net.blobs has it; of a net for inference, the error tells more."""
        return super()._blob(name) if self._options["inference"] else self.blobs[name]


def _of_users(layer: Any) -> Any:
    """The layer as a script knows it: of a Python layer, the object of the user's class."""
    return layer.instance if isinstance(layer, Python) else layer
