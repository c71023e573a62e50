"""HDF5Output: two blobs into an HDF5 file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from blobnet.blob import Blobs
from blobnet.errors import SnapshotError, path_hint
from blobnet.input_files import is_file, is_folder, shown
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.serialization.hdf5 import new_hdf5_file
from blobnet.serialization.hdf5_file import h5py
from blobnet.types import Shape


@register_layer("HDF5Output")
class HDF5Output(Layer):
    """Writes the two bottoms into an HDF5 file.

    bottom[0]  data: (N, ...)
    bottom[1]  label: (N, ...)

    A dataset has at least four axes: (N,) is written as (N, 1, 1, 1). The file appears whole,
    and takes the place of an older one. It has room for one forward pass; a second is an error.

    Proto: HDF5OutputParameter.  Caffe: hdf5_output_layer.cpp.
    """

    formula = 'Writes the two bottoms as datasets "data" and "label" into the file `file_name`.'
    gradient_formula = "0."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 0
    backward_reads_bottom = False
    backward_reads_top = False
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.hdf5_output_param
        if not param.file_name:
            raise self.error("no file is named", fix='hdf5_output_param { file_name: "..." }')
        self.file_name: str = param.file_name
        self._path = self._target(param.file_name)
        self._is_written = False
        h5py()  # better now than after a long forward

    def _target(self, name: str) -> Path:
        """Where to write, whatever the current folder is then: a new file, or a regular one."""
        got: object = None
        try:
            path = Path(name).absolute()
            if not is_folder(path.parent):
                got = f"no folder {shown(path.parent)}"
            elif not is_file(path) and _exists(path):  # a device is not to be replaced
                got = "something that is no file"
        except (OSError, ValueError) as error:
            got = error
        if got is not None:
            raise self.error(
                f"Failed to open HDF5 file {shown(name)}",
                expected="a path of a file in a folder that exists",
                got=got,
                fix=f"make the folder first; {path_hint()}",
            )
        return path

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        return reason or "each process writes the file anew, with its own items alone"

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        data, label = (_at_least_4_axes(blob.shape) for blob in bottom)
        if data[0] != label[0]:
            raise self.error(
                "data blob and label blob must have the same batch size",
                got=f"shapes {bottom[0].shape} and {bottom[1].shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._is_written:
            raise self.error(
                f'the dataset "data" exists: {self.file_name} holds an earlier forward',
                expected="one forward pass for each file",
                fix="make batch_size as large as the data, or make the net again with another "
                "file_name",
            )
        try:
            with new_hdf5_file(self._path) as file:
                for name, blob in zip(("data", "label"), bottom, strict=True):
                    file[name] = blob.data.reshape(_at_least_4_axes(blob.shape))
        except SnapshotError as error:
            raise self._named(error) from error
        self._is_written = True

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                blob.diff.fill(0)


def _exists(path: Path) -> bool:
    """Raises OSError or ValueError where no file system takes such a path."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    return True


def _at_least_4_axes(shape: Shape) -> Shape:
    """Caffe's old form of a shape, with an end of ones."""
    return (*shape, *(1,) * (4 - len(shape)))
