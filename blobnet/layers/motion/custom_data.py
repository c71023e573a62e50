"""CustomData: records of a database whose channels are images, flows and masks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import DataParameter
from blobnet.serialization.blob_file import read_blob
from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.sliced_batches import Order, SlicedBatches, Slices
from blobnet.text_files import read_text_file
from blobnet.types import Array, IntArray


@register_layer("CustomData")
class CustomData(BatchLayer):
    """Records of an LMDB, with their channels cut into several tops.

    top[i]  data: (N, C_i, H, W)  a top for each part that `slice_point` makes; N = `batch_size`
    top[-1] label: (N, 1, 1, 1)   where there is a top more than parts

    `encoding` says for each part how it is stored: UINT8, which it is where nothing is said;
    UINT16FLOW, in steps of 1/32, of which 32767 is NaN; BOOL1, a bit for each pixel of one channel.
    Values are y = scale * (x - mean), with the mean of `mean_file`, or a number of `subtract` for
    each channel.

    Of the records come those whose number in `preselection_file` is `preselection_label`, of these
    `range_start` to `range_end`, cut before or after `rand_permute` (`rand_permute_order`), which
    shuffles them, within blocks of `block_size` all but the last of a block. They are shuffled
    again after each `permute_every_iter` batches. Random numbers are not FlowNet2's, even with a
    `rand_permute_seed`.

    Proto: DataParameter.  Caffe: custom_data_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "Records of a database, again and again, cut into parts."

    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.data_param
        self._check(param, len(top))
        with self._naming_errors():
            open_database = partial(LmdbSource, absolute(param.source, DataError))
            slices = Slices(
                tuple(param.slice_point), tuple(param.encoding), param.scale, self._mean(param)
            )
            database = open_database()
            try:
                records = len(database.index().places)
            finally:
                database.close()
            order = self._order(param, records)
        seed = param.rand_permute_seed or int(self.rng.integers(2**63))
        make_reader = partial(
            SlicedBatches,
            open_database,
            order,
            slices,
            np.random.default_rng(seed),
            batch_size=param.batch_size,
            dtype=self.dtype,
            with_label=len(top) == len(param.slice_point) + 2,
        )
        self.start_reading(make_reader, top, prefetch=param.prefetch)

    def _check(self, param: DataParameter, num_top: int) -> None:
        if not param.source:
            raise self.error("no database is named", fix='data_param { source: "..." }')
        if param.backend != DataParameter.LMDB:
            raise self.error("LevelDB not supported by CustomData", fix="write `backend: LMDB`")
        if param.batch_size < 1:
            raise self.error("batch_size must be at least 1", got=param.batch_size)
        if param.rand_skip:
            raise self.error("No rand_skip for CustomData layer")
        if param.crop_size or param.mirror:
            raise self.error("Cropping currently not supported", fix="use DataAugmentation")
        parts = len(param.slice_point) + 1
        if num_top not in (parts, parts + 1):
            raise self.error(
                "there must be a top for each part, and at most one for labels",
                expected=f"{parts} or {parts + 1}",
                got=num_top,
            )

    def _mean(self, param: DataParameter) -> Array | None:
        if param.HasField("mean_file"):
            blob = read_blob(Path(param.mean_file), "mean_file")
            if blob.num_axes < 3 or blob.count != blob.count(-3):
                raise self.error("the mean is no image", got=f"shape {blob.shape}")
            return blob.data.reshape(blob.shape[-3:])
        if not param.subtract:
            return None
        return np.array(param.subtract, np.float32)[:, None, None]

    def _order(self, param: DataParameter, records: int) -> Order:
        chosen: IntArray = np.arange(records)
        if param.HasField("preselection_file"):
            chosen = self._preselected(param, records)
        last = len(chosen) - 1
        begin = min(max(param.range_start, 0), last)
        end = param.range_end if 0 <= param.range_end <= last else last
        if end < begin:
            raise self.error("Range end is before start.", got=f"{begin} to {end}")
        first_range = param.rand_permute_order == DataParameter.FIRST_RANGE_THEN_PERMUTE
        return Order(
            chosen,
            slice(begin, end + 1),
            cut_first=first_range,
            shuffles=param.rand_permute,
            every=param.permute_every_iter,
            block=param.block_size,
        )

    def _preselected(self, param: DataParameter, records: int) -> IntArray:
        if not param.HasField("preselection_label"):
            raise self.error(
                "Preselection file without specifying preselection_label doesn't make sense."
            )
        text = read_text_file(Path(param.preselection_file), DataError, setting="preselection_file")
        try:
            labels = np.array([int(word) for word in text.split()], np.int64)
        except (ValueError, OverflowError) as error:
            raise self.error("preselection_file must hold whole numbers", got=error) from error
        if len(labels) != records:
            raise self.error(
                "Preselection error: there must be a label for each record",
                expected=records,
                got=len(labels),
            )
        chosen: IntArray = np.flatnonzero(labels == param.preselection_label)
        if not len(chosen):
            raise self.error("no record is selected", got=f"label {param.preselection_label}")
        return chosen
