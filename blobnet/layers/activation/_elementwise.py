"""What layers have in common that compute each value from the one value below it."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer


class Elementwise(Layer):
    """One bottom, one top, of the same shape; the top may be the bottom (in place).

    Where a gradient needs the input and the top has overwritten it, a subclass keeps a copy
    with `layers/_saved_input.py`.

    Caffe: neuron_layer.cpp.
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape_like(bottom[0])
