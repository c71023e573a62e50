"""PriorBox: the boxes that SSD's predictions are relative to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.ssd._converted_priors import as_converted, explicit_sizes, order_of
from blobnet.ops.copying import copy
from blobnet.ops.detection.priors import Size, dense_sizes, prior_boxes, prior_sizes
from blobnet.types import Array


@register_layer("PriorBox")
class PriorBox(Layer):
    """Boxes of several sizes and shapes around every place of a feature map.

    bottom[0]  features: (N, C, H, W)  only the shape counts
    bottom[1]  image: (N, C, height, width)  likewise, unless `img_size` or `img_h`, `img_w` is set
    top[0]     (1, 2, H * W * n * 4)  boxes [x1, y1, x2, y2] relative to the image, and variances

    The n boxes of a place, for each of `min_size`: a square of it; with `max_size`, a square of
    the size between both; and for each of `aspect_ratio` and, with `flip`, its reciprocal a box of
    the same area. Sizes are cut to whole pixels. `denser_prior_boxes` has each of them twice: also
    half a step lower.

    In front of them stand those of `fixed_size`, as in FaceBoxes: `density` of each side by side
    and below each other, spread over the square of that size, their left and upper ends not below 0
    and the others not above 1. Their shapes are `fixed_ratio`, else 1 and `aspect_ratio`.

    Synopsys' `tf` puts the square of the size between behind all others, and takes a tenth of the
    image off both sides of a `min_size` of 60; `keras` puts it in front, and all reciprocals behind
    all ratios. `box_width` and `box_height` are sizes as they are, instead of all these. With
    `yx_order` boxes are [y1, x1, y2, x2].

    Proto: PriorBoxParameter.  Caffe: prior_box_layer.cpp of SSD (weiliu89/caffe), of
    zihaozhang9/FaceBoxes and of Synopsys.
    """

    formula = "boxes around (i + offset) * step, in every size and shape that is stated"
    gradient_formula = "0: the values of the bottoms do not count."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._dense = self._dense_sizes()
        self._sizes = [*self._dense, *self._stated_sizes()]
        self._variance = self._stated_variance()
        self._image = self._both_or_none("img_size", "img_h", "img_w")
        self._step = self._both_or_none("step", "step_h", "step_w")
        self._made: tuple[tuple[int, ...], Array] | None = None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        grid = bottom[0].height, bottom[0].width
        image = self._image or (bottom[1].height, bottom[1].width)
        copies = 1 + self.layer_param_.prior_box_param.denser_prior_boxes
        count = grid[0] * grid[1] * len(self._sizes) * copies
        if count * image[0] * image[1] == 0:
            raise self.error(
                "there is no place for a box",
                expected="features and an image of at least one pixel",
                got=f"bottoms of shapes {bottom[0].shape} and {bottom[1].shape}",
            )
        self._shapes = int(grid[0]), int(grid[1]), int(image[0]), int(image[1])
        top[0].reshape((1, 2, count * 4))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._made is None or self._made[0] != self._shapes:
            self._made = self._shapes, self._boxes()
        copy(self._made[1], out=top[0].data[0])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, is_wanted in zip(bottom, propagate_down, strict=True):
            if is_wanted:
                blob.diff[...] = 0

    def _boxes(self) -> Array:
        """What the top holds: the boxes and, behind them, their variances."""
        param, (rows, columns, *image) = self.layer_param_.prior_box_param, self._shapes
        height, width = (np.float32(size) for size in image)
        step = self._step or (float(height / rows), float(width / columns))
        boxes = prior_boxes(
            (rows, columns),
            (image[0], image[1]),
            step,
            param.offset,
            self._sizes,
            twice=param.denser_prior_boxes,
        )
        boxes = as_converted(boxes, self._sizes, param).astype(self.dtype)
        ends = boxes.reshape(rows * columns, -1, 4)[:, : len(self._dense)]
        np.maximum(ends[..., :2], 0, out=ends[..., :2])
        np.minimum(ends[..., 2:], 1, out=ends[..., 2:])
        if param.clip:
            np.clip(boxes, 0, 1, out=boxes)
        found: Array = np.empty((2, *boxes.shape), self.dtype)
        found[0], found[1] = boxes, self._variance
        return found.reshape(2, -1)

    def _stated_sizes(self) -> list[Size]:
        param = self.layer_param_.prior_box_param
        least, most = list(param.min_size), list(param.max_size)
        if param.box_width or param.box_height:
            return explicit_sizes(self, param)
        if self._dense and not least and not most:
            return []
        if not least:
            raise self.error("must provide min_size.", fix="write prior_box_param { min_size: 30 }")
        if not all(0 < size < 2**31 for size in least):
            raise self.error("min_size must be positive.", got=least)
        if most and len(most) != len(least):
            raise self.error(
                "max_size belongs to min_size, one to one",
                expected=f"{len(least)} values of max_size, or none",
                got=most,
            )
        if not all(small < large < 2**31 for small, large in zip(least, most)):  # noqa: B905
            raise self.error("max_size must be greater than min_size.", got=f"{most} for {least}")
        return prior_sizes(least, most, self._ratios(), order_of(self, param))

    def _dense_sizes(self) -> list[Size]:
        """The boxes of `fixed_size`."""
        param = self.layer_param_.prior_box_param
        sizes, densities = list(param.fixed_size), list(param.density)
        if not sizes and not densities and not param.fixed_ratio:
            return []
        if len(sizes) != len(densities) or param.denser_prior_boxes:
            raise self.error(
                "fixed_size and density belong together, one to one",
                expected=f"{len(sizes)} values of density, and no denser_prior_boxes",
                got=densities,
            )
        if not all(0 < value < 2**31 for value in sizes):
            raise self.error("fixed_size must be positive.", got=sizes)
        if not all(1 <= value <= 64 for value in densities):
            raise self.error("density must be positive.", expected="1 to 64", got=densities)
        if param.fixed_ratio and param.aspect_ratio:
            raise self.error("can not provide fixed_ratio and aspect_ratio simultaneously.")
        if not all(1e-38 < ratio < 1e38 for ratio in param.fixed_ratio):
            raise self.error("fixed_ratio must be positive.", got=list(param.fixed_ratio))
        return dense_sizes(sizes, densities, list(param.fixed_ratio) or self._ratios())

    def _ratios(self) -> list[float]:
        """1, then each ratio that is not yet among them, and behind it its reciprocal."""
        param = self.layer_param_.prior_box_param
        ratios = [1.0]
        for ratio in param.aspect_ratio:
            if not 1e-38 < ratio < 1e38:  # its reciprocal has to be a number, too
                raise self.error("aspect_ratio must be positive.", got=ratio)
            if any(abs(ratio - other) < 1e-6 for other in ratios):
                continue
            ratios.append(ratio)
            if param.flip and not param.keras:
                ratios.append(float(np.float32(1 / ratio)))
        if param.flip and param.keras:
            for ratio in map(float, param.aspect_ratio):
                turned = float(np.float32(1 / ratio))
                if not any(abs(turned - other) < 1e-6 for other in ratios):
                    ratios.append(turned)
        return ratios

    def _stated_variance(self) -> list[float]:
        variance = list(self.layer_param_.prior_box_param.variance) or [0.1]
        if len(variance) not in (1, 4):
            raise self.error("Must and only provide 4 variance.", expected="1 or 4", got=variance)
        if not all(value > 0 for value in variance):
            raise self.error("variance must be positive.", got=variance)
        return variance

    def _both_or_none(self, one: str, down: str, right: str) -> tuple[int, int] | None:
        """A length downwards and one to the right, from one field for both or from two."""
        param = self.layer_param_.prior_box_param
        stated = [name for name in (one, down, right) if param.HasField(name)]
        if not stated:
            return None
        if stated[0] == one and len(stated) > 1:
            raise self.error(
                f"Either {one} or {down}/{right} should be specified; not both.", got=stated
            )
        names = (one, one) if stated[0] == one else (down, right)
        for name in names:
            if not 0 < getattr(param, name) < float("inf"):
                raise self.error(f"{name} should be larger than 0.", got=getattr(param, name))
        return getattr(param, names[0]), getattr(param, names[1])
