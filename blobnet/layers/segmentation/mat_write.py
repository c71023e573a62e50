"""MatWrite: blobs into files of MATLAB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from blobnet.blob import Blobs
from blobnet.errors import SnapshotError
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import refusing_foreign_states
from blobnet.layers.segmentation._mat_names import base_folder, listed_names
from blobnet.serialization.mat_file import write_mat
from blobnet.sources.source import whole_number


@register_layer("MatWrite")
class MatWrite(Layer):
    """Writes its bottoms into files of MATLAB, one for each and each forward.

    bottom[i]  x: (N, C, H, W)  at most 4 axes

    Forward number n, counted from 0, writes `prefix`name_blob_i.mat, where name is the first word
    of line n of the list `source` without its last `strip` characters, or iter_n without a list;
    with `period` only every so many forwards write. A file holds an array "data" of W x H x C x N
    numbers. More forwards than names are an error.

    Proto: MatWriteParameter.  Caffe: mat_write_layer.cpp and matio_io.cpp of PSPNet.
    """

    formula = "Writes its bottoms into files of MATLAB."
    gradient_formula = "0."

    min_bottom_blobs = 1
    exact_num_top_blobs = 0
    backward_reads_bottom = False
    backward_reads_top = False
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mat_write_param
        if not param.HasField("prefix"):
            raise self.error("no files are named", fix='mat_write_param { prefix: "folder/" }')
        if param.period < 1:
            raise self.error("period must be positive", got=param.period)
        self._names = listed_names(self, param)
        self._folder = base_folder(self)
        self._forwards = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob in bottom:
            if blob.num_axes > 4:
                raise self.error("a file holds at most 4 axes", got=f"shape {blob.shape}")

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mat_write_param
        if self._forwards % param.period == 0:
            for index, blob in enumerate(bottom):
                path = self._folder / f"{param.prefix}{self._name()}_blob_{index}.mat"
                shape = (*(1,) * (4 - blob.num_axes), *blob.shape)
                try:
                    write_mat(path, "data", blob.data.reshape(shape))
                except SnapshotError as error:
                    raise self._named(error) from error
        self._forwards += 1

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                blob.diff.fill(0)

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        return reason or "each process counts its own forwards, so names of files meet"

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "forwards": self._forwards}

    def set_state(self, state: dict[str, Any]) -> None:
        with refusing_foreign_states(self):
            super().set_state(state)
            self._forwards = whole_number(state, "forwards")

    def _name(self) -> str:
        if self._names is None:
            return f"iter_{self._forwards}"
        if self._forwards >= len(self._names):
            raise self.error(
                "Test has run for more iterations than it was supposed to",
                expected=f"at most {len(self._names)}, the names of the list",
                got=f"forward {self._forwards + 1}",
            )
        return self._names[self._forwards]
