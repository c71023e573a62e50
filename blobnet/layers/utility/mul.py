"""Mul: the product of two blobs, of which one may be repeated along the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array, Shape


@register_layer("Mul")
class Mul(Layer):
    """a * b, as numpy and TensorFlow multiply arrays of different shapes.

    bottom[0]  a: any shape
    bottom[1]  b: any shape whose axes, counted from the last, are as long as those of a or 1, or
               whose partner in a is 1 or not there
    top[0]     y: the longer of both on every axis

    (The fork has no backward, and weights instead of a bottom[1] that is left out.)

    Proto: none.  Caffe: mul_layer.cpp of Synopsys.
    """

    formula = "y = a * b"
    gradient_formula = "da = dy * b and db = dy * a, summed over the axes that were repeated."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        shapes = [blob.shape for blob in bottom]
        try:
            top[0].reshape(np.broadcast_shapes(*shapes))
        except ValueError as error:
            raise self.error(
                "Dimensions must be equal or 1 in the bottoms!",
                expected="axes that are equally long, or 1, from the last one on",
                got=f"bottom[0] of shape {shapes[0]} and bottom[1] of {shapes[1]}",
            ) from error

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.multiply(bottom[0].data, bottom[1].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, other, is_wanted in zip(bottom, bottom[::-1], propagate_down, strict=True):
            if is_wanted:
                product = top[0].diff * other.data
                blob.diff[...] = _summed(product, blob.shape)


def _summed(values: Array, shape: Shape) -> Array:
    """The sum over all axes that `shape` has not, or has with the length 1."""
    values = values.sum(axis=tuple(range(values.ndim - len(shape))))
    once = tuple(i for i, length in enumerate(shape) if length == 1 and values.shape[i] != 1)
    summed: Array = values.sum(axis=once, keepdims=True)
    return summed
