"""The classes of an image's pixels, as maps in the size of a net's output. For AnnotatedData.

Caffe: annotated_data_layer.cpp of MobileNet-YOLO (eric612/MobileNet-YOLO).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.ops.images.resize import resize_linear
from blobnet.proto import Datum, YoloSegLabel
from blobnet.sources.augmentation import boxes as box_math
from blobnet.sources.image import decode_image
from blobnet.types import Array, Shape

_VALUES = 256
_MOST_CLASSES = 4096
_THRESHOLD = 100


def tables_of(label: YoloSegLabel) -> Array:
    """For each class, from 1 to the largest label_id, which values of pixels mean it.

    (classes, 256) of 255 and 0; the values are the places of the items in the list. Raises
    DataError where there are no classes, or too many.
    """
    numbers = [item.label_id for item in label.item]
    if not 1 <= max(numbers, default=0) <= _MOST_CLASSES or len(numbers) > _VALUES:
        raise DataError(
            explain(
                "no list of the classes of pixels",
                expected=f"at most {_VALUES} items, label_id from 1 to at most {_MOST_CLASSES}",
                got=f"{len(numbers)} items, label_id up to {max(numbers, default=0)}",
                fix='item { name: "road" label_id: 1 label: 7 }, in the order of the values',
            )
        )
    classes = np.arange(1, max(numbers) + 1)[:, np.newaxis]
    tables = np.zeros((len(classes), _VALUES), np.uint8)
    tables[:, : len(numbers)] = np.where(classes == np.array(numbers), 255, 0)
    return tables


@dataclass(frozen=True)
class PixelLabels:
    """How the image in `seg_label` of a record becomes maps, each 1 where its class is.

    tables  those of `tables_of`; None: one map, of pixels brighter than 100
    scale   how many times smaller than the net's image the maps are, where there is no
    size    (height, width)
    """

    tables: Array | None
    scale: int
    size: tuple[int, int]

    def shape(self, image: Shape) -> Shape:
        """(classes, height, width) for the net's image (channels, height, width)."""
        classes = 1 if self.tables is None else len(self.tables)
        if all(self.size):
            return (classes, *self.size)
        return (classes, image[1] // self.scale, image[2] // self.scale)

    def read(self, datum: Datum, piece: Array | None, image: Shape) -> Array:
        """The maps, of numbers from 0 to 1.

        piece  what of the image is seen, xmin ymin xmax ymax in shares of it; None: all
        image  the shape of what the net sees

        Raises DataError where there is no image, or a broken one.
        """
        if not datum.seg_label:
            raise DataError(explain("the record has no seg_label", expected="an image of classes"))
        mask = decode_image(datum.seg_label, "gray")
        if piece is not None:
            rows, columns = box_math.pixels(piece, *mask.shape[1:])
            mask = mask[:, rows, columns]
        _, height, width = self.shape(image)
        maps = mask if self.tables is None else self.tables[:, mask[0]]
        maps = resize_linear(np.ascontiguousarray(maps), height, width)
        if self.tables is None:
            maps = np.where(maps > _THRESHOLD, np.uint8(255), np.uint8(0))
        shares: Array = maps * np.float32(1 / 255)
        return shares
