"""SmoothL1LossOHEM: SmoothL1Loss that tells what each region loses, to choose the hardest."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.detection.regions._smooth_l1 import SmoothL1


@register_layer("SmoothL1LossOHEM")
class SmoothL1LossOHEM(SmoothL1):
    """Squares of small differences, straight lines of large ones.

    bottom[0]  a: (N, C, H, W)    fewer axes will do, as for the others
    bottom[1]  b: (N, C, H, W)
    bottom[2]  w: (N, C, H, W)    weights, optional
    top[0]     loss: ()
    top[1]     losses: (N, 1, H, W)    summed over channels, not divided; optional

    f(d) = d * d / 2 where |d| < 1, else |d| - 1/2. The divisor is at least 1: N * H * W (FULL and
    VALID, which is meant unless stated), N (BATCH_SIZE), `pre_fixed_normalizer` (PRE_FIXED) or 1
    (NONE). The gradient is that of weights of 0 and 1: w does not count in it a second time.

    Proto: LossParameter.  Caffe: smooth_L1_loss_ohem_layer.cpp of Intel (intel/caffe).
    """

    formula = "sum(f(d)) / divisor, with d = w (a - b), f(d) = d^2 / 2 up to 1, then a line."
    gradient_formula = "da = d * dloss / divisor, within -1 and 1 before it is scaled; db = -da."

    max_bottom_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False
