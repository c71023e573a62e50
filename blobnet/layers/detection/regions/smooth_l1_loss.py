"""SmoothL1Loss: for boxes, of which some are far off."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.regions._smooth_l1 import SmoothL1
from blobnet.proto import LossParameter
from blobnet.types import Shape


@register_layer("SmoothL1Loss")
class SmoothL1Loss(SmoothL1):
    """Squares of small differences, straight lines of large ones.

    bottom[0]  a: (N, C, H, W)    fewer axes will do, as for the others, or one more
    bottom[1]  b: (N, C, H, W)
    bottom[2]  w: (N, C, H, W)    weights inside of f, optional
    bottom[3]  v: (N, C, H, W)    weights outside of f, optional
    top[0]     loss: ()           sum(v f(d)) / N, with d = w (a - b)
    top[1]     losses: (N, 1, H, W)    summed over channels, not divided; optional

    SSD           2 or 3 bottoms: f(d) = d * d / 2 where |d| < 1, else |d| - 1/2. The gradient is
                  that of weights of 0 and 1: w does not count in it a second time.
    Faster R-CNN  2 or 4 bottoms, `sigma`: f(d) = (sigma d)^2 / 2 where |d| < 1 / sigma^2, else
                  |d| - 1 / (2 sigma^2). All weights count in the gradient.
    caffe-windows `turn_point` t, 2 or 3 bottoms: f(d) = d * d / 2 where |d| < t, else
                  |d| - t + t * t / 2. Else as SSD.
    R-FCN         `normalization`, `normalize` or a second top: the divisor of SmoothL1LossOHEM in
                  place of N. With four bottoms N is 1 for NONE, as in Intel, and all else is N.

    Proto: SmoothL1LossParameter, SmoothL1Parameter, LossParameter.  Caffe: smooth_L1_loss_layer.cpp
    of Intel (intel/caffe).
    """

    formula = "sum(v f(d)) / N, with d = w (a - b), f(d) = d^2 / 2 up to 1, then a line."
    gradient_formula = "da = f'(d) * dloss / N, times w v where there is a v; db = -da."

    max_bottom_blobs = 4
    _most_axes = 5  # R-C3D's clips
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_
        has_sigma = param.smooth_l1_loss_param.HasField("sigma")
        has_turn = param.smoothl1_param.HasField("turn_point")
        if len(bottom) == 3 and has_sigma:
            raise self.error(
                "If weights are used, must specify both inside and outside weights",
                expected="2 or 4 bottoms with sigma",
                got="3",
            )
        if has_turn and (has_sigma or len(bottom) == 4):
            raise self.error(
                "turn_point is of another loss than sigma and weights outside",
                got=f"{len(bottom)} bottoms, sigma {param.smooth_l1_loss_param.sigma:g}, "
                f"turn_point {param.smoothl1_param.turn_point:g}",
            )
        if has_turn:
            self._turn = param.smoothl1_param.turn_point
        else:
            self._curve = float(param.smooth_l1_loss_param.sigma) ** 2
            if not self._curve > 0:
                raise self.error("sigma must not be 0", got=param.smooth_l1_loss_param.sigma)
            self._turn = 1 / self._curve
        self.backward_reads_bottom = len(bottom) == 4
        loss = param.loss_param
        self._is_divided_by_num = not (
            len(top) > 1 or loss.HasField("normalization") or loss.HasField("normalize")
        )

    def _divisor_of(self, shape: Shape) -> float:
        num = max(1, shape[0])
        if self.backward_reads_bottom:
            is_summed = self.layer_param_.loss_param.normalization == LossParameter.NONE
            return 1 if is_summed else num
        return num if self._is_divided_by_num else super()._divisor_of(shape)
