"""How images were prepared for the training, as the layers that read them say it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import is_file, shown
from blobnet.preprocessing.mean_files import read_mean_file
from blobnet.preprocessing.preprocessing import Size
from blobnet.preprocessing.settings import Settings
from blobnet.proto import TEST, LayerParameter, TransformationParameter
from blobnet.serialization.prototxt import read_net
from blobnet.types import Array

_BESIDE = ("train_val", "train_test", "trainval", "train", "test", "net")
"""What the definition with data layers is called that a deploy.prototxt lies beside."""


def settings_in(definition: Path, *, reads_mean: bool = True) -> Settings:
    """What the first layer says that reads images, those of the test before those of the training.

    Size, crop, mean, scale and the order of channels; what is done at random for the training is
    left out. Nothing where no layer reads images. Raises DataError where the mean file is not
    there, unless it need not be read; and whatever reading a definition raises.
    """
    for layer in _readers(definition):
        return settings_of(layer, definition, reads_mean=reads_mean)
    return Settings()


def definition_beside(deploy: Path) -> Path | None:
    """The definition with data layers in the same folder, if there is one of a usual name."""
    names = [f"{name}.prototxt" for name in _BESIDE]
    names += [deploy.name.replace("deploy", name) for name in _BESIDE if "deploy" in deploy.name]
    for path in (deploy.with_name(name) for name in names):
        if path != deploy and is_file(path) and any(_readers(path)):
            return path
    return None


def _readers(definition: Path) -> Iterator[LayerParameter]:
    """Layers that prepare images, those of the phase TEST first."""
    found = [
        layer
        for layer in read_net(definition).layer
        if layer.HasField("transform_param") and not layer.bottom
    ]
    yield from sorted(found, key=lambda layer: TEST not in [r.phase for r in layer.include])


def settings_of(layer: LayerParameter, definition: Path, *, reads_mean: bool = True) -> Settings:
    """What one layer says: see `settings_in`."""
    param = layer.transform_param
    return Settings(
        mean=_mean_of(param, definition) if reads_mean or param.mean_value else None,
        scale=param.scale,
        channels="RGB" if param.cvt_bgr2rgb or param.bgr2rgb else "BGR",
        size=_size_of(layer),
        crop=_crop_of(param),
        mean_file=param.mean_file or None,
        origin=f"layer '{layer.name}' of {shown(definition)}",
    )


def _mean_of(param: TransformationParameter, definition: Path) -> Array | None:
    if param.mean_value:
        return np.array(param.mean_value, np.float32)[:, None, None]
    if not param.mean_file:
        return None
    stated = Path(param.mean_file)  # from the folder that Caffe was started in
    for path in (stated, definition.with_name(stated.name)):
        if is_file(path):
            return read_mean_file(str(path))
    raise DataError(
        explain(
            f"{shown(definition)}: the mean file it names is not there",
            expected=f"{shown(stated)}, or {shown(stated.name)} beside the definition",
            fix="say the mean with --mean: a file, or the values of the channels: 104,117,123",
        )
    )


def _size_of(layer: LayerParameter) -> Size | None:
    """What images are resized to before the crop."""
    for resizing in layer.transform_param.resize_param:
        if resizing.height and resizing.width:
            return (resizing.height, resizing.width)
    for field, value in layer.ListFields():
        if field.name.endswith("_data_param") and getattr(value, "new_height", None):
            return (value.new_height, value.new_width)
    return None


def _crop_of(param: TransformationParameter) -> Size | None:
    if param.crop_h and param.crop_w:
        return (param.crop_h, param.crop_w)
    return (param.crop_size, param.crop_size) if param.crop_size else None
