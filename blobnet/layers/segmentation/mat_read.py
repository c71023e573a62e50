"""MatRead: blobs out of files of MATLAB."""

from __future__ import annotations

from typing import Any

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import naming_errors, refusing_foreign_states
from blobnet.layers.segmentation._mat_names import base_folder, listed_names
from blobnet.serialization.mat_file import read_mat
from blobnet.sources.batches import empty
from blobnet.sources.source import whole_number
from blobnet.types import Array


@register_layer("MatRead")
class MatRead(Layer):
    """Reads its tops from files of MATLAB, one for each item and top.

    top[i]  x: (N, C, H, W)  N = `batch_size`; the rest is as in the first file

    Item n, counted from 0, comes out of `prefix`name_blob_i.mat, where name is the first word of
    line n of the list `source` without its last `strip` characters, from the beginning again after
    the last one; or iter_n without a list. A file holds an array "data" of W x H x C numbers, as
    MatWrite makes it for one item; single or double.

    Proto: MatReadParameter.  Caffe: mat_read_layer.cpp and matio_io.cpp of PSPNet.
    """

    formula = "Reads its tops from files of MATLAB."
    gradient_formula = "none, there is nothing further up."

    exact_num_bottom_blobs = 0
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mat_read_param
        if not param.HasField("prefix"):
            raise self.error("no files are named", fix='mat_read_param { prefix: "folder/" }')
        if param.batch_size < 1:
            raise self.error("batch_size must be positive", got=param.batch_size)
        self._names = listed_names(self, param)
        self._folder = base_folder(self)
        self._items, self._turn, self._turns = 0, 0, 1
        for index, blob in enumerate(top):
            item = self._read(0, index)
            with naming_errors(self):
                empty((param.batch_size, *item.shape), self.dtype)
            blob.reshape((param.batch_size, *item.shape))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the first files said it."""

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        batch_size = self.layer_param_.mat_read_param.batch_size
        self._items += self._turn * batch_size
        for item in range(batch_size):
            for index, blob in enumerate(top):
                values = self._read(self._items, index)
                if values.shape != blob.shape[1:]:
                    raise self.error(
                        f"the files of blob {index} differ in size",
                        expected=f"shape {blob.shape[1:]}, as in the first",
                        got=f"shape {values.shape} in that of item {self._items}",
                    )
                blob.data[item] = values
            self._items += 1
        self._items += (self._turns - self._turn - 1) * batch_size

    def take_turns(self, turn: int, turns: int) -> str | None:
        self._turn, self._turns = turn, turns
        return super().take_turns(turn, turns)

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "items": self._items}

    def set_state(self, state: dict[str, Any]) -> None:
        with refusing_foreign_states(self):
            super().set_state(state)
            self._items = whole_number(state, "items")

    def _read(self, item: int, index: int) -> Array:
        """(C, H, W) of an item."""
        name = f"iter_{item}" if self._names is None else self._names[item % len(self._names)]
        prefix = self.layer_param_.mat_read_param.prefix
        path = self._folder / f"{prefix}{name}_blob_{index}.mat"
        try:
            array = read_mat(path, "data")
        except DataError as error:
            raise self._named(error) from error
        shape = (*(1,) * (4 - array.ndim), *array.shape)
        if len(shape) > 4 or shape[0] != 1 or array.dtype.kind != "f":
            raise self.error(
                f"{path}: Field 'data' is not one item of numbers",
                expected="W x H x C numbers, single or double",
                got=f"{array.dtype} of sizes {array.shape[::-1]}",
            )
        return array.reshape(shape[1:])
