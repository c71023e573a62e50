"""HDF5Data: batches of rows from HDF5 files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.sources.hdf5_batches import Hdf5Batches
from blobnet.sources.hdf5_list import read_list


@register_layer("HDF5Data")
class HDF5Data(BatchLayer):
    """Rows of HDF5 datasets.

    top[i]  (N, ...)  N = `batch_size` rows of the dataset that has the top's name; any number
            of axes, integers or floats

    `source` is a text file that lists the HDF5 files, a line for each. One of them is in memory
    at a time; a batch may begin in one and end in the next. With `shuffle` the files come in a
    new order every time round, and the rows of a file every time it is read. A file reads other
    files, by links or as external storage, only where BLOBNET_HDF5_EXTERNAL=1 is set.

    Proto: HDF5DataParameter.  Caffe: hdf5_data_layer.cpp.
    """

    formula = "Rows of HDF5 datasets, file after file, again and again."

    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.hdf5_data_param
        if self.layer_param_.HasField("transform_param"):
            raise self.error(
                f"{self.type} does not transform data.",
                got="transform_param",
                fix="remove it, and transform the data when the files are made",
            )
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
        )
        self.start_reading(make_reader, top)
