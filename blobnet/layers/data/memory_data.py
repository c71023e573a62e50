"""MemoryData: batches from arrays that the caller holds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.types import Array

_log = logging.getLogger("blobnet.layers.memory_data")


@register_layer("MemoryData")
class MemoryData(Layer):
    """Batches cut from two arrays, from the first row to the last and over again.

    top[0]  data: (N, C, H, W)  `batch_size`, `channels`, `height` and `width`
    top[1]  label: (N,)

    `set_input_arrays(data, labels)` gives the arrays. They are kept, not copied: what is
    written into them shows in the next batch.

    Gradients: none to compute.
    Proto: MemoryDataParameter.  Caffe: memory_data_layer.cpp; the checks: _caffe.cpp.
    """

    exact_num_bottom_blobs = 0
    exact_num_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.memory_data_param
        self.batch_size: int = param.batch_size
        self.channels: int = param.channels
        self.height: int = param.height
        self.width: int = param.width
        self._data: Array | None = None
        self._labels: Array | None = None
        self._position = 0
        sizes = (self.batch_size, *self._item_shape)
        if not all(sizes):
            raise self.error(
                "batch_size, channels, height, and width must be specified and positive in "
                "memory_data_param",
                got=", ".join(map(str, sizes)),
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape((self.batch_size, *self._item_shape))
        top[1].reshape((self.batch_size,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._data is None or self._labels is None:
            raise self.error(
                "there is no data yet", fix="call set_input_arrays(data, labels) before forward"
            )
        rows = len(self._data)
        start = self._position % rows
        until_end = min(rows - start, self.batch_size)
        for blob, source in zip(top, (self._data, self._labels), strict=True):
            blob.data[:until_end] = source[start : start + until_end]
            blob.data[until_end:] = source[: self.batch_size - until_end]
        self._position = (start + self.batch_size) % rows

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "position": self._position}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._position = state["position"]

    # --- what a caller uses -------------------------------------------------------------------

    def set_input_arrays(self, data: Array, labels: Array) -> None:
        """Walk through these arrays from now on, beginning with their first rows.

        data    (n, C, H, W), n a multiple of the batch size
        labels  (n,) or (n, 1, 1, 1)

        Both float32 and C-contiguous. Raises LayerError otherwise.
        """
        self._check_memory("data", data)
        self._check_memory("labels", labels)
        self.reset(data, labels)

    def reset(self, data: Array, labels: Array) -> None:
        """Like `set_input_arrays`, for arrays of any number type and memory layout."""
        if data.ndim != 4 or data.shape[1:] != self._item_shape:
            raise self.error(
                "the data array does not fit",
                expected=f"4 axes: (rows, {', '.join(map(str, self._item_shape))})",
                got=f"shape {data.shape}",
            )
        rows = len(data)
        if labels.shape not in ((rows,), (rows, 1, 1, 1)):
            raise self.error(
                "data and labels must have the same first dimension",
                expected=f"labels of shape ({rows},) or ({rows}, 1, 1, 1)",
                got=f"shape {labels.shape}",
            )
        self._check_rows(rows, self.batch_size)
        if self.layer_param_.HasField("transform_param"):
            _log.warning(
                '%s layer "%s": transform_param has no effect on arrays', self.type, self.name
            )
        self._data, self._labels = data, labels.reshape(rows)
        self._position = 0

    def set_batch_size(self, batch_size: int) -> None:
        """Cut batches of another size from the next forward on."""
        if batch_size < 1:
            raise self.error("the batch size must be at least 1", got=batch_size)
        if self._data is not None:
            self._check_rows(len(self._data), batch_size)
        self.batch_size = batch_size

    # --- helpers ------------------------------------------------------------------------------

    @property
    def _item_shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width

    def _check_memory(self, name: str, array: Array) -> None:
        is_array = isinstance(array, np.ndarray)
        if is_array and array.dtype in (np.float32, self.dtype) and array.flags.c_contiguous:
            return
        layout = "" if is_array and array.flags.c_contiguous else ", not contiguous"
        raise self.error(
            f"{name} array must be float32 and C contiguous",
            got=f"{array.dtype}{layout}" if is_array else type(array).__name__,
            fix=f"np.ascontiguousarray({name}, dtype=np.float32)",
        )

    def _check_rows(self, rows: int, batch_size: int) -> None:
        if not rows or rows % batch_size:
            raise self.error(
                "first dimensions of input arrays must be a multiple of batch size",
                expected=f"a multiple of {batch_size}, and not 0",
                got=f"{rows} rows",
                fix="leave out the last rows, or call set_batch_size",
            )
