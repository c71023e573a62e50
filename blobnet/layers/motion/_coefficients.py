"""How an image is changed: 42 coefficients, drawn as a prototxt says.

Between layers they travel as a row for each image, in which those that are factors and powers
stand as logarithms: so rows of two changes, one after the other, add up.

Caffe: augmentation_layer_base.cpp, rng.cpp of FlowNet2.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Final

import numpy as np

from blobnet.layer import Layer
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import AugmentationParameter, CoeffScheduleParameter, RandomGeneratorParameter
from blobnet.types import Array

SPATIAL = ("mirror", "dx", "dy", "angle", "zoom_x", "zoom_y")
CHROMATIC = ("gamma", "brightness", "contrast", "color1", "color2", "color3")
EIGEN = (
    *(f"{what}_nomean{i}" for what in ("pow", "add", "mult") for i in range(3)),
    *(f"{what}_withmean{i}" for what in ("pow", "add", "mult") for i in range(3)),
    "lmult_pow", "lmult_add", "lmult_mult", "col_angle",
)  # fmt: skip
EFFECT = (
    "fog_amount", "fog_size", "motion_blur_angle", "motion_blur_size", "shadow_angle",
    "shadow_distance", "shadow_strength", "noise",
)  # fmt: skip
NAMES: Final = (*SPATIAL, *CHROMATIC, *EIGEN, *EFFECT)
"""In the order in which they stand in a row."""

_FACTORS = ("zoom", "gamma", "contrast", "color", "pow", "mult", "lmult_pow", "lmult_mult")
DEFAULTS: Final = {name: float(name.startswith(_FACTORS)) for name in NAMES}
"""What changes nothing: 1 for factors and powers, 0 for all others."""

_IS_FACTOR: Final = np.array([DEFAULTS[name] == 1 for name in NAMES])

Coefficients = dict[str, float]

_TRIES = 50
_COLORS = ("color1", "color2", "color3")
_EIGEN_FIELDS = {
    "ladd_pow": ("pow_nomean0",), "col_pow": ("pow_nomean1", "pow_nomean2"),
    "ladd_add": ("add_nomean0",), "col_add": ("add_nomean1", "add_nomean2"),
    "ladd_mult": ("mult_nomean0",), "col_mult": ("mult_nomean1", "mult_nomean2"),
    "lmult_pow": ("lmult_pow",), "lmult_mult": ("lmult_mult",), "lmult_add": ("lmult_add",),
    "col_rotate": ("col_angle",),
}  # fmt: skip
_SATURATION_FIELDS = {"sat_pow": "pow", "sat_add": "add", "sat_mult": "mult"}
_EFFECT_GROUPS = (
    ("fog_amount", "fog_size"), ("motion_blur_angle", "motion_blur_size"),
    ("shadow_angle", "shadow_distance", "shadow_strength"), ("noise",),
)  # fmt: skip


def to_row(coefficients: Coefficients) -> Array:
    values = np.array([coefficients.get(name, DEFAULTS[name]) for name in NAMES])
    with overflow_allowed():
        return np.where(_IS_FACTOR, np.log(np.where(_IS_FACTOR, values, 1)), values)


def from_row(row: Array) -> Coefficients:
    with overflow_allowed():
        values = np.where(_IS_FACTOR, np.exp(row, dtype=np.float64), row)
    return dict(zip(NAMES, values.tolist(), strict=True))


def discount(schedule: CoeffScheduleParameter, iteration: float) -> float:
    """What spreads are multiplied with: from `initial_coeff` to `final_coeff`, half of it after
    `half_life` iterations."""
    way = math.tanh(1.0986 * iteration / schedule.half_life / 2)
    return schedule.initial_coeff + (schedule.final_coeff - schedule.initial_coeff) * way


class Drawing:
    """Draws coefficients as `augmentation_param` says; spreads are multiplied by `scale`."""

    def __init__(
        self, layer: Layer, param: AugmentationParameter, scale: float, rng: np.random.Generator
    ) -> None:
        self._layer, self._param, self._scale, self._rng = layer, param, scale, rng

    def spatial(self, row: Array, size: tuple[int, int], crop: tuple[int, int]) -> Coefficients:
        """Of a crop (rows, columns) whose corners stay in an image of `size`, added to a row.

        Without luck in 50 tries, the row as it is.
        """
        for _ in range(_TRIES - 1):
            drawn = from_row(row + to_row(self._spatial()))
            if _stays_within(drawn, size, crop):
                return drawn
        self._spatial()  # the last try does not count in FlowNet2
        return from_row(row)

    def _spatial(self) -> Coefficients:
        param, found = self._param, Coefficients()
        if param.HasField("mirror"):
            found["mirror"] = float(self.whether(param.mirror))
        for field, names in (
            ("translate", ("dx", "dy")), ("translate_x", ("dx",)), ("translate_y", ("dy",)),
            ("rotate", ("angle",)), ("zoom", ("zoom_x",)),
        ):  # fmt: skip
            if param.HasField(field):
                for name in names:
                    found[name] = self.number(getattr(param, field), DEFAULTS[name])
        if "zoom_x" in found:
            found["zoom_y"] = found["zoom_x"]
        if param.HasField("squeeze"):
            squeeze = self.number(param.squeeze, 1)
            found["zoom_x"] = found.get("zoom_x", 1) * squeeze
            found["zoom_y"] = _divided(found.get("zoom_y", 1), squeeze)
        return found

    def chromatic(self) -> Coefficients:
        param, found = self._param, Coefficients()
        for field in ("gamma", "brightness", "contrast"):
            if param.HasField(field):
                found[field] = self.number(getattr(param, field))
        if param.HasField("color"):
            found |= {name: self.number(param.color) for name in _COLORS}
        return found

    def eigen(self) -> Coefficients:
        """Of colours along the axes in which they vary most."""
        param, found = self._param, Coefficients()
        for field, names in _EIGEN_FIELDS.items():
            if param.HasField(field):
                found |= {name: self.number(getattr(param, field)) for name in names}
        for field, what in _SATURATION_FIELDS.items():
            if param.HasField(field):
                value = self.number(getattr(param, field))
                found |= {f"{what}_withmean{i}": value for i in (1, 2)}
        return found

    def effects(self) -> Coefficients:
        param, found = self._param, Coefficients()
        for fields in _EFFECT_GROUPS:
            if any(param.HasField(field) for field in fields):
                for field in fields:
                    default = float("nan") if field == "noise" else 0.0
                    found[field] = self.number(getattr(param, field), default)
        return found

    @property
    def groups(self) -> dict[str, bool]:
        """Which groups the prototxt asks for."""
        param = self._param
        fields = {
            "spatial": (
                "mirror", "rotate", "zoom", "translate", "squeeze", "translate_x", "translate_y",
            ),
            "chromatic": ("brightness", "gamma", "contrast", "color"),
            "eigen": (*_EIGEN_FIELDS, *_SATURATION_FIELDS),
            "effects": tuple(field for group in _EFFECT_GROUPS for field in group),
        }  # fmt: skip
        return {group: any(map(param.HasField, names)) for group, names in fields.items()}

    def number(self, param: RandomGeneratorParameter, unless_drawn: float = math.nan) -> float:
        """A random number; `unless_drawn` is what "..._bernoulli" gives where it draws a 0."""
        kind = param.rand_type
        if kind == "bernoulli":
            value = float(self._happens(param.prob))
        elif kind in ("uniform_bernoulli", "gaussian_bernoulli"):
            happens = self._happens(param.prob)
            if not happens and not math.isnan(unless_drawn):
                return unless_drawn
            value = self._exponential(param, self._spread(param) if happens else 0.0)
        else:
            value = self._exponential(param, self._spread(param))
        if param.discretize and math.isfinite(value):
            value = math.copysign(math.floor(abs(value) + 0.5), value)
        return param.multiplier * value

    def whether(self, param: RandomGeneratorParameter) -> bool:
        """A random yes or no."""
        return bool(self.number(param, 0.0))

    def _spread(self, param: RandomGeneratorParameter) -> float:
        spread = param.spread * (self._scale if param.apply_schedule else 1)
        if param.rand_type not in (
            "uniform", "gaussian", "uniform_bernoulli", "gaussian_bernoulli",
        ):  # fmt: skip
            raise self._layer.error(
                "Unknown random type",
                expected="uniform, gaussian, bernoulli, uniform_bernoulli or gaussian_bernoulli",
                got=f'rand_type "{param.rand_type}"',
            )
        if not spread > 0:
            return param.mean
        if param.rand_type.startswith("uniform"):
            return float(self._rng.uniform(param.mean - spread, param.mean + spread))
        return float(self._rng.normal(param.mean, spread))

    def _exponential(self, param: RandomGeneratorParameter, value: float) -> float:
        if not param.exp:
            return value
        return math.exp(value) if value < 700 else math.inf

    def _happens(self, prob: float) -> bool:
        return prob > 0 and bool(self._rng.random() < prob)


def affine(coefficients: Coefficients, crop: tuple[int, int], size: tuple[int, int]) -> Array:
    """Where in an image of `size` the pixels of a crop come from: (2, 3), times (x, y, 1)."""
    matrix = np.eye(3)
    centre = np.array([crop[1], crop[0]]) / 2
    sign = -1 if coefficients["mirror"] else 1
    matrix[0] = sign, 0, -sign * centre[0]
    matrix[1] = 0, 1, -centre[1]
    cos, sin = math.cos(coefficients["angle"]), math.sin(coefficients["angle"])
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ matrix
    matrix[0, 2] += coefficients["dx"] * crop[1]
    matrix[1, 2] += coefficients["dy"] * crop[0]
    with overflow_allowed():
        matrix[0] /= np.float64(coefficients["zoom_x"])
        matrix[1] /= np.float64(coefficients["zoom_y"])
    matrix[0, 2] += size[1] / 2
    matrix[1, 2] += size[0] / 2
    found: Array = matrix[:2]
    return found


def _stays_within(coefficients: Coefficients, size: tuple[int, int], crop: tuple[int, int]) -> bool:
    matrix = affine(coefficients, crop, size)
    for x, y in product((0, crop[1] - 1), (0, crop[0] - 1)):
        column, row = matrix @ (x, y, 1)
        if not (0 <= column < size[1] - 1 and 0 <= row < size[0] - 1):
            return False
    return True


def _divided(value: float, divisor: float) -> float:
    return value / divisor if divisor else math.inf
