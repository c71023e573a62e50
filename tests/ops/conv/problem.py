"""Convolutions to compute: arrays for a case, and what every algorithm must pass with them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from blobnet.ops.parallel import set_num_threads
from blobnet.ops.reference import conv as reference
from blobnet.ops.window import Window

PARTS = ["forward", "input_gradient", "weight_gradient"]


class Problem:
    """Random arrays for a case: x, weight, bias, dy, and room for results.

    case  images, channels, outputs, groups, size, then kernel, stride, pad, dilation
    """

    def __init__(self, ops: ModuleType, case: tuple[Any, ...], dtype: str = "f4") -> None:
        images, channels, outputs, groups, size, *window = case
        self.ops, self.dtype, self.window = ops, dtype, Window(*window)
        self.rng = np.random.default_rng(7)
        places = self.window.output_size(size)
        self.x = self.draw(images, channels, *size)
        self.weight = self.draw(outputs, channels // groups, *self.window.kernel)
        self.bias: np.ndarray | None = self.draw(outputs)
        self.dy = self.draw(images, outputs, *places)

    def draw(self, *shape: int) -> np.ndarray:
        return self.rng.normal(size=shape).astype(self.dtype)

    def forward(self, slope: float = 1.0) -> np.ndarray:
        y = np.full_like(self.dy, np.nan)
        slopes = () if slope == 1 else (slope,)  # the reference has none
        self.ops.forward(self.x, self.weight, self.bias, self.window, y, *slopes)
        return y

    def input_gradient(self) -> np.ndarray:
        dx = np.full_like(self.x, np.nan)
        self.ops.input_gradient(self.dy, self.weight, self.window, dx)
        return dx

    def weight_gradient(self) -> np.ndarray:
        dweight = np.ones_like(self.weight)
        self.ops.weight_gradient(self.x, self.dy, self.window, dweight)
        return dweight

    def check_against_reference(self, part: str) -> None:
        ours, self.ops = getattr(self, part)(), reference
        rtol, atol = (2e-4, 2e-4) if self.dtype == "f4" else (1e-10, 1e-12)
        np.testing.assert_allclose(ours, getattr(self, part)(), rtol=rtol, atol=atol)

    def check_rectifier_behind(self, slope: float) -> None:
        y = self.forward()
        np.testing.assert_allclose(self.forward(slope), np.where(y > 0, y, slope * y), rtol=1e-12)

    def check_threads_change_no_bit(self, part: str) -> None:
        results = []
        for number in (1, 2, 3):
            set_num_threads(number)
            results.append(getattr(self, part)())
        np.testing.assert_array_equal(results[0], results[1])
        np.testing.assert_array_equal(results[0], results[2])
