"""Reshape of Synopsys' Caffe: tf.reshape, to a shape that is computed.

Caffe: python/reshape.py of foss-for-synopsys-dwc-arc-processors/synopsys-caffe.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, without_gradient, wrong
from blobnet.types import Shape


class Reshape(PythonLayer):
    """The values of one blob in the shape that another one holds.

    bottom[0]  x: any shape
    bottom[1]  the shape: (number of axes,); one of the lengths may be -1, what is left
    top[0]     x in that shape

    The shape is that of the values when the net is reshaped, which is before each forward of this
    layer; while nobody has computed any, all its lengths are 0 and the top is empty.

    Gradient: dx = dy in the shape of x. (The repository's copies it only where shapes allow.)
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        lengths = [int(value) for value in bottom[1].data.ravel()]
        if lengths and not any(lengths):
            top[0].reshape(*lengths)
            return
        top[0].reshape(*self._complete(lengths, bottom[0].count))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if top[0].count:
            top[0].data[...] = bottom[0].data.reshape(top[0].shape)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if propagate_down[0] and top[0].count:
            bottom[0].diff[...] = top[0].diff.reshape(bottom[0].shape)

    def _complete(self, lengths: list[int], count: int) -> Shape:
        """The lengths with what -1 stands for. Raises LayerError where they do not fit."""
        known = math.prod(length for length in lengths if length != -1)
        free = lengths.count(-1)
        fits = min(lengths, default=0) >= -1 and free <= 1
        fits = fits and (known > 0 and count % known == 0 if free else known == count)
        if not fits:
            expected = f"lengths of {count} values in all, one of them -1 at most"
            raise wrong(self, "no shape for bottom[0]", expected=expected, got=f"{lengths}")
        return tuple(count // known if length == -1 else length for length in lengths)
