"""TensorShape of Synopsys' Caffe: tf.shape.

Caffe: python/shape.py of foss-for-synopsys-dwc-arc-processors/synopsys-caffe.
"""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, without_gradient


class TensorShape(PythonLayer):
    """How long the axes of a blob are.

    bottom[0]  x: any shape
    top[0]     the lengths of its axes: (number of axes,)

    Nothing goes back: no value of x counts. (The repository's copies the diff, where shapes allow.)
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(len(bottom[0].shape))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = bottom[0].shape

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
