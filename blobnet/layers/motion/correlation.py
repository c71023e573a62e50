"""Correlation: how alike two maps of features are, for every move of the second one."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.motion._correlation import BaseCorrelation
from blobnet.ops.motion.correlation import Moves
from blobnet.proto import CorrelationParameter
from blobnet.types import Shape


@register_layer("Correlation")
class Correlation(BaseCorrelation):
    """Compares windows of one map with windows of the other, moved in a square.

    bottom[0]  a: (N, C, H, W)
    bottom[1]  b: (N, C, H, W)
    top[0]     y: (N, (2 r + 1)^2, *places)  r = `max_displacement` // `stride_2`: a move down and
                                             across by -r ... r times `stride_2`, row by row;
                                             places: (size + 2 pad - 2 max_displacement - kernel
                                             + 1) / stride_1, rounded up

    MULTIPLY  the mean of a * b over the channels and a window of `kernel_size`
    SUBTRACT  the mean of |a - b|. Its gradient is FlowNet2's, not the derivative: the sign for a
              move is that of a - b at the moved place in both maps

    Around both maps there are `pad` zeros. `do_abs` and `single_direction` change nothing here:
    FlowNet2 does not look at them.

    Proto: CorrelationParameter.
    Caffe: correlation_layer.cu, correlation_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y[n, move, p] = mean over c, k of a[n, c, p + k] * b[n, c, p + k + move]"
    gradient_formula = (
        "da[p] = sum over moves, windows around p of dy * b[p + move] / window size, "
        "db[p] = sum over moves, windows around p - move of dy * a[p - move] / window size"
    )

    def moves(self, param: CorrelationParameter, size: Shape) -> Moves:
        border = 2 * (param.max_displacement + param.kernel_size // 2)
        reach = param.max_displacement // param.stride_2 * param.stride_2
        steps = tuple(range(-reach, reach + 1, param.stride_2))
        first = param.max_displacement - param.pad
        rows, columns = (-(-(length + 2 * param.pad - border) // param.stride_1) for length in size)
        return Moves(
            param.kernel_size, param.stride_1, (first, first), (rows, columns), steps, steps
        )
