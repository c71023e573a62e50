"""How images are resized, enlarged and shown, as the settings of three layers say.

Caffe: load_batch of MS-CNN's image_gt_data_layer.cpp, Cascade R-CNN's detection_data_layer.cpp and
eval_data_layer.cpp.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from google.protobuf.message import Message

from blobnet.errors import LayerError, explain
from blobnet.proto import DetectionDataParameter, EvalDataParameter, ImageGtDataParameter
from blobnet.sources.augmentation.distortion import Distortion
from blobnet.sources.objects.scene import Scene, centre_of, rounded

_OCTAVE = 2
"""Scales of an object within a doubling of its size."""
_ASPECT_STEP = 0.05
_NEARLY = 0.8, 1.2
_GRAIN = 32
"""What the sides of Cascade R-CNN's batches are multiples of."""

Factors = tuple[float, float]


def _has(param: Message, *names: str) -> bool:
    """Whether all of these fields are stated."""
    return all(param.HasField(name) for name in names)


class GtRecipe:
    """ImageGtData's: every image at one size, cut or enlarged around a drawn object."""

    def __init__(self, param: ImageGtDataParameter, mirror: bool, listed: tuple[int, int]) -> None:
        self._param, self._mirror = param, mirror
        self._resized = None
        if _has(param, "resize_width", "resize_height"):
            self._resized = param.resize_height, param.resize_width
        height, width = self._resized or listed
        for side, cut in (("height", param.crop_height), ("width", param.crop_width)):
            if cut > (height if side == "height" else width):
                raise LayerError(
                    explain(
                        f"crop_{side} is more than there is",
                        expected=f"at most {height if side == 'height' else width}",
                        got=cut,
                    )
                )
        self._template = param.crop_height or height, param.crop_width or width
        self._scales = param.do_multiple_scale and _has(param, "min_scale", "max_scale")
        self._aspects = _has(param, "min_whaspect", "max_whaspect")
        if self._scales and not 0 < param.min_scale <= param.max_scale:
            raise LayerError(
                explain(
                    "objects have no scale",
                    expected="0 < min_scale <= max_scale",
                    got=f"{param.min_scale} and {param.max_scale}",
                )
            )

    def begin(self, rng: np.random.Generator) -> None:
        """Nothing is drawn for a batch as a whole."""

    def first(self, scene: Scene, rng: np.random.Generator) -> Scene:
        if self._mirror and rng.integers(2):
            scene = scene.mirrored()
        return scene.resized(*self._resized) if self._resized else scene

    def template(self, scene: Scene) -> tuple[int, int]:
        return self._template

    def second(
        self, scene: Scene, template: tuple[int, int], rng: np.random.Generator
    ) -> tuple[Scene, Factors]:
        centre, which = centre_of(scene, template, rng)
        factors = (1.0, 1.0)
        if self._scales and which is not None and rng.integers(2):
            x1, y1, x2, y2 = scene.boxes[which].tolist()
            factors = self._factors(x2 - x1, y2 - y1, rng)
        return scene.enlarged(factors, centre)

    def _factors(self, width: float, height: float, rng: np.random.Generator) -> Factors:
        """To one of the scales, half an octave apart, and perhaps to another shape."""
        param = self._param
        least, most = param.min_scale, param.max_scale
        scales = np.arange(rounded(_OCTAVE * math.log2(most / least) + 1)) / _OCTAVE
        area, areas = width * height, (least * 2.0**scales) ** 2
        likeness = np.minimum(area, areas) / np.maximum(area, areas)
        nearest = scales[likeness.argmax()] if likeness.max() > 0 else 0
        factor = float(2 ** (scales[rng.integers(len(scales))] - nearest))
        if not (self._aspects and rng.integers(2)) or not area > 0:
            return factor, factor
        steps = max(rounded((param.max_whaspect - param.min_whaspect) / _ASPECT_STEP), 1)
        aspect = int(rng.integers(steps)) * _ASPECT_STEP + param.min_whaspect
        change = aspect / (width / height)
        if rng.integers(2):
            fits = least * _NEARLY[0] <= width * factor * change <= most * _NEARLY[1]
            return (factor * change, factor) if fits else (factor, factor)
        fits = least * _NEARLY[0] <= height * factor / change <= most * _NEARLY[1]
        return (factor, factor / change) if fits else (factor, factor)


class DetectionRecipe:
    """DetectionData's: batches follow the shape of their first image, unless they have one size."""

    def __init__(self, param: DetectionDataParameter, mirror: bool) -> None:
        _check_sizes(param)
        self._param, self._mirror = param, mirror
        self._distortion = None
        if param.HasField("distort_param"):
            self._distortion = Distortion(param.distort_param)
        self._ratio = 1.0

    def begin(self, rng: np.random.Generator) -> None:
        ratios = self._param.template_ratio
        self._ratio = ratios[rng.integers(len(ratios))] if ratios else 1.0

    def first(self, scene: Scene, rng: np.random.Generator) -> Scene:
        param = self._param
        if self._distortion is not None:
            image = self._distortion.apply(np.ascontiguousarray(scene.image), rng)
            scene = replace(scene, image=image)
        if self._mirror and rng.integers(2):
            scene = scene.mirrored()
        height, width = scene.size
        if _has(param, "resize_width", "resize_height"):
            return scene.resized(param.resize_height, param.resize_width)
        if param.HasField("resize_ratio"):
            ratio = param.resize_ratio
        elif _has(param, "short_size", "long_size"):
            ratio = self._grained(param.short_size) / min(height, width)
        else:
            return scene
        return scene.resized(rounded(height * ratio), rounded(width * ratio))

    def template(self, scene: Scene) -> tuple[int, int]:
        param, (height, width) = self._param, scene.size
        if _has(param, "crop_width", "crop_height"):
            return param.crop_height, param.crop_width
        if _has(param, "resize_width", "resize_height"):
            return param.resize_height, param.resize_width
        if _has(param, "crop_short_size", "crop_long_size"):
            short, long = param.crop_short_size, param.crop_long_size
        elif _has(param, "short_size", "long_size"):
            short, long = self._grained(param.short_size), self._grained(param.long_size)
        else:
            return height, width
        return (long, short) if height >= width else (short, long)

    def second(
        self, scene: Scene, template: tuple[int, int], rng: np.random.Generator
    ) -> tuple[Scene, Factors]:
        centre, which = centre_of(scene, template, rng)
        param, factors = self._param, (1.0, 1.0)
        by_ratio = _has(param, "low_scale_ratio", "high_scale_ratio")
        by_scale = _has(param, "min_scale", "max_scale")
        if rng.random() < param.multiscale_prob and (by_ratio or by_scale):
            low, high = param.low_scale_ratio, param.high_scale_ratio
            if not by_ratio:
                low = high = 2.0
                if which is not None:
                    x1, y1, x2, y2 = scene.boxes[which].tolist()
                    scale = math.sqrt(max((x2 - x1 + 1) * (y2 - y1 + 1), 1))
                    low, high = param.min_scale / scale, param.max_scale / scale
            factors = self._factors(low, high, rng)
        return scene.enlarged(factors, centre)

    def _factors(self, low: float, high: float, rng: np.random.Generator) -> Factors:
        param = self._param
        factor = 2 ** rng.uniform(math.log2(low), math.log2(high))
        if not _has(param, "min_whaspect", "max_whaspect"):
            return factor, factor
        ends = math.log2(param.min_whaspect), math.log2(param.max_whaspect)
        change = math.sqrt(2 ** rng.uniform(*ends))
        return factor * change, factor / change

    def _grained(self, size: int) -> int:
        return rounded(size * self._ratio / _GRAIN) * _GRAIN


class EvalRecipe:
    """EvalData's: whole images, with sides that are multiples of 32."""

    def __init__(self, param: EvalDataParameter) -> None:
        self._param = param

    def begin(self, rng: np.random.Generator) -> None:
        """Nothing is drawn."""

    def first(self, scene: Scene, rng: np.random.Generator) -> Scene:
        param, (height, width) = self._param, scene.size
        if _has(param, "resize_width", "resize_height"):
            height, width = param.resize_height, param.resize_width
        elif _has(param, "short_size", "long_size"):
            ratio = param.short_size / min(height, width)
            height, width = (
                min(rounded(side * ratio), param.long_size) for side in (height, width)
            )
        return scene.resized(*(rounded(side / _GRAIN) * _GRAIN for side in (height, width)))

    def template(self, scene: Scene) -> tuple[int, int]:
        return scene.size

    def second(
        self, scene: Scene, template: tuple[int, int], rng: np.random.Generator
    ) -> tuple[Scene, Factors]:
        height, width = scene.size
        return scene, (width / 2, height / 2)


_ONE_OF = (
    (("resize_width", "resize_height"), ("resize_ratio",), ("short_size", "long_size")),
    (("crop_width", "crop_height"), ("crop_short_size", "crop_long_size")),
    (("min_scale", "max_scale"), ("low_scale_ratio", "high_scale_ratio")),
)
_RISING = (
    *(("short_size", "long_size"), ("crop_short_size", "crop_long_size")),
    *(("min_scale", "max_scale"), ("low_scale_ratio", "high_scale_ratio")),
    ("min_whaspect", "max_whaspect"),
)
_POSITIVE = (
    *("resize_width", "resize_height", "resize_ratio", "crop_width", "crop_height"),
    *("short_size", "min_scale", "low_scale_ratio", "min_whaspect", "crop_short_size"),
)


def _check_sizes(param: DetectionDataParameter) -> None:
    """Raise LayerError where sizes contradict each other, or are none."""
    for kinds in _ONE_OF:
        stated = [names for names in kinds if any(param.HasField(name) for name in names)]
        if len(stated) > 1:
            raise LayerError(
                explain("sizes contradict each other", got=" and ".join(sum(stated, ())))
            )
    for low, high in _RISING:
        if _has(param, low, high) and getattr(param, low) > getattr(param, high):
            raise LayerError(
                explain(
                    f"{low} is above {high}", got=f"{getattr(param, low)}, {getattr(param, high)}"
                )
            )
    values = [(name, getattr(param, name)) for name in _POSITIVE if param.HasField(name)]
    for name, value in [*values, *(("template_ratio", ratio) for ratio in param.template_ratio)]:
        if not 0 < value < math.inf:
            raise LayerError(explain(f"{name} must be > 0", got=value))
