"""AdaCosAddmScale: ArcFace's margin, and a scale that finds itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces.margins._true_cosine import TrueCosine
from blobnet.layers.faces.margins.cosin_addm import add_angle, slope_of_angle
from blobnet.types import Array

Gather = Callable[[Array], Array]


@register_layer("AdaCosAddmScale")
class AdaCosAddmScale(TrueCosine):
    """Adds `m` to the angle between an item and its true class, and scales all cosines.

    bottom[0]  x: (M, N)      cosines; all axes behind the first are N classes
    bottom[1]  labels: (M,)   whole numbers; below 0: no margin for the item
    top[0]     y: as x

    The scale s is sqrt(2) log(`num_classes` - 1) at first. Each forward, also in TEST, makes the
    next one of it: log(B) / cos(min(a, pi / 4)), where a is the mean of all angles and B the mean,
    over items, of the sum of exp(s x) over classes, the true one counting as exp(0), as in the
    fork; of several processes, over the items of all. A snapshot keeps it. `transform_test` is not
    heeded.

    Proto: AdaCosAddmScaleParameter.  Caffe: adacos_add_m_scale_layer.cpp of xialuxi/arcface-caffe.
    Paper: Zhang et al., "AdaCos: Adaptively Scaling Cosine Logits", CVPR 2019.
    """

    formula = "y = s x, and for the true class s times what CosinAddm makes of x."
    gradient_formula = "dx = s dy;  for the true class times the slope of CosinAddm's margin."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.adacos_add_m_scale_param
        self._m = param.m
        if param.num_classes <= 2:
            raise self.error("num_classes must be more than 2", got=f"{param.num_classes:g}")
        self._scale = math.sqrt(2) * math.log(param.num_classes - 1)
        self._gather: Gather | None = None  # where others' batches count, too

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        super().forward_cpu(bottom, top)
        self._scale = self._next_scale(self._rows(bottom[0].data), self._true(bottom))
        top[0].data[...] *= self._scale

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        super().backward_cpu(top, propagate_down, bottom)
        if propagate_down[0]:
            bottom[0].diff[...] *= self._scale

    def margin(self, cosine: Array) -> Array:
        return add_angle(cosine, self._m)

    def slope(self, cosine: Array) -> Array:
        return slope_of_angle(cosine, self._m)

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "scale": self._scale}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._scale = float(state["scale"])

    def use_statistics_of(self, gather: Gather) -> bool:
        self._gather = gather
        return True

    def _next_scale(self, x: Array, true: tuple[Any, Any]) -> float:
        powers = x * self._scale
        powers[true] = 0
        sums = np.array([np.arccos(x).sum(), x.size, np.exp(powers).sum(), len(x)])
        if self._gather is not None:
            sums = self._gather(sums).sum(axis=0)
        angles, values, total, items = sums.tolist()
        if not values:
            return self._scale
        mean_angle = min(angles / values, math.pi / 4)
        return float(np.log(total / items)) / math.cos(mean_angle)
