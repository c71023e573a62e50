"""Images and their label maps, one at a time, in random sizes: TSN's SegData.

Caffe: seg_data_layer.cpp, data_transformer.cpp of TSN (yjxiong/caffe).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.resizing import resize_checked
from blobnet.sources.batches import empty
from blobnet.sources.image import decode_image
from blobnet.sources.label_maps import ImagePairSource, resize_nearest
from blobnet.sources.mean_values import check_finite
from blobnet.sources.source import Record
from blobnet.sources.source_batches import SourceBatches
from blobnet.types import Array, DType, Shape

_MOST_TRIALS = 10
_MOST_OF_ONE_LABEL = 0.8


class PairScaling:
    """What a transform_param makes of an image (C, H, W) and its labels (1, H, W), both bytes."""

    def __init__(self, param: TransformationParameter, dtype: DType) -> None:
        for name, value in (("scale", param.scale), *(("mean_value", v) for v in param.mean_value)):
            check_finite(name, value)
        self.dtype, self._param = dtype, param
        self._mean = np.array(param.mean_value or [0], dtype)[:, None, None]
        ratios = list(param.scale_ratios)
        self._least, self._most = ratios if len(ratios) == 2 else (1.0, 1.0)

    def size_of(self, height: int, width: int) -> tuple[int, int]:
        """Of the piece that is cut out of an image of that size."""
        param = self._param
        height, width = (length // param.stride * param.stride for length in (height, width))
        if param.HasField("upper_size"):
            return min(height, param.upper_size), min(width, param.upper_size)
        if param.HasField("upper_height") and param.HasField("upper_width"):
            return min(height, param.upper_height), min(width, param.upper_width)
        return height, width

    def check(self, image: Shape, labels: Shape) -> None:
        """Raise LayerError where the two do not fit together, or the mean values."""
        if labels[1:] != image[1:]:
            raise LayerError(
                explain(
                    "the image and its labels differ in size",
                    expected=f"labels of {image[1]} x {image[2]}",
                    got=f"{labels[1]} x {labels[2]}",
                )
            )
        if len(self._mean) not in (1, image[0]):
            raise LayerError(
                explain(
                    "Specify either 1 mean_value or as many as channels",
                    expected=f"1 or {image[0]} values",
                    got=f"{len(self._mean)} values",
                )
            )

    def __call__(
        self, image: Array, labels: Array, rng: np.random.Generator
    ) -> tuple[Array, Array]:
        """Both as they come out, (1, C, h, w) and (1, 1, h, w)."""
        flip = self._param.mirror and bool(rng.integers(2))
        steps = int(np.float32(self._most - self._least) * 1000) + 1
        ratio = int(rng.integers(steps)) / 1000 + self._least
        height, width = (int(length * ratio + 0.5) for length in image.shape[1:])
        if (height, width) != image.shape[1:]:
            image = resize_checked(image, max(height, 1), max(width, 1), "linear")
            labels = resize_nearest(labels, *image.shape[1:])
        height, width = image.shape[1:]
        size = self.size_of(height, width)
        if min(size) < 1:
            raise LayerError(
                explain(
                    "nothing is left of an image",
                    expected=f"at least {self._param.stride} x {self._param.stride} pixels, stride",
                    got=f"{height} x {width} pixels",
                )
            )
        top, left = rng.integers([height - size[0] + 1, width - size[1] + 1]).tolist()
        rows, columns = slice(top, top + size[0]), slice(left, left + size[1])
        data = empty((1, len(image), *size), self.dtype)
        label = empty((1, 1, *size), self.dtype)
        with overflow_allowed():
            for source, target in ((image, data), (labels, label)):
                cut = source[:, rows, columns]
                target[0] = cut[:, :, ::-1] if flip else cut
            data -= self._mean
            data *= self._param.scale
        return data, label


class ScaledPairs(SourceBatches[ImagePairSource]):
    """Such pairs of a list, one after the other.

    open_source  gives the source, standing at its first record
    rng          where random sizes, places and flips begin; it is copied, not drawn from
    is_balanced  whether pieces with too much of one label are drawn anew
    """

    def __init__(
        self,
        open_source: Callable[[], ImagePairSource],
        scaling: PairScaling,
        rng: np.random.Generator,
        *,
        is_balanced: bool,
    ) -> None:
        super().__init__(open_source(), rng, batch_size=1)
        self._scaling, self._is_balanced = scaling, is_balanced

    def shapes(self) -> list[Shape]:
        """Those of the first pair without any scaling."""
        image, _ = self._loaded(self._source.peek())
        size = self._scaling.size_of(*image.shape[1:])
        return [(1, len(image), *size), (1, 1, *size)]

    def read(self) -> list[Array]:
        pair = self._loaded(self._source.read())
        data, labels = self._scaling(*pair, self._rng)
        for _ in range(_MOST_TRIALS if self._is_balanced else 0):
            largest = np.bincount(labels.reshape(-1).astype(np.intp)).max()
            if largest <= _MOST_OF_ONE_LABEL * labels.size:
                break
            data, labels = self._scaling(*pair, self._rng)
        return [data, labels]

    def _loaded(self, record: Record) -> tuple[Array, Array]:
        try:
            image = decode_image(record.datum.data, "color")
            labels = decode_image(self._source.read_labels(str(record.label)).data, "gray")
            self._scaling.check(image.shape, labels.shape)
        except (DataError, LayerError) as error:
            named = f'{self._source.name}, record "{record.key}": {error}'
            raise type(error)(named) from error
        return image, labels
