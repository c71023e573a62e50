"""CompactBilinear: all products of two blobs' channels, sketched in few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.c_random import c_random
from blobnet.types import Array, IntArray

_SEED = 1


class _Sketch(NamedTuple):
    """Where each channel goes, and with which sign: (C,) each."""

    places: IntArray
    signs: Array


@register_layer("CompactBilinear")
class CompactBilinear(Layer):
    """The tensor sketch of the outer product of two items' channels.

    bottom[0]  a: (N, A, H, W)
    bottom[1]  b: (N, B, H, W)
    top[0]     y: (N, D, 1, 1)    D = `num_output`; (N, D, H, W) without `sum_pool`

    A channel's value is added, with a sign, to one of D places; both signs and places are drawn
    once: by the C library's `rand` after srand(1), so they are those of nets that the fork has
    trained. The circular convolution of the sketches of a and b is the sketch of all a_i b_j, and
    is summed over the pixels unless `sum_pool` is false.

    Proto: CompactBilinearParameter.  Caffe: compact_bilinear_layer.cpp of compact bilinear pooling
    (gy20073/compact_bilinear_pooling), whose CPU code wants an even num_output.
    Paper: Gao et al., "Compact Bilinear Pooling", CVPR 2016.
    """

    formula = "y[h(i) + g(j) mod D] += s(i) t(j) a[i] b[j], over all i and j"
    gradient_formula = "da[i] = s(i) sum over j of t(j) b[j] dy[h(i) + g(j) mod D]; db likewise."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.compact_bilinear_param
        if param.num_output < 1:
            raise self.error("num_output should be positive.", got=param.num_output)
        self._D, self._is_summed = param.num_output, param.sum_pool
        self._sketches: list[_Sketch] = []

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        a, b = bottom
        if (
            a.num_axes != 4
            or b.num_axes != 4
            or a.shape[:1] + a.shape[2:] != (b.shape[:1] + b.shape[2:])
        ):
            raise self.error(
                "Two bottom blobs not compatible",
                expected="shapes (N, A, H, W) and (N, B, H, W)",
                got=f"bottom[0] of shape {a.shape}, bottom[1] of {b.shape}",
            )
        size = (1, 1) if self._is_summed else a.shape[2:]
        top[0].reshape((a.shape[0], self._D, *size))
        if [len(sketch.signs) for sketch in self._sketches] != [a.channels, b.channels]:
            self._draw(a.channels, b.channels)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for item, y in enumerate(top[0].data):
            product = self._spectrum(bottom, 0, item) * self._spectrum(bottom, 1, item)
            if self._is_summed:
                product = product.sum(axis=1, keepdims=True)
            y[...] = np.fft.irfft(product, self._D, axis=0).reshape(y.shape)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for item, dy in enumerate(top[0].diff):
            spectrum = np.fft.rfft(dy.reshape(self._D, -1), axis=0)
            for index, (blob, wanted) in enumerate(zip(bottom, propagate_down, strict=True)):
                if wanted:
                    other = self._spectrum(bottom, 1 - index, item)
                    sketched = np.fft.irfft(spectrum * other.conj(), self._D, axis=0)
                    self._unfold(sketched, index, blob, item)

    def _spectrum(self, bottom: Blobs, index: int, item: int) -> Array:
        """The Fourier transform of an item's sketch: (D / 2 + 1, pixels)."""
        x = bottom[index].data[item]
        places, signs = self._sketches[index]
        sketched = np.zeros((self._D, x[0].size), self.dtype)
        np.add.at(sketched, places, signs[:, None] * x.reshape(len(x), -1))
        spectrum: Array = np.fft.rfft(sketched, axis=0)
        return spectrum

    def _unfold(self, sketched: Array, index: int, blob: Blob, item: int) -> None:
        """An item's gradient from that of its sketch."""
        places, signs = self._sketches[index]
        dx = blob.diff[item].reshape(len(signs), -1)
        np.multiply(sketched[places], signs[:, None], out=dx, casting="same_kind")

    def _draw(self, *channels: int) -> None:
        numbers = iter(
            np.split(c_random(_SEED, 2 * sum(channels)), np.cumsum(np.repeat(channels, 2)))
        )
        self._sketches = [
            _Sketch(next(numbers) % self._D, (next(numbers) % 2 * 2 - 1).astype(self.dtype))
            for _ in channels
        ]
