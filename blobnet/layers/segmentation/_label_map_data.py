"""What layers that read images with label maps have in common."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._image_files import check_images, skipped_at_first
from blobnet.proto import DenseImageDataParameter, ImageDataParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, refuse_settings
from blobnet.sources.image_list import ImageList
from blobnet.sources.label_maps import ImagePairSource, LoadPair, PairBatches, PairTransform

PairParameter = DenseImageDataParameter | ImageDataParameter


def check_pairs(layer: Layer, param: PairParameter, message: str) -> None:
    """Raise LayerError where there is no list, an empty batch, half a size, a foreign setting."""
    why = f"{layer.type} changes images and labels alike, by itself"
    refuse_settings(layer.layer_param_.transform_param, BEFORE_THE_CROP, why)
    check_images(layer, param, message)


def start_pairs(
    layer: BatchLayer,
    top: Blobs,
    param: PairParameter,
    pairs: ImageList,
    folder: Path,
    load: LoadPair,
    transform: PairTransform,
    **options: Any,
) -> None:
    """Begin to read the pairs of a list, shuffled and behind some that are left out if so stated.

    folder   where relative paths begin
    load     gives the image and the labels of a record
    options  of PairBatches
    """
    shuffling = np.random.default_rng(layer.rng.integers(2**63)) if param.shuffle else None
    skipped = skipped_at_first(layer, param.rand_skip, len(pairs.paths))
    make_reader = partial(
        PairBatches,
        partial(ImagePairSource, pairs, folder, param.root_folder, shuffling),
        load,
        transform,
        layer.rng,
        batch_size=param.batch_size,
        dtype=layer.dtype,
        **options,
    )
    layer.start_reading(
        make_reader,
        top,
        prefetch=layer.layer_param_.data_param.prefetch,
        begin=lambda reader: reader.skip(skipped),
    )
