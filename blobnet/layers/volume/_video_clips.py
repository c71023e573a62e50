"""VideoData as C3D and TSN mean it: clips of a list. C3D 1.0 has its settings in another message.

A layer of type VideoData is theirs where it has a `source`:

    if has_clips(self):
        make, skipped = clip_batches(self, with_label=len(top) > 1)
        self.start_reading(make, top, prefetch=..., begin=lambda reader: reader.skip(skipped))

Caffe: video_data_layer.cpp of C3D (facebook/C3D), of TSN (yjxiong/caffe).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layers.data._batch import BatchLayer, naming_errors
from blobnet.proto import (
    TRAIN,
    ImageDataParameter,
    MultiFrameDataParameter,
    TransformationParameter,
    VideoDataParameter,
)
from blobnet.serialization.blob_file import read_blob
from blobnet.sources.clip_batches import ClipBatches, SegmentFrames, VolumeFrames
from blobnet.sources.clips import check_pattern, read_clip_list
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array

_TSNS = ("num_segments", "modality", "name_pattern", "encoded", "grayscale")
_OLD = ("scale", "mean_file", "crop_size", "mirror")

MakeBatches = Callable[[], ClipBatches]


def has_clips(layer: BatchLayer) -> bool:
    """Whether a VideoData layer is C3D's or TSN's."""
    param = layer.layer_param_
    return bool(param.video_data_param.source or param.image_data_param.source)


def clip_batches(layer: BatchLayer, *, with_label: bool) -> tuple[MakeBatches, int]:
    """What makes the reader, and how many clips it skips at first."""
    param: VideoDataParameter | ImageDataParameter = layer.layer_param_.video_data_param
    if not param.source:
        param = layer.layer_param_.image_data_param
    _check(layer, param)
    with naming_errors(layer):
        if isinstance(param, VideoDataParameter) and any(map(param.HasField, _TSNS)):
            return _segments(layer, param, with_label)
        return _volumes(layer, param, with_label)


def _volumes(
    layer: BatchLayer, param: VideoDataParameter | ImageDataParameter, with_label: bool
) -> tuple[MakeBatches, int]:
    is_new = isinstance(param, VideoDataParameter)
    num_labels = 0
    if isinstance(param, VideoDataParameter) and param.use_multiple_label:
        if not param.HasField("num_of_labels"):
            raise layer.error("number of labels must be set together with use multiple labels")
        num_labels = param.num_of_labels
    clips = read_clip_list(
        Path(param.source),
        has_start=param.use_image or not param.use_temporal_jitter,
        num_labels=num_labels,
    )
    transform, mean = _transform(layer, param)
    draws_rate = isinstance(param, VideoDataParameter) and param.use_sampling_rate_jitter
    rate = param.max_sampling_rate if draws_rate else param.sampling_rate  # type: ignore[union-attr]
    if rate < 1:
        raise layer.error("sampling_rate must be at least 1", got=rate)
    frames = VolumeFrames(
        length=param.new_length,
        size=(param.new_height, param.new_width),
        are_images=param.use_image,
        jitter=param.use_temporal_jitter,
        rate=rate,
        draws_rate=draws_rate,
        is_training=layer.phase == TRAIN,
    )
    make = partial(
        ClipBatches,
        clips,
        frames,
        absolute("", DataError),
        param.root_folder,
        DataTransformer(transform, layer.phase, layer.dtype),
        layer.rng,
        batch_size=param.batch_size,
        shuffling=_shuffling(layer, param.shuffle),
        mean=mean,
        label_axes=0 if is_new else 4,
        with_label=with_label,
    )
    return make, _skipped(layer, param.rand_skip, len(clips.paths))


def _segments(
    layer: BatchLayer, param: VideoDataParameter, with_label: bool
) -> tuple[MakeBatches, int]:
    is_flow = param.modality == VideoDataParameter.FLOW
    pattern = param.name_pattern or ("flow_%c_%04d.jpg" if is_flow else "image_%04d.jpg")
    check_pattern(pattern, has_letter=is_flow)
    if param.num_segments < 1:
        raise layer.error("num_segments must be at least 1", got=param.num_segments)
    layer.warn_of_legacy_fields(param, _OLD)
    frames = SegmentFrames(
        segments=param.num_segments,
        length=param.new_length,
        size=(param.new_height, param.new_width),
        pattern=pattern,
        is_flow=is_flow,
        is_gray=param.grayscale,
        is_training=layer.phase == TRAIN,
    )
    # TSN does not look at rand_skip
    return _of_segments(layer, param, frames, param.root_folder, with_label), 0


def frame_batches(layer: BatchLayer) -> MakeBatches:
    """What makes the reader of a MultiFrameData layer."""
    param = layer.layer_param_.multi_frame_data_param
    for name in ("batch_size", "new_length", "num_segments"):
        if getattr(param, name) < 1:
            raise layer.error(f"{name} must be at least 1", got=getattr(param, name))
    layer.warn_of_legacy_fields(param, _OLD)
    frames = SegmentFrames(
        segments=param.num_segments,
        length=param.new_length,
        size=(param.new_height, param.new_width),
        pattern="image_%04d.jpg",
        is_flow=False,
        is_gray=False,
        is_training=layer.phase == TRAIN,
        first_of_short=2,
    )
    with naming_errors(layer):
        return _of_segments(layer, param, frames, "", with_label=True)


def _of_segments(
    layer: BatchLayer,
    param: VideoDataParameter | MultiFrameDataParameter,
    frames: SegmentFrames,
    root: str,
    with_label: bool,
) -> MakeBatches:
    return partial(
        ClipBatches,
        read_clip_list(Path(param.source), has_start=True),
        frames,
        absolute("", DataError),
        root,
        DataTransformer(_of_channels(layer, frames.channels), layer.phase, layer.dtype),
        layer.rng,
        batch_size=param.batch_size,
        shuffling=_shuffling(layer, param.shuffle),
        label_axes=3,
        with_label=with_label,
    )


def _of_channels(layer: BatchLayer, channels: int) -> TransformationParameter:
    """How images of several frames are changed: mean values of one frame are those of each."""
    transform = TransformationParameter()
    transform.CopyFrom(layer.layer_param_.transform_param)
    values = list(transform.mean_value)
    if values and channels % len(values) == 0:
        transform.ClearField("mean_value")
        transform.mean_value.extend(values * (channels // len(values)))
    return transform


def _transform(
    layer: BatchLayer, param: VideoDataParameter | ImageDataParameter
) -> tuple[TransformationParameter, Array | None]:
    """How the frames of a clip are changed as the channels of one image, and the mean of clips."""
    transform = TransformationParameter()
    if isinstance(param, ImageDataParameter):  # C3D 1.0
        if param.mirror and not param.crop_size:
            raise layer.error(
                "Current implementation requires mirror and crop_size to be set at the same time."
            )
        transform.scale, transform.crop_size = param.scale, param.crop_size
        transform.mirror, file = param.mirror, param.mean_file
        values = [param.mean_value] if param.HasField("mean_value") and not file else []
    else:
        layer.warn_of_legacy_fields(param, _OLD)
        given = layer.layer_param_.transform_param
        transform.CopyFrom(given)
        transform.ClearField("mean_file")
        transform.ClearField("mean_value")
        file, values = given.mean_file, list(given.mean_value)
        if file and values:
            raise layer.error("Cannot specify mean_file and mean_value at the same time")
    if len(values) not in (0, 1, 3):
        raise layer.error("Specify either 1 mean_value or as many as channels: 3", got=len(values))
    length = param.new_length
    repeats = 1 if len(values) == 1 else length
    transform.mean_value.extend(value for value in values for _ in range(repeats))
    if not file:
        return transform, None
    blob = read_blob(Path(file), "mean_file")
    if blob.num_axes != 5 or blob.shape[0] != 1:
        raise layer.error(
            "the mean file holds no clip",
            expected="shape (1, 3, length, height, width)",
            got=f"shape {blob.shape}",
        )
    return transform, blob.data[0].astype(layer.dtype)


def _check(layer: BatchLayer, param: VideoDataParameter | ImageDataParameter) -> None:
    if param.batch_size < 1:
        raise layer.error("Positive batch size required", got=f"batch_size: {param.batch_size}")
    if param.new_length < 1:
        raise layer.error("new length need to be positive", got=f"new_length: {param.new_length}")
    if bool(param.new_height) != bool(param.new_width):
        raise layer.error(
            "Current implementation requires new_height and new_width to be set at the same time.",
            got=f"new_height: {param.new_height}, new_width: {param.new_width}",
        )


def _shuffling(layer: BatchLayer, shuffle: bool) -> np.random.Generator | None:
    return np.random.default_rng(layer.rng.integers(2**63)) if shuffle else None


def _skipped(layer: BatchLayer, rand_skip: int, clips: int) -> int:
    skipped = int(layer.rng.integers(rand_skip)) if rand_skip else 0
    if skipped >= clips:
        raise layer.error("Not enough points to skip", got=f"rand_skip: {rand_skip} of {clips}")
    return skipped
