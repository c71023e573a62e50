"""Quant: activations of a few values, and a gradient that does not see that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.proto import QuantParameter
from blobnet.types import Array

_LARGEST = float(np.finfo(np.float32).max)
"""Beyond it there is no value: infinity becomes 0, as in the fork."""


def _hwgq(x: Array, param: QuantParameter) -> Array:
    """The value whose neighbours are farther away, of those above 0; below 0 one value."""
    centers = np.array(param.centers, x.dtype)
    between = (centers[:-1] + centers[1:]) * x.dtype.type(0.5)
    nearest = centers[np.searchsorted(between, x)]
    positive = np.where(x <= _LARGEST, nearest, x.dtype.type(0))  # NaN is not, either
    result: Array = np.where(x <= 0, x.dtype.type(-param.negative_slope), positive)
    return result


def _sign(x: Array, param: QuantParameter) -> Array:
    result: Array = np.where(x >= 0, x.dtype.type(1), x.dtype.type(-1))
    return result


def _hard_tanh(x: Array, param: QuantParameter) -> Array:
    return np.clip(x, -1, 1)


def _relu(x: Array, param: QuantParameter) -> Array:
    result: Array = np.maximum(x, 0) + x.dtype.type(param.negative_slope) * np.minimum(x, 0)
    return result


def _slope_of_relu(x: Array, clip: float, param: QuantParameter) -> Array:
    slope = np.where(x > 0, x.dtype.type(1), x.dtype.type(param.negative_slope))
    result: Array = slope * (x <= clip)
    return result


def _slope_of_hard_tanh(x: Array, clip: float, param: QuantParameter) -> Array:
    result: Array = ((x >= -clip) & (x <= clip)).astype(x.dtype)
    return result


_FORWARD: dict[str, Callable[[Array, QuantParameter], Array]] = {
    "hwgq": _hwgq,
    "sign": _sign,
    "hard_tanh": _hard_tanh,
    "relu": _relu,
}
_BACKWARD: dict[str, Callable[[Array, float, QuantParameter], Array]] = {
    "relu": _slope_of_relu,
    "hard_tanh": _slope_of_hard_tanh,
}


@register_layer("Quant")
class Quant(Elementwise):
    """Puts out few values, of which a net of bits can make use; learns as if it did not.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    `forward_func`: "hwgq" has the nearest of `centers`, which are above 0 and go up, where x > 0,
    else -`negative_slope` (as it stands); "sign" 1 or -1; "hard_tanh" x within -1 and 1; "relu" x
    above 0 and negative_slope * x below. `backward_func` is "relu" or "hard_tanh". `thrs` has no
    effect. May work in place: then a copy of x is saved.

    Proto: QuantParameter.  Caffe: quant_layer.cpp of zhaoweicai/hwgq.
    Paper: Cai et al., "Deep Learning with Low Precision by Half-wave Gaussian Quantization",
    CVPR 2017.
    """

    formula = "y = forward_func(x), one of few values."
    gradient_formula = (
        "relu: dx = dy where 0 < x <= clip, negative_slope * dy where x <= 0, else 0;  hard_tanh: "
        "dx = dy where -clip <= x <= clip, else 0;  clip = `clip_thr`, or none."
    )

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._param = param = self.layer_param_.quant_param
        self._saved_input = SavedInput()
        for field, known in (("forward_func", _FORWARD), ("backward_func", _BACKWARD)):
            if getattr(param, field) not in known:
                raise self.error(
                    f"Unknown {field}",
                    expected=" or ".join(known),
                    got=repr(getattr(param, field)),
                )
        if param.forward_func == "hwgq":
            self._check_centers(list(param.centers))
        self._clip = param.clip_thr if param.clip_thr > 0 else _LARGEST

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        np.copyto(top[0].data, _FORWARD[self._param.forward_func](bottom[0].data, self._param))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = self._saved_input.values(bottom[0], top[0])
        slope = _BACKWARD[self._param.backward_func](x, self._clip, self._param)
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

    def _check_centers(self, centers: list[float]) -> None:
        if not centers or min(centers) <= 0 or sorted(centers) != centers:
            raise self.error(
                "hwgq has no values to choose from",
                expected="centers above 0, from small to large",
                got=str(centers) if centers else "none",
            )
