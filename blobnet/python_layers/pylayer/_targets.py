"""What a stage of MNC is to learn of regions: their boxes and their masks.

Dai et al., CVPR 2016.  lib/pylayer/proposal_target_layer.py, stage_bridge_layer.py of MNC.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import LayerError
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.detection.boxes import overlaps
from blobnet.ops.overflow import overflow_allowed
from blobnet.python_layers._boxes import changes_to
from blobnet.python_layers._checks import naming, who, wrong
from blobnet.python_layers._param_str import number, settings_of, unfit, whole
from blobnet.python_layers._sampling import box_targets, check_classes, normalized
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.mnc_config import Train, cfg
from blobnet.python_layers.pylayer._masks import mask_within
from blobnet.types import Array, IntArray

_LARGEST_SIDE = 512


class Settings(NamedTuple):
    """What a param_str and `mnc_config.cfg` say."""

    own: Mapping[str, Any]
    train: Train
    classes: int
    side: int
    least: float
    clip: float | None

    @classmethod
    def of(cls, layer: PythonLayer, known: tuple[str, ...], clip_base: float) -> Settings:
        """Raises LayerError for what means nothing."""
        own = settings_of(layer.param_str, who(layer))
        train = changed(cfg.TRAIN, own, known, who(layer))
        classes = 0
        if "num_classes" in known:
            classes = whole(own, "num_classes", who(layer), least=2, default=0)
            check_classes(classes, who(layer))
        if not 1 <= cfg.MASK_SIZE <= _LARGEST_SIDE:
            raise unfit("MASK_SIZE", cfg.MASK_SIZE, f"from 1 to {_LARGEST_SIDE}", who(layer))
        clip = clip_of(own, clip_base, who(layer))
        return cls(own, train, classes, cfg.MASK_SIZE, cfg.BINARIZE_THRESH, clip)


def clip_of(settings: Mapping[str, Any], base: float, name: str) -> float | None:
    """The largest gradient that goes back, 1 / clip_base; None: any. Raises LayerError."""
    clip_base = number(settings, "clip_base", base, name)
    if clip_base <= 0:
        raise unfit("clip_base", clip_base, "a number above 0", name)
    return 1 / clip_base if number(settings, "use_clip", 0, name) else None


class Masks(NamedTuple):
    """The objects of an image: boxes (G, 5), masks (G, h, w) that fill them, and its scale.

    sizes   (G, 2) rows and columns that each mask has of (h, w)
    """

    boxes: Array
    values: Array
    sizes: IntArray
    scale: float

    @classmethod
    def of(cls, layer: PythonLayer, boxes: Array, masks: Blob, sizes: Blob, scale: float) -> Masks:
        """Raises LayerError for blobs that do not fit together."""
        count, values = len(boxes), masks.data
        if values.ndim != 3 or len(values) != count or sizes.shape[:2] != (count, 2):
            expected = f"masks ({count}, height, width) and their sizes ({count}, 2)"
            got = f"shapes {values.shape} and {sizes.shape}"
            raise wrong(layer, "masks and boxes do not fit together", expected=expected, got=got)
        its = whole_box(layer, sizes.data.reshape(count, 2))
        return cls(boxes, values, its.clip(0), scale)

    def mask(self, index: int) -> Array:
        """That of an object."""
        height, width = self.sizes[index]
        found: Array = self.values[index, :height, :width]
        return found


class Nearest(NamedTuple):
    """Of each region: how much it overlaps the box that it overlaps most, and which that is."""

    most: Array
    box: IntArray


def nearest_boxes(regions: Array, boxes: Array) -> Nearest:
    """Without a box no region overlaps one."""
    if not len(boxes):
        return Nearest(np.zeros(len(regions)), np.zeros(len(regions), np.int64))
    common = overlaps(regions, np.ascontiguousarray(boxes[:, :4]), border=1)
    nearest: IntArray = common.argmax(axis=1)
    return Nearest(common[np.arange(len(regions)), nearest], nearest)


class BoxLabels(NamedTuple):
    """Labels (R,), changes and their weights (R, 4K) of regions; those of objects come first."""

    labels: Array
    changes: Array
    inside_weights: Array
    outside_weights: Array


def box_labels(
    regions: Array, boxes: IntArray, objects: int, truth: Array, settings: Settings, name: str
) -> BoxLabels:
    """What is to be learned of regions, of which the first are objects.

    boxes  (R,) which of truth (G, 5) each overlaps most
    """
    labels = np.zeros(len(regions))
    labels[:objects] = truth[boxes[:objects], 4]
    changes = np.zeros((len(regions), 4))
    its = labels > 0
    changes[its] = changes_to(regions[its], truth[boxes[its], :4])
    changes = normalized(changes, settings.train)
    found = box_targets(labels, changes, settings.classes, settings.train, name)
    return BoxLabels(labels, *found, (found.inside_weights > 0).astype(float))


class MaskLabels(NamedTuple):
    """Masks (R, 1, S, S), their weights, and (R, 12) what MaskLayer is to know of each.

    These are object, rows and columns of its mask, label, region, box; -1 for no object.
    """

    masks: Array
    weights: Array
    infos: Array


def mask_labels(
    layer: PythonLayer, regions: Array, boxes: IntArray, labels: Array, objects: int, truth: Masks,
    settings: Settings,
) -> MaskLabels:  # fmt: skip
    """What of their objects' masks regions show, in pixels of the image as it was."""
    masks, weights = np.zeros((2, len(regions), 1, settings.side, settings.side))
    infos = np.full((len(regions), 12), -1.0)
    weights[:objects] = 1
    for row in range(objects):
        index = int(boxes[row])
        region = whole_box(layer, regions[row], truth.scale)
        box = whole_box(layer, truth.boxes[index, :4], truth.scale)
        with naming(layer):
            masks[row] = mask_within(region, box, truth.mask(index), settings.side, settings.least)
        infos[row] = (index, *truth.sizes[index], labels[row], *region, *box)
    return MaskLabels(masks, weights, infos)


def whole_box(layer: PythonLayer, box: Array, scale: float = 1) -> IntArray:
    """The nearest whole pixels of an image that is so many times as small. Raises LayerError."""
    with overflow_allowed():
        values = np.around(box / scale)
    if not (np.abs(values) < 2**24).all():  # False of what is no number, too
        raise _no_box(layer, box)
    found: IntArray = values.astype(np.int64)
    return found


def _no_box(layer: PythonLayer, box: Array) -> LayerError:
    got = str(box)[:80]
    return wrong(layer, "a region or mask has no size", expected="numbers below 2^24", got=got)
