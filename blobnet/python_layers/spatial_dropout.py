"""SpatialDropoutLayer of ENet: whole channels are left out.

Tompson et al., CVPR 2015.  Caffe: python/spatial_dropout.py of ENet (TimoSaemann/caffe-enet).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, wrong
from blobnet.python_layers._param_str import settings_of
from blobnet.types import Array


class SpatialDropoutLayer(PythonLayer):
    """Each channel of each image is 0 with probability p; all others are multiplied by 1 / (1 - p).

    bottom[0]  x: (N, C, ...)
    top[0]     y: as x; may be the same blob

    In the phase TEST, too, all is multiplied by 1 / (1 - p): so ENet's weights are trained, and its
    BN-absorber-enet.py merges the factor into the convolution.

    Gradient: dx = dy with the same channels 0 and the same factor. (caffe-enet takes the channels
    of the last image for all of them.)

    param_str: p, above 0 and below 1; phase, TRAIN or TEST, which wins over the net's.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)
        settings = settings_of(self.param_str, "SpatialDropoutLayer")
        self._is_training = str(settings.get("phase", self.phase)).upper() == "TRAIN"
        try:
            probability = float(settings["p"])
        except (KeyError, TypeError, ValueError):
            probability = 0.0
        if not 0 < probability < 1:
            got = settings.get("p", "none")
            raise wrong(self, "p in param_str", expected="a number between 0 and 1", got=got)
        self._probability, self._scale = probability, 1 / (1 - probability)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom[0].shape) < 2:
            expected, got = "shape (N, C, ...)", f"shape {bottom[0].shape}"
            raise wrong(self, "there are no channels", expected=expected, got=got)
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        self._factors: Array = np.full(shape[:2], self._scale, bottom[0].dtype)
        if self._is_training:
            self._factors[self.rng.random(shape[:2]) < self._probability] = 0
        self._factors = self._factors.reshape(*shape[:2], *(1,) * (len(shape) - 2))
        np.multiply(bottom[0].data, self._factors, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.multiply(top[0].diff, self._factors, out=bottom[0].diff)
