# ruff: noqa: N801, N999 (prototxts name them so)
"""The Python layers of MTCNN's training: batches of three kinds, and losses of what they have.

    layer = net.layers[0]
    layer.set_samples(cls=[(image, 1), ...], roi=[(image, (x1, y1, x2, y2)), ...], pts=[...])

Zhang et al., IEEE SPL 2016.  Caffe: pythonLayer.py of CongWeilin/mtcnn-caffe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.loggers import named_logger
from blobnet.python_layers._checks import check_count, naming, who, without_gradient, wrong
from blobnet.python_layers._param_str import settings_of, unfit, whole
from blobnet.python_layers._samples import Sample, Samples, samples_of
from blobnet.types import Array, IntArray

_log = named_logger("blobnet.layers.python")

_KINDS = {"cls": 1, "roi": 4, "pts": 10}
"""What a batch is for, and how many numbers it has of each image."""

_NONE = -1.0
"""What stands where a batch is for something else."""


class Data_Layer_train(PythonLayer):
    """Batches of images, each with labels, or boxes, or landmarks: which, is drawn for each batch.

    top[0]  data: (N, 3, S, S)    blue first, columns before rows, from -1 to 1
    top[1]  label: (N, 1)         1 for a face, else 0
    top[2]  roi: (N, 4)           how far a face's corners are from the image's, by its side
    top[3]  pts: (N, 10)          five landmarks

    What a batch is not for is -1. Half of the images of a batch of labels are turned round: columns
    or colours or both, as in the repository, whose images have colours first by then.

    `set_samples(cls=..., roi=..., pts=...)` gives lists of an image, a path or (height, width, 3)
    bytes, and a number, 4 or 10 numbers; a kind that is not given is not drawn. Each list comes in
    a drawn order, then in another; the place there is part of snapshots. Without lists a net for
    TRAIN says what is missing; one for TEST gets noise.

    param_str: net_side, S: 12, 24 or 48, that of the net (`Data_Layer_train.net_side`, 12, unless
    stated); batch_size, N (64).
    """

    net_side: ClassVar[int] = 12

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, 4)
        settings = settings_of(self.param_str, who(self))
        for name in settings.keys() - {"net_side", "batch_size"}:
            raise wrong(self, "an unknown setting", expected="net_side, batch_size", got=name)
        self._side = whole(settings, "net_side", who(self), least=1, default=self.net_side)
        self._batch = whole(settings, "batch_size", who(self), least=1, default=64)
        if self._side > 2**12:
            raise unfit("net_side", self._side, "at most 4096", who(self))
        self._samples: dict[str, Samples] = {}
        top[0].reshape(self._batch, 3, self._side, self._side)
        for blob, count in zip(top[1:], _KINDS.values(), strict=True):
            blob.reshape(self._batch, count)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: all batches are equally large."""

    def set_samples(self, **samples: Sequence[Any]) -> None:
        """Take images from these lists from now on: cls, roi, pts. Raises LayerError for others."""
        found = {}
        for kind, its in samples.items():
            if kind not in _KINDS:
                raise wrong(self, "samples of no kind", expected=", ".join(_KINDS), got=kind)
            with naming(self):
                found[kind] = Samples(samples_of(its, kind, _KINDS[kind]), self.rng)
        if not found:
            raise wrong(self, "no samples", expected="lists for cls, roi or pts")
        self._samples = {kind: found[kind] for kind in _KINDS if kind in found}

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if not self._samples:
            self._samples = self._noise()
        kind = list(self._samples)[self.rng.integers(len(self._samples))]
        for blob in top[1:]:
            blob.data[...] = _NONE
        values = top[1 + list(_KINDS).index(kind)].data
        for row in range(self._batch):
            sample = self._samples[kind].next()
            with naming(self):
                pixels = sample.pixels(self._side).transpose(2, 1, 0)
            if kind == "cls" and self.rng.integers(2):
                pixels = np.flip(pixels, ((0,), (1,), (0, 1))[self.rng.integers(3)])
            top[0].data[row] = (pixels - 127.5) / 127.5
            values[row] = sample.values

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        return {kind: samples.get_state() for kind, samples in self._samples.items()}

    def set_state(self, state: Mapping[str, Any]) -> None:
        try:
            for kind, its in self._samples.items():
                its.set_state(state[kind])
        except (KeyError, TypeError, ValueError) as error:
            expected = "places in lists that are as long"
            raise wrong(self, "a state of another layer", expected=expected, got=error) from error

    def _noise(self) -> dict[str, Samples]:
        if str(self.phase) == "TRAIN":
            raise wrong(
                self,
                "there are no images",
                expected="lists of images with labels, boxes or landmarks",
                fix="net.layers[i].set_samples(cls=..., roi=..., pts=...), where net.layers[i] is "
                f'"{self.layer_param.name}"',
            )
        _log.warning('%s layer "%s" gives noise', self.type, self.layer_param.name)
        side = self._side
        image = np.random.default_rng(0).integers(256, size=(side, side, 3), dtype=np.uint8)
        return {
            kind: Samples([Sample(image, np.zeros(count))], self.rng)
            for kind, count in _KINDS.items()
        }


class regression_Layer(PythonLayer):
    """sum((a - b)^2) / N / 2, if the batch has values of this kind; else 0.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)   as many values; all rows begin with -1: of another kind
    top[0]     loss: (1,)    counts in the loss if the prototxt states a loss_weight

    Gradients: (a - b) / N and (b - a) / N, without regard to the gradient of the loss; 0 for a
    batch of another kind.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        same = bottom[0].count == bottom[1].count and bottom[0].shape[:1] == bottom[1].shape[:1]
        if not same or not bottom[0].count:
            expected, got = f"shape {bottom[0].shape}, as bottom[0] has", bottom[1].shape
            raise wrong(self, "bottom[1] has another size", expected=expected, got=got)
        self._difference = np.zeros_like(bottom[0].data)
        top[0].reshape(1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        count = bottom[0].shape[0]
        truth = bottom[1].data.reshape(count, -1)
        self._difference[...] = 0
        if (truth[:, 0] != _NONE).any():
            self._difference[...] = bottom[0].data - bottom[1].data.reshape(bottom[0].shape)
        top[0].data[...] = np.sum(self._difference**2) / count / 2

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1), strict=True):
            if wanted:
                blob.diff[...] = (sign * self._difference / blob.shape[0]).reshape(blob.shape)


class cls_Layer(PythonLayer):
    """The rows whose label is not -1, in front; behind them rows of zeros with the label 0.

    bottom[0]  scores: (N, 2)     or with further axes of size 1
    bottom[1]  labels: (N, 1)
    top[0]     scores: (N, 2)
    top[1]     labels: (N, 1)

    Gradients: those of the rows in front; 0 for the others.
    """

    axes: ClassVar[tuple[int, ...]] = ()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 2)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = bottom[0].shape[0] if bottom[0].shape else 0
        if not count or bottom[0].count != 2 * count or bottom[1].count != count:
            got = f"shapes {bottom[0].shape} and {bottom[1].shape}"
            raise wrong(self, "the bottoms do not fit", expected="(N, 2) and (N, 1)", got=got)
        top[0].reshape(count, 2, *self.axes)
        top[1].reshape(count, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._rows: IntArray = np.flatnonzero(bottom[1].data.ravel() != _NONE)
        for above, below in zip(bottom, top, strict=True):
            below.data[...] = 0
            below.data[: len(self._rows)] = self._chosen(above.data, below.shape)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        for above, below, wanted in zip(bottom, top, propagate_down, strict=True):
            if wanted:
                its = below.diff[: len(self._rows)]
                above.diff[self._rows] = its.reshape(len(self._rows), *above.shape[1:])

    def _chosen(self, values: Array, shape: tuple[int, ...]) -> Array:
        found: Array = values.reshape(shape)[self._rows]
        return found


class cls_Layer_fc(cls_Layer):
    """As cls_Layer, for scores of a convolution: the first top is (N, 2, 1, 1)."""

    axes = (1, 1)
