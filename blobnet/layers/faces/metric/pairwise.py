"""Pairwise: every item of one blob with every item of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import PairwiseParameter
from blobnet.types import Array


@register_layer("Pairwise")
class Pairwise(Layer):
    """Sums, products or maxima of all pairs.

    bottom[0]  a: (M, K)      axes of length 1 may follow
    bottom[1]  b: (N, K)
    top[0]     y: (M, N, K)

    SUM takes a `coeff` for each of the two. Of equal values under MAX that of b counts.

    Proto: PairwiseParameter.  Caffe: pairwise_layer.cpp of happynear/caffe-windows.
    """

    formula = "y[m, n] = coeff a[m] + coeff b[n];  a[m] b[n];  or the larger of both."
    gradient_formula = (
        "SUM: da = coeff dy;  PROD: da = b dy;  MAX: da = dy where a is larger;  summed over n, "
        "and so for b over m."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.pairwise_param
        self._operation = param.operation
        if len(param.coeff) not in (0, 2):
            raise self.error(
                "Pairwise Layer takes one coefficient per bottom blob.", got=len(param.coeff)
            )
        if len(param.coeff) and self._operation != PairwiseParameter.SUM:
            raise self.error("Pairwise layer only takes coefficients for summation.")
        self._coeff = [float(value) for value in param.coeff] or [1.0, 1.0]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        a, b = bottom
        if a.channels != b.channels or any(x.count != x.num * x.channels for x in bottom):
            raise self.error(
                "the two bottoms must hold vectors of one length",
                expected="shapes (M, K) and (N, K); axes of length 1 may follow",
                got=f"bottom[0] of shape {a.shape} and bottom[1] of shape {b.shape}",
            )
        top[0].reshape((a.num, b.num, a.channels))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, b = self._both(bottom)
        y = top[0].data
        if self._operation == PairwiseParameter.SUM:
            np.add(self._coeff[0] * a, self._coeff[1] * b, out=y)
        elif self._operation == PairwiseParameter.PROD:
            np.multiply(a, b, out=y)
        else:
            np.copyto(y, np.where(a > b, a, b))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, (a, b) = top[0].diff, self._both(bottom)
        for index, other in enumerate((b, a)):
            if not propagate_down[index]:
                continue
            if self._operation == PairwiseParameter.SUM:
                share = dy * self._coeff[index]
            elif self._operation == PairwiseParameter.PROD:
                share = dy * other
            else:
                share = np.where((a > b) == (index == 0), dy, 0)
            dx = bottom[index].diff
            dx[...] = share.sum(axis=1 - index).reshape(dx.shape)

    def _both(self, bottom: Blobs) -> tuple[Array, Array]:
        """a as (M, 1, K), b as (1, N, K)."""
        a, b = (blob.data.reshape(blob.num, blob.channels) for blob in bottom)
        return a[:, None], b[None]
