"""MemoryData: batches from arrays that the caller holds, or from any Python iterable."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.data._arrays import (
    check_images,
    check_memory,
    check_rows,
    check_shapes,
    check_stated_shapes,
)
from blobnet.layers.data._batch import naming_errors, refusing_foreign_states
from blobnet.loggers import named_logger
from blobnet.proto import Datum
from blobnet.sources.datum import datum_to_array, mat_to_array
from blobnet.sources.iterable_batches import ItemSource, IterableBatches
from blobnet.sources.prefetch import Prefetcher
from blobnet.sources.source import whole_number
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape

_log = named_logger("blobnet.layers.memory_data")


@register_layer("MemoryData")
class MemoryData(Layer):
    """Batches of what the caller hands over.

    top[0]  data: (N, C, H, W)  `batch_size`, `channels`, `height` and `width`; or the `dim` of the
                                OpenCL branch, any number of axes, that of the batch first
    top[1]  label: (N,)
    top[i]  with `input_shapes`, of cbfinn/caffe: the i-th of them. reset(*arrays) alone hands over

    What is handed over last counts:
    set_input_arrays(data, labels)  two arrays. They are kept, not copied: what is written into
                                    them shows in the next batch; `transform_param` does not
    add_datum_vector(datums)        Datum messages, and
    add_mat_vector(mats, labels)    images as OpenCV has them: both are transformed, at once,
                                    and have to be used up before the next ones are added
    set_iterable(samples)           beyond Caffe: what yields (image, label) pairs, as PyTorch's
                                    data sets and loaders do; transformed, and read ahead

    Proto: MemoryDataParameter, TransformationParameter.  Caffe: memory_data_layer.cpp, _caffe.cpp.
    """

    formula = (
        "Batches of what the caller hands over, from the first image to the last and over again."
    )
    gradient_formula = "none to compute."

    exact_num_bottom_blobs = 0
    backward_reads_bottom = False
    backward_reads_top = False

    @property
    def exact_num_top_blobs(self) -> int:  # type: ignore[override]
        return len(self.layer_param_.memory_data_param.input_shapes) or 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.memory_data_param
        stated = [tuple(shape.dim) or (0,) for shape in param.input_shapes]
        shape = tuple(param.dim) or (param.batch_size, param.channels, param.height, param.width)
        shape = stated[0] if stated else shape
        self.batch_size: int = shape[0]
        self._item_shape: Shape = shape[1:]
        self._item_shapes = [each[1:] for each in stated] or [self._item_shape, ()]
        self.channels, self.height, self.width = (*self._item_shape, 1, 1, 1)[:3]
        self._arrays: tuple[Array, ...] = ()
        self._position, self._has_new_data = 0, False  # new: added, and not yet gone through
        self._batches: Prefetcher | None = None  # of an iterable
        self._turn, self._turns = 0, 1
        check_stated_shapes(self, stated or [shape])
        with naming_errors(self):
            transform_param = self.layer_param_.transform_param
            self._transformer = DataTransformer(transform_param, self.phase, self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob, shape in zip(top, self._item_shapes, strict=True):
            blob.reshape((self.batch_size, *shape))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._batches is not None:
            with naming_errors(self):
                batch = self._batches.next()
            for blob, values in zip(top, batch, strict=True):
                blob.data[...] = values
            self._batches.read_on()
            return
        if not self._arrays:
            raise self.error(
                "there is no data yet",
                fix="before forward, call set_input_arrays(data, labels) or set_iterable(samples)",
            )
        rows = len(self._arrays[0])
        start = (self._position + self._turn * self.batch_size) % rows
        until_end = min(rows - start, self.batch_size)
        for blob, source in zip(top, self._arrays, strict=True):
            blob.data[:until_end] = source[start : start + until_end]
            blob.data[until_end:] = source[: self.batch_size - until_end]
        self._position = (self._position + self._turns * self.batch_size) % rows
        self._has_new_data &= self._position != 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        state = {**super().get_state(), "position": self._position}
        if self._batches is not None:
            state["iterable"] = copy.deepcopy(self._batches.get_state())
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        with refusing_foreign_states(self):
            if ("iterable" in state) != (self._batches is not None):
                raise self.error(
                    "the state to go on from was taken with data of another kind",
                    expected="an iterable" if "iterable" in state else "arrays",
                    fix="hand over the same data before going on",
                )
            super().set_state(state)
            self._position = whole_number(state, "position")
            if self._batches is not None:
                self._batches.set_state(copy.deepcopy(state["iterable"]))

    def take_turns(self, turn: int, turns: int) -> str | None:
        """All processes are to be handed the same data. Call it again where other data are."""
        self._turn, self._turns = turn, turns
        if self._batches is not None:
            self._batches.take_turns(turn, turns)
        return super().take_turns(turn, turns)

    # --- what a caller uses -------------------------------------------------------------------

    def set_iterable(self, samples: Any, *, prefetch: int = 4) -> None:
        """Go through `samples` from now on, round after round; each round begins it anew.

        samples   a list or a data set (whatever has a length and an index), a data loader
                  (whatever can be iterated over more than once), or a generator function
        prefetch  how many batches a background thread has ready; 0: no thread

        It hands out (image, label) pairs, or mappings with the names of the tops. An image is
        anything that numpy takes for an array (C, H, W), of any number type; with an axis in
        front it is several images, with as many labels. `transform_param` is applied: mean and
        scale, crop, mirror; what comes out of it must have the layer's C, H and W. Batches go on
        over the end of a round.

            layer.set_iterable([(image, 3), (image, 5)])
            layer.set_iterable(torchvision.datasets.MNIST("mnist", transform=ToTensor()))

            def samples():
                for path, label in files:
                    yield read(path), label
            layer.set_iterable(samples)  # without parentheses: it is called for each round

        An iterator, such as what a generator function returns, serves for one round. A resumed
        training goes on with the next image, but what the samples themselves draw at random is
        not put back. An exception in the samples' own code comes out of forward as it is.
        """
        self._refuse_several_shapes()
        if prefetch < 0:
            raise self.error("prefetch must not be negative", got=prefetch)
        with naming_errors(self):
            items = ItemSource(samples)
        self._read_iterable(items, prefetch)
        self._arrays = ()
        self._position, self._has_new_data = 0, False

    def set_input_arrays(self, data: Array, labels: Array) -> None:
        """Walk through these arrays from now on, beginning with their first rows.

        data    (n, C, H, W), n a multiple of the batch size
        labels  (n,) or (n, 1, 1, 1)

        Both float32 and C-contiguous. Raises LayerError otherwise.
        """
        check_memory(self, "data", data)
        check_memory(self, "labels", labels)
        self.reset(data, labels)

    def reset(self, *arrays: Array) -> None:
        """Like `set_input_arrays`, for arrays of any number type and memory layout."""
        if self.layer_param_.memory_data_param.input_shapes:
            check_shapes(self, arrays, self._item_shapes, self.batch_size)
            self._walk_through(*arrays)
            return
        if len(arrays) != 2:
            raise self.error("data and labels are wanted", got=f"{len(arrays)} arrays")
        data, labels = arrays
        if not data.ndim or data.shape[1:] != self._item_shape:
            axes = len(self._item_shape) + 1
            raise self.error(
                "the data array does not fit",
                expected=f"{axes} axes: (rows, {', '.join(map(str, self._item_shape))})",
                got=f"shape {data.shape}",
            )
        rows = len(data)
        if labels.shape not in ((rows,), (rows, 1, 1, 1)):
            raise self.error(
                "data and labels must have the same first dimension",
                expected=f"labels of shape ({rows},) or ({rows}, 1, 1, 1)",
                got=f"shape {labels.shape}",
            )
        check_rows(self, rows, self.batch_size)
        if self.layer_param_.HasField("transform_param"):
            message = '%s layer "%s": transform_param has no effect on arrays'
            _log.warning(message, self.type, self.name)
        self._walk_through(data, labels.reshape(rows))

    def add_datum_vector(self, datums: Sequence[Datum]) -> None:
        """Walk through these Datum messages, transformed, from now on.

        Their number is a multiple of the batch size. Raises LayerError while data added before
        are not used up, which they are when the last of them has been in a batch.
        """
        self._check_can_add("data", "datum", len(datums))
        with naming_errors(self):
            images = [datum_to_array(datum, self._transformer.color_mode) for datum in datums]
        self._add(images, [datum.label for datum in datums])

    def add_mat_vector(self, mats: Sequence[ArrayLike], labels: Sequence[int]) -> None:
        """Walk through these images, transformed, from now on: rules as for `add_datum_vector`.

        mats    (height, width, channels) or (height, width), uint8, as OpenCV reads them
        labels  as many
        """
        self._check_can_add("mat", "mat", len(mats))
        with naming_errors(self):
            images = [mat_to_array(mat) for mat in mats]
        if len(labels) != len(mats):
            raise self.error("one label for each mat", expected=len(mats), got=len(labels))
        self._add(images, labels)

    def set_batch_size(self, batch_size: int) -> None:
        """Cut batches of another size from the next forward on."""
        if batch_size < 1:
            raise self.error("the batch size must be at least 1", got=batch_size)
        if self._has_new_data:
            raise self.error("Can't change batch_size until current data has been consumed.")
        if self._arrays:
            check_rows(self, len(self._arrays[0]), batch_size)
        self.batch_size = batch_size
        if self._batches is not None:
            self._read_iterable(self._samples, self._prefetch, self._batches.get_state())

    def close(self) -> None:
        """End the background thread, if there is one; the next forward would start another."""
        if self._batches is not None:
            self._batches.close()

    # --- helpers ------------------------------------------------------------------------------

    def _walk_through(self, *arrays: Array) -> None:
        self.close()
        self._batches = None
        self._arrays = arrays
        self._position, self._has_new_data = 0, False

    def _read_iterable(
        self, samples: ItemSource, prefetch: int, state: dict[str, Any] | None = None
    ) -> None:
        make_reader = partial(
            IterableBatches,
            samples,
            self._transformer,
            self.rng,
            image_shape=self._item_shape,
            batch_size=self.batch_size,
            names=list(self.layer_param_.top),
        )
        self.close()
        self._samples, self._prefetch = samples, prefetch
        self._batches = Prefetcher(make_reader, prefetch, state or make_reader().get_state())
        self._batches.take_turns(self._turn, self._turns)

    def _add(self, images: Sequence[Array], labels: Sequence[int]) -> None:
        check_images(self, images, self._transformer, self._item_shape)
        data = self._transformer.transform(images, self.rng)
        self._walk_through(data, np.array(labels, self.dtype))
        self._has_new_data = True

    def _refuse_several_shapes(self) -> None:
        if self.layer_param_.memory_data_param.input_shapes:
            raise self.error("with input_shapes, data come as arrays", fix="call reset(*arrays)")

    def _check_can_add(self, what: str, each: str, count: int) -> None:
        self._refuse_several_shapes()
        if self._has_new_data:
            raise self.error(f"Can't add {what} until current data has been consumed.")
        if not count:
            raise self.error(f"There is no {each} to add.")
        if count % self.batch_size:
            what = "The added data must be a multiple of the batch size."
            raise self.error(what, expected=f"a multiple of {self.batch_size}", got=count)
