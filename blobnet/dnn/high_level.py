"""A net together with its preprocessing, one call for an image: cv2.dnn's Model and its kinds.

    model = dnn.ClassificationModel("net.caffemodel", "deploy.prototxt")
    model.setInputParams(size=(224, 224), mean=(104, 117, 123))
    number, score = model.classify(image)

OpenCV: model.cpp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from blobnet.dnn.blobs import blobFromImageWithParams
from blobnet.dnn.constants import DNN_PMODE_CROP_CENTER, DNN_PMODE_NULL
from blobnet.dnn.errors import error
from blobnet.dnn.image_params import Image2BlobParams, Scalar, four_numbers, width_and_height
from blobnet.dnn.model import Source
from blobnet.dnn.net import Net, input_names, stated_size
from blobnet.dnn.overloads import into, number
from blobnet.dnn.reading import readNet
from blobnet.errors import explain
from blobnet.types import Array

Self = TypeVar("Self", bound="Model")

_IM_INFO = "im_info"
_SCALE_OF_REGIONS = 1.6  # what OpenCV tells Faster R-CNN of an image beside its size


class Model:
    """A net that is given images.

    model, config  as readNet takes them; or a net in place of both

    The size of the input is that which the prototxt states, until setInputSize or setInputParams
    say another one. Setters return the model.
    """

    def __init__(
        self,
        model: Net | Source | None = None,
        config: Source | None = None,
        *,
        network: Net | None = None,
    ) -> None:
        given = model if network is None else network
        if given is None:
            raise TypeError(f"{type(self).__name__}() missing required argument 'model'")
        self._net = given if isinstance(given, Net) else readNet(given, config)
        self._outputs: Sequence[str] = self._net.getUnconnectedOutLayersNames()
        self._params = Image2BlobParams(size=stated_size(self._net))

    def setInputParams(
        self,
        scale: float = 1.0,
        size: Sequence[int] = (0, 0),
        mean: Scalar = (),
        swapRB: bool = False,
        crop: bool = False,
    ) -> None:
        """All at once; what is left out becomes what it is here: see blobFromImage."""
        self.setInputSize(size).setInputMean(mean).setInputSwapRB(swapRB).setInputCrop(crop)
        self._params.scalefactor = (number(scale, "scale", 1.0),) * 4

    def setInputSize(
        self: Self, size: Any = None, height: int | None = None, *, width: int | None = None
    ) -> Self:
        """(width, height), or the two of them, to which an image is resized."""
        first = size if width is None else width
        self._params.size = width_and_height(first if height is None else (first, height))
        return self

    def setInputMean(self: Self, mean: Scalar) -> Self:
        """What is subtracted, one number for each channel of the blob."""
        self._params.mean = four_numbers(mean, "mean")
        return self

    def setInputScale(self: Self, scale: Scalar) -> Self:
        """What the rest is multiplied by: one number for all channels, or one for each."""
        numbers = four_numbers(scale, "scale")
        self._params.scalefactor = numbers if any(numbers[1:]) else numbers[:1] * 4
        return self

    def setInputCrop(self: Self, crop: bool) -> Self:
        """Whether the middle of an image is cut out, instead of stretching it."""
        self._params.paddingmode = DNN_PMODE_CROP_CENTER if crop else DNN_PMODE_NULL
        return self

    def setInputSwapRB(self: Self, swapRB: bool) -> Self:
        """Whether the first and the third channel change places."""
        self._params.swapRB = bool(swapRB)
        return self

    def setOutputNames(self: Self, outNames: Sequence[str]) -> Self:
        """The layers whose outputs `predict` gives; at first, those that no layer reads."""
        self._outputs = list(outNames)
        return self

    def setPreferableBackend(self: Self, backendId: int) -> Self:
        """Noted, as Net.setPreferableBackend has it."""
        self._net.setPreferableBackend(backendId)
        return self

    def setPreferableTarget(self: Self, targetId: int) -> Self:
        """Noted, as Net.setPreferableTarget has it."""
        self._net.setPreferableTarget(targetId)
        return self

    def enableWinograd(self: Self, useWinograd: bool) -> Self:
        """Noted, as Net.enableWinograd has it."""
        self._net.enableWinograd(useWinograd)
        return self

    def predict(self, frame: Array, outs: Sequence[Array] | None = None) -> tuple[Array, ...]:
        """What the net puts out for an image: an array for each output layer.

        outs  arrays to write into, where they have the shapes of what comes

        A net with an input "im_info", as Faster R-CNN has one, is told the blob's height and width
        there, and 1.6. Raises error where no size is known, and where the net cannot run.
        """
        if not any(self._params.size):
            fix = "model.setInputSize((width, height)), or model.setInputParams(size=...)"
            raise error(explain("Input size not specified", fix=fix))
        self._net.setInput(blobFromImageWithParams(frame, self._params))
        if self._asks_for_sizes():
            width, height = self._params.size
            self._net.setInput(np.array([[height, width, _SCALE_OF_REGIONS]]), _IM_INFO)
        return self._net.forward(list(self._outputs), outs)

    def _asks_for_sizes(self) -> bool:
        return _IM_INFO in input_names(self._net)

    def _only_output(self, frame: Array, what: str, axes: tuple[int, ...] = ()) -> Array:
        """The one output, of one of these numbers of axes. Raises error for another."""
        outputs = self.predict(frame)
        fix = "model.setOutputNames([name]) chooses one of net.getLayerNames()"
        if len(outputs) != 1:
            got = ", ".join(self._outputs)
            raise error(explain(f"{what} takes a net of one output", got=got, fix=fix))
        if axes and outputs[0].ndim not in axes:
            expected = " or ".join(f"{count} axes" for count in axes)
            got = f"{self._outputs[0]} of shape {outputs[0].shape}"
            raise error(explain(f"{what}: no such output", expected=expected, got=got, fix=fix))
        return outputs[0]


class ClassificationModel(Model):
    """A net that says what is in an image."""

    _has_softmax = False

    def setEnableSoftmaxPostProcessing(self, enable: bool) -> ClassificationModel:
        """Whether `classify` makes probabilities of scores; for nets that end without Softmax."""
        self._has_softmax = bool(enable)
        return self

    def getEnableSoftmaxPostProcessing(self) -> bool:
        """Whether it does."""
        return self._has_softmax

    def classify(self, frame: Array) -> tuple[int, float]:
        """(number of the class with the largest score, that score). Raises error as `predict`."""
        scores = self._only_output(frame, "classify").reshape(-1)
        if self._has_softmax:
            powers = np.exp(scores - scores.max())
            scores = powers / powers.sum(dtype=np.float64)
        best = int(scores.argmax())
        return best, float(np.float32(scores[best]))


class SegmentationModel(Model):
    """A net that says of every pixel what it belongs to."""

    def segment(self, frame: Array, mask: Array | None = None) -> Array:
        """The class of each pixel, uint8, in the size of the net's output (1, C, rows, columns).

        mask  an array to write into, where it has the shape of what comes

        Raises error as `predict`, and for another output.
        """
        scores = self._only_output(frame, "segment", (4,))[0]
        best = scores[0].copy()
        classes = np.zeros(best.shape, np.uint8)
        for label, plane in enumerate(scores[1:], 1):
            is_larger = plane > best
            best[is_larger], classes[is_larger] = plane[is_larger], label % 256
        return into(classes, mask)


class KeypointsModel(Model):
    """A net that finds points, the joints of a body say."""

    def estimate(self, frame: Array, thresh: float = 0.5) -> Array:
        """x and y of each point, float32 (points, 2), in pixels of the image.

        Of maps (1, points + 1, rows, columns), the last of which is the background, the place of
        the largest value; (-1, -1) where that is not above `thresh`. An output (1, points, 2) is
        taken as it is. Raises error as `predict`, and for another output.
        """
        output = self._only_output(frame, "estimate", (3, 4))
        if output.ndim == 3:
            points: Array = output[0, :, :2].copy()
            return points
        rows, columns = output.shape[2:]
        maps = output[0, :-1].reshape(-1, rows * columns)
        best = maps.argmax(axis=1)
        places = np.stack([best % columns, best // columns], axis=1).astype(np.float32)
        height, width = np.shape(frame)[:2]
        sides = np.array([[width, height], [columns, rows]], np.float32)
        points = places * (sides[0] / sides[1])
        points[~(maps.max(axis=1) > np.float32(thresh))] = -1
        return points
