"""What the Frcnn layers take from a file of JSON to train: voc_config.json, unless told."""

from __future__ import annotations

from typing import Any, NamedTuple

from blobnet.errors import DataError
from blobnet.layer import Layer
from blobnet.layers.detection.regions._frcnn_settings import ANCHORS, numbers_of, read, wrong

Numbers = tuple[float, ...]
_ONES = (1.0, 1.0, 1.0, 1.0)
_CORNERS: Numbers = sum(ANCHORS, ())
_MOST_CLASSES = 2**16
_ANY_COUNT = ("scales", "anchors")


class FrcnnTraining(NamedTuple):
    """By the names of the file; sizes are in pixels, overlaps from 0 to 1."""

    scales: Numbers = (600,)
    max_size: float = 1000.0
    pixel_means: Numbers = (102.9801, 115.9465, 122.7717)
    use_flipped: bool = True
    n_classes: int = 21
    batch_size: float = 128.0
    fg_fraction: float = 0.25
    fg_thresh: float = 0.5
    bg_thresh_hi: float = 0.5
    bg_thresh_lo: float = 0.0
    bbox_normalize_targets: bool = True
    bbox_inside_weights: Numbers = _ONES
    bbox_normalize_means: Numbers = (0, 0, 0, 0)
    bbox_normalize_stds: Numbers = (0.1, 0.1, 0.2, 0.2)
    rpn_positive_overlap: float = 0.7
    rpn_negative_overlap: float = 0.3
    rpn_clobber_positives: bool = False
    rpn_fg_fraction: float = 0.5
    rpn_batchsize: int = 256
    rpn_bbox_inside_weights: Numbers = _ONES
    rpn_positive_weight: float = -1.0
    rpn_allowed_border: float = 0.0
    feat_stride: int = 16
    anchors: Numbers = _CORNERS


_DEFAULT = FrcnnTraining()


def training_of(layer: Layer) -> FrcnnTraining:
    """What `config` of a layer's window_data_param says. Raises DataError, naming the layer."""
    path = layer.layer_param_.window_data_param.config
    try:
        return _DEFAULT if not path else _read(path)
    except DataError as error:
        raise DataError(f'{layer.type} layer "{layer.layer_param_.name}": {error}') from error


def _read(path: str) -> FrcnnTraining:
    """A setting that is not there stays as it is."""
    stated = read(path)
    found: dict[str, Any] = {}
    for name, default in _DEFAULT._asdict().items():
        if name not in stated:
            continue
        numbers = numbers_of(stated, name, path)
        if isinstance(default, tuple):
            if name not in _ANY_COUNT and len(numbers) != len(default):
                raise wrong(path, name, f"{len(default)} numbers", f"{len(numbers)}")
            found[name] = tuple(numbers)
        else:
            found[name] = type(default)(numbers[0])
    settings = _DEFAULT._replace(**found)
    if len(settings.anchors) % 4:
        raise wrong(path, "anchors", "four corners for each", f"{len(settings.anchors)} numbers")
    if not 2 <= settings.n_classes <= _MOST_CLASSES:
        expected = f"from 2 to {_MOST_CLASSES}, with that of no object"
        raise wrong(path, "n_classes", expected, f"{settings.n_classes}")
    if min(settings.scales) < 1 or settings.max_size < 1:
        got = f"{settings.scales} and {settings.max_size:g}"
        raise wrong(path, "scales and max_size", "1 pixel or more", got)
    return settings
