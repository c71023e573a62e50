"""Data: batches of images, or other records, from a database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.proto import DataParameter, TransformationParameter
from blobnet.sources.batches import DatumBatches
from blobnet.sources.datum import datum_to_array
from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.source import RecordSource
from blobnet.sources.transformer import DataTransformer

_BACKENDS: dict[int, Callable[[Path], RecordSource]] = {DataParameter.LMDB: LmdbSource}


@register_layer("Data")
class Data(BatchLayer):
    """Records of a database in their order, again and again, transformed on the way.

    top[0]  data: (N, C, H, W)  N = `batch_size`; the rest as the batch's first record, after
            the crop
    top[1]  label: (N,)  where the layer has a second top

    Batches are read ahead in a background thread, `prefetch` of them; 0 reads without a thread.
    The state names the record to be read next, so a resumed training reads what the unbroken
    one would have read, with the same crops and flips.

    Gradients: none, there is nothing further up.
    Proto: DataParameter, TransformationParameter.  Caffe: data_layer.cpp.
    """

    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.data_param
        if param.batch_size < 1:
            raise self.error("batch_size must be at least 1", got=param.batch_size)
        open_database = self._backend(param)
        transform = TransformationParameter()
        transform.CopyFrom(self.layer_param_.transform_param)
        transform.force_color |= param.force_encoded_color
        with self._naming_errors():
            transformer = DataTransformer(transform, self.phase, self.dtype)
        skipped = int(self.rng.integers(param.rand_skip)) if param.rand_skip else 0
        make_reader = partial(
            DatumBatches,
            partial(open_database, Path(param.source).absolute()),
            partial(datum_to_array, mode=transformer.color_mode),
            transformer,
            self.rng,
            batch_size=param.batch_size,
            with_label=len(top) > 1,
        )
        self.start_reading(
            make_reader, top, prefetch=param.prefetch, begin=lambda reader: reader.skip(skipped)
        )

    def _backend(self, param: DataParameter) -> Callable[[Path], RecordSource]:
        if not param.source:
            raise self.error("no database is named", fix='data_param { source: "..." }')
        if param.backend in _BACKENDS:
            return _BACKENDS[param.backend]
        name = DataParameter.DB.Name(param.backend)
        stated = "" if param.HasField("backend") else ", the default where none is stated"
        raise self.error(
            f"the backend {name} is not supported yet",
            expected=" or ".join(DataParameter.DB.Name(backend) for backend in _BACKENDS),
            got=f"backend: {name}{stated}",
            fix="write `backend: LMDB`"
            if (Path(param.source) / "data.mdb").is_file()
            else "make the database again as an LMDB (`convert_imageset --backend=lmdb`), or "
            "copy its keys and values into one with Python's plyvel and lmdb; then write "
            "`backend: LMDB`",
        )
