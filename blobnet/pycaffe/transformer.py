"""Images to a net's inputs and back. Caffe: Transformer in python/caffe/io.py.

The data layers' own, another one, is in `sources/transformer.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.errors import BlobnetError, did_you_mean, explain
from blobnet.pycaffe.input_errors import InputError
from blobnet.pycaffe.resize import resize_image
from blobnet.types import Array


class Transformer:
    """What is done to images before a net gets them, input by input.

        transformer = caffe.io.Transformer({"data": net.blobs["data"].data.shape})
        transformer.set_transpose("data", (2, 0, 1))     # (H, W, K) to (K, H, W)
        transformer.set_channel_swap("data", (2, 1, 0))  # RGB to BGR
        transformer.set_raw_scale("data", 255)           # from [0, 1] to [0, 255]
        transformer.set_mean("data", mean)               # subtracted after all that
        net.blobs["data"].data[...] = transformer.preprocess("data", image)

    inputs  shapes by name, (N, K, H, W)

    The settings are held in dictionaries by input: transpose, channel_swap, raw_scale, mean and
    input_scale. Every method raises an Exception for a name that is not among the inputs.
    """

    def __init__(self, inputs: Mapping[str, Sequence[int]]) -> None:
        self.inputs = inputs
        self.transpose: dict[str, Sequence[int]] = {}
        self.channel_swap: dict[str, Sequence[int]] = {}
        self.raw_scale: dict[str, float] = {}
        self.mean: dict[str, Array] = {}
        self.input_scale: dict[str, float] = {}

    def preprocess(self, in_: str, data: Array) -> Array:
        """An image (H', W', K) as the net wants it: (K, H, W), float32, as far as it is set.

        In this order: resized (if it must be), transposed, channels swapped, multiplied by
        raw_scale, the mean subtracted, multiplied by input_scale. `data` stays as it is; where
        nothing at all is to be done, it is the result.
        """
        self._check_input(in_)
        image: Array = data.astype(np.float32, copy=False)
        dims = tuple(self.inputs[in_][2:])
        if image.shape[:2] != dims:
            image = resize_image(image, dims)
        if (axes := self.transpose.get(in_)) is not None:
            image = image.transpose(axes)
        if (channels := self.channel_swap.get(in_)) is not None:
            image = image[list(channels), :, :]
        is_own = not np.may_share_memory(image, data)
        for operation, settings in (
            (np.multiply, self.raw_scale),
            (np.subtract, self.mean),
            (np.multiply, self.input_scale),
        ):
            if (setting := settings.get(in_)) is not None:
                image = image if is_own else image.copy(order="K")
                is_own = True
                operation(image, setting, out=image, casting="same_kind")
        return image

    def deprocess(self, in_: str, data: Array) -> Array:
        """The image of what `preprocess` has made, axes of 1 removed: a copy, not resized."""
        self._check_input(in_)
        image: Array = data.copy().squeeze()
        axes = self.transpose.get(in_)
        if image.ndim == 2 and axes is not None:
            image = image[np.newaxis]  # grey: its axis is needed to be transposed
        if (scale := self.input_scale.get(in_)) is not None:
            image /= scale
        if (mean := self.mean.get(in_)) is not None:
            image += mean
        if (scale := self.raw_scale.get(in_)) is not None:
            image /= scale
        if (channels := self.channel_swap.get(in_)) is not None:
            image = image[np.argsort(channels), :, :]
        return image if axes is None else image.transpose(np.argsort(axes))

    def set_transpose(self, in_: str, order: Sequence[int]) -> None:
        """The order of an image's axes: (2, 0, 1) for (K, H, W) of (H, W, K).

        Raises an Exception where they are not as many as the input has without the batch.
        """
        self._check_input(in_)
        axes = len(self.inputs[in_]) - 1
        if len(order) != axes:
            what = "Transpose order needs to have the same number of dimensions as the input."
            raise BlobnetError(explain(what, expected=axes, got=order))
        self.transpose[in_] = order

    def set_channel_swap(self, in_: str, order: Sequence[int]) -> None:
        """Which channel comes first, and so on, the channels being the first axis by now.

        (2, 1, 0) makes BGR of RGB. Raises an Exception for another number of channels, and for
        one that is not there.
        """
        self._check_input(in_)
        channels = self.inputs[in_][1]
        if len(order) != channels:
            what = "Channel swap needs to have the same number of dimensions as the input channels."
            raise BlobnetError(explain(what, expected=channels, got=order))
        if not all(channel in range(-channels, channels) for channel in order):
            expected = f"of 0 to {channels - 1} each once"
            raise BlobnetError(
                explain("Channel swap: no such channel", expected=expected, got=order)
            )
        self.channel_swap[in_] = order

    def set_raw_scale(self, in_: str, scale: float) -> None:
        """What images are multiplied by before the mean is subtracted: 255 for CaffeNet."""
        self._check_input(in_)
        self.raw_scale[in_] = scale

    def set_mean(self, in_: str, mean: Array) -> None:
        """What is subtracted: a number for each channel, (K,), or an image, (K, H, W) or (H, W).

        An image of another size is resized. Raises ValueError for other shapes.
        """
        self._check_input(in_)
        shape = tuple(self.inputs[in_][1:])
        if mean.ndim == 1:
            if len(mean) != shape[0]:
                what = "Mean channels incompatible with input."
                raise InputError(explain(what, expected=shape[0], got=len(mean)))
            mean = mean[:, np.newaxis, np.newaxis]
        elif mean.ndim not in (2, 3):
            what, expected = "Mean shape invalid", "(K,), (K, H, W) or (H, W)"
            raise InputError(explain(what, expected=expected, got=mean.shape))
        elif (1,) * (3 - mean.ndim) + mean.shape != shape:
            planes = mean if mean.ndim == 3 else mean[np.newaxis]
            mean = _resized_mean(planes, shape[1:])
        self.mean[in_] = mean

    def set_input_scale(self, in_: str, scale: float) -> None:
        """What images are multiplied by at last, the mean being subtracted."""
        self._check_input(in_)
        self.input_scale[in_] = scale

    def _check_input(self, in_: str) -> None:
        if in_ not in self.inputs:
            what = f"{in_} is not one of the net inputs: {self.inputs}"
            raise BlobnetError(explain(what, fix=did_you_mean(str(in_), map(str, self.inputs))))


def _resized_mean(mean: Array, dims: Sequence[int]) -> Array:
    """A mean (K, H', W') in the size of the input; between its smallest and its largest value."""
    least: Any = mean.min()
    most: Any = mean.max()
    if not most > least:
        return np.full((len(mean), *dims), least, mean.dtype)
    normal = (mean - least) / (most - least)
    resized = resize_image(normal.transpose((1, 2, 0)), dims).transpose((2, 0, 1))
    scaled: Array = resized * (most - least) + least
    return scaled
