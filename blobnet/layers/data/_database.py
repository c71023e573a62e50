"""How layers come to the records of the database that a data_param names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer import Layer
from blobnet.layers.data._batch import BatchLayer, naming_errors
from blobnet.proto import AnnotatedDatum, DataParameter, Datum, TransformationParameter
from blobnet.sources.batches import DatumBatches
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.datum import datum_to_array
from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.pooled_source import PooledOpener
from blobnet.sources.shuffled_source import ShuffledOpener
from blobnet.sources.source import RecordSource
from blobnet.sources.sources_in_turns import open_in_turns
from blobnet.sources.transformer import DataTransformer

_BACKENDS: dict[int, Callable[..., DatabaseSource]] = {
    DataParameter.LEVELDB: LevelDbSource,
    DataParameter.LMDB: LmdbSource,
}


def start_datums(
    layer: BatchLayer,
    top: Blobs,
    param: DataParameter,
    batches: type[DatumBatches],
    transformers: type[DataTransformer] = DataTransformer,
    **options: Any,
) -> None:
    """Begin to read batches of a database's Datums, behind some that are left out if so stated.

    batches       the kind of reader; `options` are its own
    transformers  what makes its images of records
    """
    if param.batch_size < 1:
        raise layer.error("batch_size must be at least 1", got=param.batch_size)
    open_source = opener_of_database(layer, param)
    transform = TransformationParameter()
    transform.CopyFrom(layer.layer_param_.transform_param)
    transform.force_color |= param.force_encoded_color
    with naming_errors(layer):
        transformer = transformers(transform, layer.phase, layer.dtype)
    if param.get_mirror_crop and transformer.cuts_sizes:
        raise layer.error("get_mirror_crop does not go with crops of random sizes")
    skipped = int(layer.rng.integers(param.rand_skip)) if param.rand_skip else 0
    make_reader = partial(
        batches,
        open_source,
        partial(datum_to_array, mode=transformer.color_mode),
        transformer,
        layer.rng,
        batch_size=param.batch_size,
        **options,
    )
    layer.start_reading(
        make_reader, top, prefetch=param.prefetch, begin=lambda reader: reader.skip(skipped)
    )


def opener_of_database(
    layer: Layer,
    param: DataParameter,
    read: Callable[[bytes], Datum | AnnotatedDatum] = Datum.FromString,
) -> Callable[[], RecordSource]:
    """What opens the database as often as it is called, shuffled where that is wanted.

    `read` makes messages of records. Several databases are read in turns. Raises LayerError where
    none is named, and DataError.
    """
    if not param.source:
        raise layer.error("no database is named", fix='data_param { source: "..." }')
    openers = [_opener(layer, name, param, read) for name in (param.source, *param.more_sources)]
    return openers[0] if len(openers) == 1 else partial(open_in_turns, openers)


def _opener(
    layer: Layer,
    name: str,
    param: DataParameter,
    read: Callable[[bytes], Datum | AnnotatedDatum],
) -> Callable[[], RecordSource]:
    with naming_errors(layer):
        source = absolute(name, DataError)
    open_database = partial(_BACKENDS[param.backend], source, read)
    open_source: Callable[[], RecordSource] = open_database
    if param.shuffle:
        open_source = ShuffledOpener(open_database, _rng_of_order(layer))
    if param.shuffle_pool_size > 1:
        pool = max(param.batch_size, 1), param.shuffle_pool_size
        open_source = PooledOpener(open_source, _rng_of_order(layer), *pool)
    return open_source


def _rng_of_order(layer: Layer) -> np.random.Generator:
    """Not the numbers of the crops."""
    return np.random.default_rng(int(layer.rng.integers(2**63)))
