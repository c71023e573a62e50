"""ColorConv: images from one space of colours to another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import ColorConvParameter as Space
from blobnet.types import Array

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""From linear red, green and blue of sRGB."""
_FROM_XYZ = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)
_WHITE = np.array([0.95074, 1.0, 1.08883]).reshape(3, 1, 1)  # D65


@register_layer("ColorConv")
class ColorConv(Layer):
    """Conversion between sRGB (0 to 255), XYZ, Lab and grey values.

    bottom[0]  x: (N, C, H, W)  in the space `input`; C is 1 for Gray, else 3
    top[0]     y: (N, D, H, W)  in the space `output`

    BGR and RGB go to one another, to XYZ, Lab and Gray; Lab and Gray back to them, XYZ to them and
    to Lab, Lab to XYZ. Gray is the luminance without the gamma. The fork leaves the top alone for
    other pairs, which are refused here; its CPU code converts the first image only, its GPU code
    all of them.

    Proto: ColorConvParameter.  Caffe: color_conv_layer.cu of philkr/caffe, branch color_conv.
    """

    formula = "each pixel by the matrices and curves of sRGB, XYZ (D65) and Lab"
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.color_conv_param
        self._is_swapped = param.input == Space.BGR, param.output == Space.BGR
        self._channels = [1 if space == Space.Gray else 3 for space in (param.input, param.output)]
        spaces = [
            Space.RGB if space == Space.BGR else space for space in (param.input, param.output)
        ]
        steps = _STEPS.get((spaces[0], spaces[1]))
        if steps is None:
            names = [Space.ColorSpace.Name(space) for space in (param.input, param.output)]
            raise self.error(
                f"there is no way from {names[0]} to {names[1]}",
                expected="BGR or RGB at one end, or Lab and XYZ",
                fix="put two ColorConv layers behind each other, with RGB between them",
            )
        self._steps = steps

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != self._channels[0]:
            raise self.error(
                "Images expected, with the channels of their space",
                expected=f"(N, {self._channels[0]}, H, W)",
                got=f"shape {shape}",
            )
        top[0].reshape((shape[0], self._channels[1], *shape[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        swap_in, swap_out = self._is_swapped
        for x, y in zip(bottom[0].data, top[0].data, strict=True):
            values = x[::-1] if swap_in else x
            for step in self._steps:
                values = step(values)
            y[...] = values[::-1] if swap_out else values

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False


def _mixed(x: Array, matrix: Array) -> Array:
    """The matrix times each pixel."""
    rows = matrix.astype(x.dtype)
    return np.stack([row[0] * x[0] + row[1] * x[1] + row[2] * x[2] for row in rows])


def _rgb_to_xyz(x: Array) -> Array:
    share = x / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return _mixed(linear.astype(x.dtype), _TO_XYZ)


def _xyz_to_rgb(x: Array) -> Array:
    linear = _mixed(x, _FROM_XYZ)
    curved = 1.055 * np.power(np.maximum(linear, 0), 1 / 2.4) - 0.055
    result: Array = np.where(linear <= 0.0031308, linear * 12.92, curved) * 255
    return result


def _xyz_to_lab(x: Array) -> Array:
    share = x / _WHITE.astype(x.dtype)
    curved = np.where(share > 0.008867, np.maximum(share, 0) ** (1 / 3), (903.3 * share + 16) / 116)
    return np.stack(
        [
            116 * curved[1] - 16,
            500 * (curved[0] - curved[1]),
            200 * (curved[1] - curved[2]),
        ]
    )


def _lab_to_xyz(x: Array) -> Array:
    middle = (x[0] + 16) / 116
    curved = np.stack([middle + x[1] / 500, middle, middle - x[2] / 200])
    share = np.where(curved > 0.206896, curved**3, (116 * curved - 16) / 903.3)
    result: Array = share * _WHITE.astype(x.dtype)
    return result


def _rgb_to_gray(x: Array) -> Array:
    red, green, blue = _TO_XYZ[1].astype(x.dtype)
    return np.stack([red * x[0] + green * x[1] + blue * x[2]])


def _gray_to_rgb(x: Array) -> Array:
    return np.repeat(x, 3, axis=0)


_STEPS: dict[tuple[int, int], list[Callable[[Array], Array]]] = {
    (Space.Gray, Space.RGB): [_gray_to_rgb],
    (Space.Lab, Space.RGB): [_lab_to_xyz, _xyz_to_rgb],
    (Space.Lab, Space.XYZ): [_lab_to_xyz],
    (Space.RGB, Space.Gray): [_rgb_to_gray],
    (Space.RGB, Space.Lab): [_rgb_to_xyz, _xyz_to_lab],
    (Space.RGB, Space.RGB): [],
    (Space.RGB, Space.XYZ): [_rgb_to_xyz],
    (Space.XYZ, Space.Lab): [_xyz_to_lab],
    (Space.XYZ, Space.RGB): [_xyz_to_rgb],
}
"""BGR is RGB, the other way round."""
