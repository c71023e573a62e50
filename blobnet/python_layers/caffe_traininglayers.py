"""Layers that train the colourization net: colours as likelihoods of some hundred classes.

Zhang et al., ECCV 2016.  Caffe: resources/caffe_traininglayers.py of richzhang/colorization.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.images.colors import lab_from_bgr
from blobnet.python_layers._checks import check_count, naming, who, without_gradient, wrong
from blobnet.python_layers._param_str import settings_of, text
from blobnet.types import Array

_NEIGHBOURS = 10
_SIGMA = 5.0  # of the weights of neighbours, in units of a and b
_LEAST_COLOUR = 5  # of a or b somewhere, in an image that is no grey one
_ROWS = 2**14
"""Pixels whose distances are in memory at a time."""


class _WithoutGradient(PythonLayer):
    """A layer of one map that hands 0 back."""

    channels: int | None = None

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or self.channels not in (None, shape[1]):
            channels = "C" if self.channels is None else self.channels
            raise wrong(self, "the bottom", expected=f"(N, {channels}, H, W)", got=f"shape {shape}")
        top[0].reshape(shape[0], self.tops(shape[1]), *shape[2:])

    def tops(self, channels: int) -> int:
        """How many channels the top has."""
        return 1

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)


class BGR2LabLayer(_WithoutGradient):
    """Images in the colours of CIE Lab.

    bottom[0]  images: (N, 3, H, W)   blue first, 0 to 255; cut to whole numbers
    top[0]     images: (N, 3, H, W)   L from 0 to 100, a and b

    There is no gradient.
    """

    channels = 3

    def tops(self, channels: int) -> int:
        return 3

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        for image, found in zip(bottom[0].data, top[0].data, strict=True):
            found[...] = lab_from_bgr(image.astype(np.int64).astype(np.uint8))


class NNEncLayer(_WithoutGradient):
    """How likely each of Q colours is for a pixel: the 10 nearest count, by their distance.

    bottom[0]  colours: (N, 2, H, W)   a and b
    top[0]     shares: (N, Q, H, W)    exp(-d^2 / 50) of the 10 nearest, by their sum; else 0

    The colours are those of `pts_in_hull.npy`, (Q, 2), in the folder ./resources, or that which
    param_str names: "'enc_dir': 'data'". There is no gradient.
    """

    channels = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._colours = _file_of(self, "pts_in_hull.npy")
        if self._colours.ndim != 2 or self._colours.shape[1] != 2 or not len(self._colours):
            got = f"shape {self._colours.shape}"
            raise wrong(self, "pts_in_hull.npy", expected="a and b of colours, (Q, 2)", got=got)

    def tops(self, channels: int) -> int:
        return len(self._colours)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = 0
        size, colours = min(_NEIGHBOURS, len(self._colours)), self._colours
        for image, shares in zip(bottom[0].data, top[0].data, strict=True):
            pixels = image.reshape(2, -1).astype(np.float64).T
            by_pixel = shares.reshape(len(colours), -1)
            for at in range(0, len(pixels), _ROWS):
                apart = pixels[at : at + _ROWS, None] - colours
                squares = (apart**2).sum(axis=2)
                nearest = np.argpartition(squares, size - 1, axis=1)[:, :size]
                weights = np.take_along_axis(squares, nearest, axis=1)
                weights = np.exp(-(weights - weights.min(axis=1, keepdims=True)) / (2 * _SIGMA**2))
                weights /= weights.sum(axis=1, keepdims=True)
                columns = np.arange(at, at + len(weights))[:, None]
                by_pixel[nearest, columns] = weights


class PriorBoostLayer(_WithoutGradient):
    """How much a pixel is to count: the more, the rarer its likeliest colour is.

    bottom[0]  shares: (N, Q, H, W)
    top[0]     weights: (N, 1, H, W)   one by the mean of the colour's share of all pixels and of
                                       an equal share, so that a pixel weighs 1 on average

    The shares are those of `prior_probs.npy`, (Q,), in the folder ./resources, or that which
    param_str names: "'enc_dir': 'data'". There is no gradient.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        shares = _file_of(self, "prior_probs.npy").ravel()
        if not (shares >= 0).all() or not shares.any():
            raise wrong(self, "prior_probs.npy", expected="shares of colours", got=f"{shares[:5]}")
        equal = (shares != 0) / np.count_nonzero(shares)
        mixed = (shares + equal) / 2
        weights = np.divide(1, mixed, out=np.zeros_like(mixed), where=mixed > 0)
        self._weights = weights / (shares * weights).sum()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].shape[1] != len(self._weights):
            expected = f"{len(self._weights)} channels, as prior_probs.npy has colours"
            raise wrong(self, "the bottom", expected=expected, got=bottom[0].shape[1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[:, 0] = self._weights[bottom[0].data.argmax(axis=1)]


class NonGrayMaskLayer(_WithoutGradient):
    """Which images have colours.

    bottom[0]  colours: (N, 2, H, W)   a and b
    top[0]     mask: (N, 1, H, W)      1 for an image with an a or b beyond 5, else 0

    There is no gradient.
    """

    channels = 2

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        most = np.abs(bottom[0].data).max(axis=(1, 2, 3), initial=0, keepdims=True)
        top[0].data[...] = most > _LEAST_COLOUR


class ClassRebalanceMultLayer(PythonLayer):
    """What it is given; only gradients are multiplied.

    bottom[0]  x: any shape
    bottom[1]  weights: as x, or with sizes of 1 in their stead
    top[0]     x

    Gradient of x: that of the top by the weights; of the weights 0.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, weights = bottom[0].shape, bottom[1].shape
        pairs = zip(weights, shape, strict=False)
        if len(weights) != len(shape) or not all(a in (1, b) for a, b in pairs):
            expected = f"shape {shape}, or sizes of 1 in it"
            raise wrong(self, "bottom[1]", expected=expected, got=f"shape {weights}")
        top[0].reshape(*shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = bottom[0].data

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff * bottom[1].data


def _file_of(layer: PythonLayer, name: str) -> Array:
    """The numbers in a .npy file of the repository. Raises LayerError where it is not there."""
    settings = {"enc_dir": "resources", **settings_of(layer.param_str, who(layer))}
    for other in settings.keys() - {"enc_dir"}:
        raise wrong(layer, "an unknown setting", expected="enc_dir", got=other)
    path = Path(text(settings, "enc_dir", who(layer))) / name
    with naming(layer):
        data = read_file(path, DataError)
        try:
            values = np.load(io.BytesIO(data), allow_pickle=False)
            found = np.asarray(values, np.float64)
        except (ValueError, TypeError, EOFError, OSError) as error:
            expected = f"numbers, as resources/{name} of richzhang/colorization has"
            got = f"{type(error).__name__}: {error}"
            raise DataError(explain(shown(path), expected=expected, got=got)) from error
        if not np.isfinite(found).all():
            raise DataError(explain(shown(path), expected="finite numbers"))
    return found
