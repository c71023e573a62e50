"""HDF5Data: batches of rows from HDF5 files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import TRAIN
from blobnet.sources.hdf5_batches import Hdf5Batches
from blobnet.sources.hdf5_list import read_list
from blobnet.sources.volume_crops import VolumeCrops

_CROPS = ("crop_size_l", "crop_size_h", "crop_size_w")


@register_layer("HDF5Data")
class HDF5Data(BatchLayer):
    """Rows of HDF5 datasets.

    top[i]  (N, ...)  N = `batch_size` rows of the dataset that has the top's name; any number
            of axes, integers or floats

    `source` is a text file that lists the HDF5 files, a line for each. One of them is in memory
    at a time; a batch may begin in one and end in the next. With `shuffle` the files come in a
    new order every time round, and the rows of a file every time it is read. A file reads other
    files, by links or as external storage, only where BLOBNET_HDF5_EXTERNAL=1 is set.

    With `crop_size_l`, `crop_size_h` and `crop_size_w` of transform_param, of 3D-Caffe, rows are
    volumes (C, length, height, width), and the same part of all of them is shown, at a place that
    is drawn each time a file is begun in TRAIN, in the middle in TEST; `mirror` turns it left to
    right half of the time. Nothing else is transformed.

    Proto: HDF5DataParameter.  Caffe: hdf5_data_layer.cpp, also that of yulequan/3D-Caffe.
    """

    formula = "Rows of HDF5 datasets, file after file, again and again."

    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.hdf5_data_param
        crops = self._crops() if self.layer_param_.HasField("transform_param") else None
        if param.batch_size < 1:
            raise self.error("batch_size must be at least 1", got=param.batch_size)
        if not param.source:
            raise self.error("no list of files is named", fix='hdf5_data_param { source: "..." }')
        with self._naming_errors():
            files = read_list(Path(param.source))
        make_reader = partial(
            Hdf5Batches,
            files,
            list(self.layer_param_.top),
            self.rng,
            batch_size=param.batch_size,
            shuffle=param.shuffle,
            dtype=self.dtype,
            crops=crops,
        )
        self.start_reading(make_reader, top)

    def _crops(self) -> VolumeCrops:
        """The parts that transform_param asks for; of other things it can say nothing is done."""
        param = self.layer_param_.transform_param
        size = param.crop_size_l, param.crop_size_h, param.crop_size_w
        others = {field.name for field, _ in param.ListFields()} - {*_CROPS, "mirror"}
        if others or not any(size):
            raise self.error(
                f"{self.type} does not transform data.",
                expected=f"no transform_param, or {', '.join(_CROPS)}, and mirror",
                got=", ".join(sorted(others)) or "transform_param",
                fix="remove it, and transform the data when the files are made",
            )
        if not all(size):
            raise self.error("a part of a volume has three sides", got=f"{size}")
        return VolumeCrops(size, is_random=self.phase == TRAIN, mirror=param.mirror)
