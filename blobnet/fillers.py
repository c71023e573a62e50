"""How weights get their first values: `weight_filler { type: "xavier" }`.

Caffe: filler.hpp. FillerParameter is the message. The fan-in of a weight blob is the number of
values that one output sees (count / shape[0]), its fan-out count / shape[1].
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from blobnet.errors import LayerError, did_you_mean, explain
from blobnet.filler_patterns import (
    bilinear,
    bilinear_3d,
    bilinear_upsampling,
    border_mask,
    diagonal,
    flow_border_mask,
    gabor,
)
from blobnet.input_files import shown
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import FillerParameter
from blobnet.text_files import read_text_file
from blobnet.types import Array

Filler = Callable[[Array, FillerParameter, np.random.Generator], None]


def constant(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Every value is `value`."""
    array[...] = param.value


def uniform(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Evenly drawn between `min` and `max`."""
    _fill_uniform(array, param.min, param.max, rng)


def gaussian(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Normally drawn with `mean` and `std`; `sparse` inputs per output stay, others are 0."""
    _fill_gaussian(array, param.mean, param.std, rng)
    if param.sparse >= 0:
        if not array.ndim:
            raise LayerError("a sparse gaussian filler needs a blob with at least one axis")
        kept = rng.random(array.shape) < param.sparse / array.shape[0]
        array *= kept


def positive_unitball(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Evenly drawn between 0 and 1, then scaled so that each row sums to 1."""
    _fill_uniform(array, 0.0, 1.0, rng)
    rows = array.reshape(array.shape[0] if array.ndim else 1, -1)
    with overflow_allowed():  # nothing but zeros have been drawn
        rows /= rows.sum(axis=1, keepdims=True)


def gaussian_unitball(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Of a Gaussian, then scaled so that each row has length 1 (caffe-windows')."""
    array[...] = rng.standard_normal(array.shape)
    rows = array.reshape(array.shape[0] if array.ndim else 1, -1)
    rows /= np.sqrt(np.square(rows).sum(axis=1, keepdims=True) + 1e-12)


def xavier(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Evenly drawn between -sqrt(3/n) and sqrt(3/n): Glorot and Bengio, AISTATS 2010.

    n is the fan-in, the fan-out or their mean, as `variance_norm` says.
    """
    limit = math.sqrt(3.0 / _fan(array, param))
    _fill_uniform(array, -limit, limit, rng)


def msra(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Normally drawn with standard deviation sqrt(2/n): He et al., ICCV 2015 (for ReLU).

    Intel's `scale` is a factor of that; caffe-windows' `alpha` the slope of a leaky ReLU, for
    which it is sqrt(2 / n / (1 + alpha^2)).
    """
    variance = 2.0 / _fan(array, param) / (1 + param.alpha * param.alpha)
    _fill_gaussian(array, 0.0, param.scale * math.sqrt(variance), rng)


def from_file(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """The numbers in the text file `file`, in the order of the blob: SpatialTransformerLayer's."""
    words = read_text_file(param.file, LayerError).split()[: array.size]
    try:
        values = [float(word) for word in words]
    except ValueError as error:
        raise LayerError(f"{shown(param.file)} is no file of numbers: {error}") from None
    if len(values) < array.size:
        raise LayerError(
            explain(
                f"{shown(param.file)} has too few numbers for this blob",
                expected=f"{array.size}, for shape {array.shape}",
                got=len(values),
            )
        )
    with overflow_allowed():
        array[...] = np.array(values).reshape(array.shape)


def expectation(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Weights that make means of places of probabilities on a map, `height` by `width`: cbfinn's.

    Places go from -1 to 1. `expectation_option`: "xy" has an output for columns and one for rows,
    "x" and "y" one of them, "-x^2y^2" both, of minus their squares.
    """
    option, size = param.expectation_option, (param.height, param.width)
    moments = {"xy": 2, "-x^2y^2": 2, "x": 1, "y": 1}
    shape = (moments.get(option, 0), size[0] * size[1])
    if (
        option not in moments
        or min(size) < 1
        or array.shape[:2] != shape
        or array.size != math.prod(shape)
    ):
        raise LayerError(
            explain(
                "an expectation filler cannot fill this blob",
                expected="a weight for each place of `height` times `width`, of 2 outputs for "
                "`expectation_option` xy or -x^2y^2, of 1 for x or y",
                got=f"shape {array.shape}, {size[0]} times {size[1]} places, option {option}",
            )
        )
    rows, columns = (2 * (np.arange(n) / max(n - 1, 1) - 0.5) for n in size)
    places = np.stack(np.broadcast_arrays(columns, rows[:, None])).reshape(2, -1)
    if option == "-x^2y^2":
        places = -np.square(places)
    array[...] = places[1 if option == "y" else 0 :][: shape[0]].reshape(array.shape)


FILLERS: dict[str, Filler] = {
    "constant": constant,
    "uniform": uniform,
    "gaussian": gaussian,
    "positive_unitball": positive_unitball,
    "gaussian_unitball": gaussian_unitball,
    "xavier": xavier,
    "msra": msra,
    "bilinear": bilinear,
    "bilinear_upsampling": bilinear_upsampling,
    "bilinear_3D": bilinear_3d,
    "diagonal": diagonal,
    "gabor": gabor,
    "flowBorderMask": flow_border_mask,
    "borderMask": border_mask,
    "file": from_file,
    "expectation": expectation,
}


MASKS = frozenset({"flowBorderMask", "borderMask"})
"""Fillers of whole images: one value says nothing of whether they can fill a blob."""

_OF_ONE_FILLER = (
    *(("alpha", msra), ("scale", msra), ("diag_val", diagonal), ("file", from_file)),
    ("border_ratio", border_mask),
    *((name, expectation) for name in ("width", "height", "expectation_option")),
)


def fill(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Fill `array` as `param` says. Raises LayerError for an unknown or unfit filler."""
    filler = FILLERS.get(param.type)
    if filler is None:
        raise LayerError(
            explain(
                f'unknown filler "{param.type}"',
                expected=f"one of {', '.join(FILLERS)}",
                fix=did_you_mean(param.type, FILLERS),
            )
        )
    if not array.size:
        raise LayerError(f"a filler needs a blob with values, got shape {array.shape}")
    if param.sparse >= 0 and filler is not gaussian:
        raise LayerError(f'`sparse` works with the gaussian filler only, not with "{param.type}"')
    for name, needed in _OF_ONE_FILLER:
        is_stated = any(field.name == name for field, _ in param.ListFields())
        if is_stated and filler is not needed:
            raise LayerError(f'`{name}` does not work with the filler "{param.type}"')
    filler(array, param, rng)


def _fan(array: Array, param: FillerParameter) -> float:
    fan_in = array.size / array.shape[0] if array.ndim else 1.0
    fan_out = array.size / array.shape[1] if array.ndim > 1 else float(array.size)
    if param.variance_norm == FillerParameter.FAN_OUT:
        return fan_out
    if param.variance_norm == FillerParameter.AVERAGE:
        return (fan_in + fan_out) / 2
    return fan_in


def _fill_uniform(array: Array, low: float, high: float, rng: np.random.Generator) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise LayerError(f"a uniform filler needs finite min <= max, got min {low} and max {high}")
    rng.random(out=array, dtype=array.dtype)
    if high - low <= float(np.finfo(array.dtype).max):
        array *= high - low
        array += low
    else:  # the distance is more than a value can be, half of it is not
        array *= high / 2 - low / 2
        array += low / 2
        array *= 2


def _fill_gaussian(array: Array, mean: float, std: float, rng: np.random.Generator) -> None:
    if not (math.isfinite(std) and math.isfinite(mean) and std >= 0):
        raise LayerError(
            f"a gaussian filler needs a finite std >= 0 and a finite mean, got {std} and {mean}"
        )
    rng.standard_normal(out=array, dtype=array.dtype)
    with overflow_allowed():
        array *= std
        array += mean
