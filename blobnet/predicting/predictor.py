"""A net, how images get in, and what comes out of it in words."""

from __future__ import annotations

import numpy as np

from blobnet.errors import DataError, NetError, explain
from blobnet.loggers import named_logger
from blobnet.net import Net
from blobnet.predicting.labels import Labels
from blobnet.predicting.outputs import Output, find_output
from blobnet.predicting.prediction import Prediction
from blobnet.predicting.reading_outputs import Reading
from blobnet.predicting.regions import IMAGE_INFO, rows_of
from blobnet.preprocessing import Placement, Preprocessing, Settings
from blobnet.types import Array

_log = named_logger(__name__)


class Predictor:
    """Runs a net on images.

        predictor = Predictor(net, Settings(mean=mean))
        predictor(read_image(path)).classes[0].name

    settings  how images are prepared
    reading   names of classes, how many, from which score on
    output    which output tells, and how it is read; None: found
    ten_crop  whether the corners, the middle and their mirror images are seen, and their mean told

    Raises NetError where the net takes no image, has no output that tells of one, or where an
    output of maps or boxes is to be told from ten crops.
    """

    def __init__(
        self,
        net: Net,
        settings: Settings | None = None,
        reading: Reading | None = None,
        *,
        output: Output | None = None,
        ten_crop: bool = False,
    ) -> None:
        self.net = net
        self.input = net.inputs[0] if net.inputs else ""
        shape = net.blobs[self.input].shape if self.input else ()
        self.preprocessing: Preprocessing = (settings or Settings()).preprocessing(shape)
        self.output = output or find_output(net)
        self._reading = reading or Reading(Labels())
        self._ten_crop = ten_crop
        if ten_crop and self.output.kind != "classes":
            expected, got = "scores of classes", f"'{self.output.blobs[0]}', {self.output.kind}"
            raise NetError(explain("ten crops have one mean", expected=expected, got=got))
        others = [name for name in net.inputs[1:] if net.blobs[name].shape[1:] != IMAGE_INFO]
        if others:
            _log.warning("nothing fills %s: zeros", ", ".join(others))

    def __call__(self, image: Array, name: object = "the image") -> Prediction:
        """What the net says of pixels (C, height, width): blue, green, red, or grey; uint8."""
        try:
            placed = self.preprocessing.placement(image)
            prepare = self.preprocessing.ten_crops if self._ten_crop else self.preprocessing
            data = prepare(image).reshape(-1, image.shape[0], *placed.input)
        except DataError as error:
            raise DataError(f"{name}: {error}") from error
        self._fill(data, placed.resized[0] / placed.image[0])
        self.net.forward()
        return self._reading.of(self.output.kind, self._read(placed), placed)

    def _fill(self, data: Array, factor: float) -> None:
        """Write the input, in whatever size it is; other inputs get as many items."""
        blob = self.net.blobs[self.input]
        if blob.shape != data.shape:
            batch = blob.shape[0]
            for name in self.net.inputs[1:]:
                other = self.net.blobs[name]
                if other.shape[:1] == (batch,):
                    other.reshape(len(data), *other.shape[1:])
            blob.reshape(*data.shape)
            self.net.reshape()
        blob.data[...] = data
        for name in self.net.inputs[1:]:
            if self.net.blobs[name].shape[1:] == IMAGE_INFO:
                self.net.blobs[name].data[...] = (*data.shape[2:], factor)

    def _read(self, placed: Placement) -> Array:
        """The output of the one image."""
        arrays = [self.net.blobs[name].data for name in self.output.blobs]
        if self.output.kind == "regions":
            scores, changes, regions = arrays
            return rows_of(scores, changes, regions, placed.input)
        if self.output.kind == "boxes":
            return arrays[0]
        if self._ten_crop:
            return np.asarray(arrays[0].mean(0))
        first = [array[0] for array in arrays]
        if not all(map(len, arrays)):
            raise DataError(explain("the net's output is empty", got=arrays[0].shape))
        return np.concatenate(first) if len(first) > 1 else np.asarray(first[0])
