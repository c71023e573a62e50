"""Correlation1D: how alike two maps of features are, for every move of the second one sideways."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.motion._correlation import BaseCorrelation
from blobnet.ops.motion.correlation import Moves
from blobnet.proto import CorrelationParameter
from blobnet.types import Shape


@register_layer("Correlation1D")
class Correlation1D(BaseCorrelation):
    """Compares windows of one map with windows of the other in the same rows: for stereo.

    bottom[0]  a: (N, C, H, W)
    bottom[1]  b: (N, C, H, W)
    top[0]     y: (N, moves, *places)  r = `max_displacement` // `stride_2`; places across as in
                                       Correlation, down: (H - kernel + 1) / stride_1, rounded up

    Moves, in steps of `stride_2`, by `single_direction`:
      0   -r ... r
      1   0 ... r
     -1   -(r + 1) ... -1: FlowNet2 looks a step further there. In its memory that may be the end
          of the row above; here it is zeros

    MULTIPLY, SUBTRACT and `do_abs` as in Correlation. There are `pad` zeros on the left and right.

    Proto: CorrelationParameter.
    Caffe: correlation_layer1d.cu, correlation_layer1d.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y[n, move, p] = mean over c, k of a[n, c, p + k] * b[n, c, p + k + move]"
    gradient_formula = (
        "da[p] = sum over moves, windows around p of dy * b[p + move] / window size, "
        "db[p] = sum over moves, windows around p - move of dy * a[p - move] / window size"
    )

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        direction = self.layer_param_.correlation_param.single_direction
        if direction not in (-1, 0, 1):
            raise self.error(
                "single_direction must be -1 (left), 0 (off), or 1 (right)", got=direction
            )

    def moves(self, param: CorrelationParameter, size: Shape) -> Moves:
        radius, border = param.kernel_size // 2, param.max_displacement // param.stride_2
        first, end = {0: (-border, border + 1), 1: (0, border + 1), -1: (-border - 1, 0)}[
            param.single_direction
        ]
        room = size[1] + 2 * param.pad - 2 * (param.max_displacement + radius)
        return Moves(
            kernel=param.kernel_size,
            stride=param.stride_1,
            first=(0, param.max_displacement - param.pad),
            places=(-(-(size[0] - 2 * radius) // param.stride_1), -(-room // param.stride_1)),
            down=(0,),
            across=tuple(step * param.stride_2 for step in range(first, end)),
        )
