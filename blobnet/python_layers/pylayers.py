"""The Python layers of SEC: seed, expand and constrain, for labels of whole images.

    net.layers[1].set_cues({42: ([15], [(0, 3, 4), (15, 20, 21)])})

Kolesnikov and Lampert, ECCV 2016.  Caffe: pylayers/pylayers.py of kolesman/SEC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import LayerError
from blobnet.layers.utility.python import PythonLayer
from blobnet.loggers import named_logger
from blobnet.python_layers._checks import check_count, without_gradient, wrong
from blobnet.python_layers._crf import infer
from blobnet.types import Array, IntArray

_log = named_logger("blobnet.layers.python")

_LEAST = 1e-4
"""No probability is less."""

_MEAN = np.array([104.0, 117.0, 123.0])
_SCALE = 12.0  # pixels of the image for one of the map, of which the CRF's deviations are told
_CLASSES, _SIDE = 21, 41
_OBJECT, _BACKGROUND = 0.996, 0.999  # how much less each pixel counts than the next likelier one


class SoftmaxLayer(PythonLayer):
    """(softmax(x) + 0.0001) by the sum of that over the classes.

    bottom[0]  x: (N, C, ...)
    top[0]     p: as x

    Gradient: that of softmax, by 1 + 0.0001 C.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) < 2:
            raise wrong(self, "bottom[0]", expected="(N, C, ...)", got=f"shape {bottom[0].shape}")
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        shares = np.exp(x - x.max(axis=1, keepdims=True))
        self._shares = shares / shares.sum(axis=1, keepdims=True)
        top[0].data[...] = (self._shares + _LEAST) / (1 + _LEAST * x.shape[1])

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            diff = top[0].diff / (1 + _LEAST * top[0].shape[1])
            mean = (diff * self._shares).sum(axis=1, keepdims=True)
            bottom[0].diff[...] = self._shares * (diff - mean)


class CRFLayer(PythonLayer):
    """Logarithms of what a fully connected CRF makes of scores.

    bottom[0]  scores: (N, C, H, W)
    bottom[1]  images: (N, 3, h, w)    less the mean; made as large as the scores
    top[0]     log p: (N, C, H, W)     p is at least about 0.0001, and sums to 1

    Ten iterations; pixels that are near weigh 3 with a deviation of 1/4 pixel, those that are alike
    10 with one of 80/12 pixels and of 13 in each colour. The gradient is 0.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        scores, images = bottom[0].shape, bottom[1].shape
        is_right = len(scores) == len(images) == 4 and scores[0] == images[0] and images[1] == 3
        if not is_right or not all((*scores, *images)):
            expected, got = "scores (N, C, H, W), images (N, 3, h, w)", f"{scores}, {images}"
            raise wrong(self, "the bottoms do not fit together", expected=expected, got=got)
        top[0].reshape(*scores)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        height, width = bottom[0].shape[2:]
        for scores, image, found in zip(bottom[0].data, bottom[1].data, top[0].data, strict=True):
            colours = zoomed(image.astype(np.float64), height, width) + _MEAN[:, None, None]
            colours = np.rint(colours).clip(0, 255)
            try:
                shares = infer(scores, colours, near=(3, 3 / _SCALE), alike=(10, 80 / _SCALE, 13))
            except ValueError as error:
                expected = "finite numbers"
                raise wrong(self, "an image", expected=expected, got=error) from error
            shares = np.maximum(shares, _LEAST)
            found[...] = np.log(shares / shares.sum(axis=0))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)


class _LossOfMaps(PythonLayer):
    """A loss of two bottoms, whose gradients do not regard that of the loss."""

    slopes: tuple[Array | None, Array | None]

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        first, second = bottom[0].shape, bottom[1].shape
        if len(first) != 4 or not bottom[0].count or second != self.fitting(first):
            expected, got = f"shape {self.fitting(first)}", f"shapes {first} and {second}"
            raise wrong(self, "the bottoms do not fit together", expected=expected, got=got)
        top[0].reshape(1)

    def fitting(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape that bottom[1] is to have."""
        return shape

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, slope, wanted in zip(bottom, self.slopes, propagate_down, strict=True):
            if wanted:
                blob.diff[...] = 0 if slope is None else slope


class SeedLossLayer(_LossOfMaps):
    """-log p of the cues, a mean of each image's and then of the images'.

    bottom[0]  p: (N, C, H, W)
    bottom[1]  cues: (N, C, H, W)   1 where a pixel is known to be of a class, else 0
    top[0]     loss: (1,)           counts in the loss if the prototxt states a loss_weight

    An image without cues has no loss. Gradient of p: -cues / (p count N), without regard to that of
    the loss.
    """

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        likely, cues = bottom[0].data, bottom[1].data
        counts = np.maximum(cues.sum(axis=(1, 2, 3), keepdims=True), 1e-30)
        shares = cues / counts / len(cues)
        top[0].data[...] = -(
            shares * np.log(likely, where=cues > 0, out=np.zeros_like(likely))
        ).sum()
        self.slopes = -shares / likely, None


class ConstrainLossLayer(_LossOfMaps):
    """The divergence of p from what a CRF makes of it, a mean over all pixels.

    bottom[0]  p: (N, C, H, W)
    bottom[1]  log q: (N, C, H, W)
    top[0]     loss: (1,)   sum(q log(q / p)) / (N H W)

    Gradients: -q / p and q (log(q / p) + 1), by N H W, without regard to that of the loss.
    """

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        likely, logarithms = bottom[0].data, bottom[1].data
        wanted = np.exp(logarithms)
        apart = logarithms - np.log(likely)
        pixels = likely.size // likely.shape[1]
        top[0].data[...] = (wanted * apart).sum() / pixels
        self.slopes = -wanted / likely / pixels, wanted * (apart + 1) / pixels


class ExpandLossLayer(_LossOfMaps):
    """Classes of an image are to be there, others not: by global weighted rank pooling.

    bottom[0]  p: (N, C, H, W)        class 0 is the background
    bottom[1]  labels: (N, 1, 1, C)   1 for the classes that an image has
    top[0]     loss: (1,)

    The sum of: -log of each class's mean over the pixels, in which the k-th likeliest counts
    0.996^k, a mean of the classes that are there; -log(1 - largest p), a mean of those that are
    not; -log of such a mean of the background, with 0.999^k. Of each a mean of the images. Gradient
    of p, without regard to that of the loss.
    """

    def fitting(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (*shape[:1], 1, 1, *shape[1:2])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        likely = bottom[0].data.reshape(*bottom[0].shape[:2], -1)
        is_there = bottom[1].data[:, 0, 0, 1:] > 0.5
        slopes = np.zeros_like(likely)
        loss = self._of_objects(likely[:, 1:], is_there, slopes[:, 1:])
        loss += self._of_others(likely[:, 1:], ~is_there, slopes[:, 1:])
        mean, weights = _rank_means(likely[:, :1], _BACKGROUND)
        slopes[:, :1] -= weights / mean[..., None] / len(likely)
        top[0].data[...] = loss - np.log(mean).sum() / len(likely)
        self.slopes = slopes.reshape(bottom[0].shape), None

    def _of_objects(self, likely: Array, is_there: Array, slopes: Array) -> float:
        mean, weights = _rank_means(likely, _OBJECT)
        shares = _shares(is_there)
        slopes -= shares[..., None] * weights / mean[..., None]
        return -float((shares * np.log(mean)).sum())

    def _of_others(self, likely: Array, is_none: Array, slopes: Array) -> float:
        place = likely.argmax(axis=2)[..., None]
        largest = np.take_along_axis(likely, place, axis=2)
        shares = _shares(is_none)[..., None]
        its = np.take_along_axis(slopes, place, axis=2) + shares / (1 - largest)
        np.put_along_axis(slopes, place, its, axis=2)
        return -float((shares * np.log(1 - largest)).sum())


class AnnotationLayer(PythonLayer):
    """Labels and cues of images, by their numbers.

    bottom[0]  numbers: (N, ...)
    top[0]     labels: (N, 1, 1, 21)     1 for the classes of an image
    top[1]     cues: (N, 21, 41, 41)     1 where a pixel is known to be of a class

    `set_cues(cues)` gives them: for each number a pair of classes and of triples class, row,
    column. Without them a net for TRAIN says what is missing; in one for TEST all is 0.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 2)
        self._cues: dict[int, tuple[IntArray, IntArray]] = {}

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = bottom[0].count
        top[0].reshape(count, 1, 1, _CLASSES)
        top[1].reshape(count, _CLASSES, _SIDE, _SIDE)

    def set_cues(self, cues: Mapping[int, Any]) -> None:
        """Take these from now on. Raises LayerError for what is out of range."""
        found = {}
        for number, pair in cues.items():
            try:
                labels = np.array(pair[0], np.int64).reshape(-1)
                places = np.array(pair[1], np.int64).reshape(-1, 3)
            except (TypeError, ValueError, IndexError) as error:
                raise self._no_cues(number, error) from error
            limits = np.array([_CLASSES, _SIDE, _SIDE])
            if not ((labels >= 0) & (labels < _CLASSES)).all():
                raise self._no_cues(number, labels)
            if not ((places >= 0) & (places < limits)).all():
                raise self._no_cues(number, "a place beyond the map")
            found[int(number)] = labels, places
        self._cues = found

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        for blob in top:
            blob.data[...] = 0
        if not self._cues:
            if str(self.phase) == "TRAIN":
                fix = f'net.layers[i].set_cues(cues), where it is "{self.layer_param.name}"'
                expected = "a dict: of each number, classes and places"
                raise wrong(self, "there are no cues", expected=expected, fix=fix)
            _log.warning('%s layer "%s" has no cues', self.type, self.layer_param.name)
            return
        for row, number in enumerate(bottom[0].data.ravel()):
            if number not in self._cues:
                expected = f"one of {len(self._cues)} that set_cues was given"
                raise wrong(self, "no cues for an image", expected=expected, got=number)
            labels, places = self._cues[int(number)]
            top[0].data[row, 0, 0, labels] = 1
            top[1].data[row, places[:, 0], places[:, 1], places[:, 2]] = 1

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _no_cues(self, number: object, got: object) -> LayerError:
        expected = "classes below 21, and places: class, row and column below 41"
        return wrong(self, f"cues of image {number}", expected=expected, got=got)


def zoomed(image: Array, height: int, width: int) -> Array:
    """(C, height, width) of an image (C, h, w), whose corners stay where they are, linearly."""
    for axis, size in ((1, height), (2, width)):
        old = image.shape[axis]
        places = np.linspace(0, old - 1, size) if size > 1 else np.zeros(1)
        first = np.floor(places).astype(np.int64).clip(0, max(0, old - 2))
        share = np.expand_dims(places - first, (0, 3 - axis))
        second = np.minimum(first + 1, old - 1)
        image = image.take(first, axis) * (1 - share) + image.take(second, axis) * share
    return image


def _rank_means(likely: Array, less: float) -> tuple[Array, Array]:
    """Means over the last axis, in which the k-th largest counts less^k; what each counts."""
    weights = less ** np.arange(likely.shape[2])
    weights /= weights.sum()
    order = np.argsort(-likely, axis=2, kind="stable")
    of_each = np.zeros_like(likely)
    np.put_along_axis(of_each, order, np.broadcast_to(weights, order.shape), axis=2)
    return (likely * of_each).sum(axis=2), of_each


def _shares(which: Array) -> Array:
    """1 by how many there are in a row and by the rows, where they are; else 0."""
    shares: Array = which / np.maximum(which.sum(axis=1, keepdims=True), 1) / len(which)
    return shares
