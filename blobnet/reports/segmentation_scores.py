"""What a test says of a net that finds the classes of pixels: the intersection over union.

    eval_type: "segmentation"            Xilinx': of all pixels of all batches
    eval_type: "detection_segmentation"  MobileNet-YOLO's: the mean of what each batch has, beside
                                         the mean average precision of its boxes

Caffe: Solver::TestSegmentation in solver.cpp of Xilinx/Vitis-AI, Solver::TestDetectionSeg of
eric612/MobileNet-YOLO.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.net import Net
from blobnet.proto import SolverParameter
from blobnet.reports.detection_scores import DetectionScores
from blobnet.reports.log import OutputValue, log
from blobnet.types import Array

_NAME = "segmentation_eval_classIOU"
_COUNTS = 3


class SegmentationScores:
    """The mean over classes of right / (right + wrong + missed) pixels, counted in all batches.

    An output of shape (3, classes) or (3, classes, 1, 1) holds the three counts of a batch, for as
    many classes as `classiou_class_num` says; others do not count, nor do classes that no batch has
    or takes another for.
    """

    def __init__(self, param: SolverParameter) -> None:
        self._classes = param.classiou_class_num
        self._counts = np.zeros((_COUNTS, self._classes), np.int64)
        self._losses: list[float] = []

    def add(self, net: Net) -> None:
        """Take in what the net has just computed. Raises SolverError without counts of pixels."""
        shape = (_COUNTS, self._classes)
        found = [net.blobs[name] for name in net.outputs]
        fitting = [blob for blob in found if blob.num_axes <= 4 and blob.shape[:2] == shape]
        if not fitting:
            raise SolverError(
                explain(
                    "no output counts pixels",
                    expected=f"shape {shape}: right, wrong and missed pixels of each class",
                    got=", ".join(str(blob.shape) for blob in found) or "no outputs",
                    fix="state classiou_class_num, the number of classes, in the solver",
                )
            )
        for blob in fitting:
            self._counts += blob.data.reshape(*shape, -1)[..., 0].astype(np.int64)
        self._losses.append(net.loss)

    @property
    def loss(self) -> float | None:
        """The mean of the total losses; None before the first."""
        return sum(self._losses) / len(self._losses) if self._losses else None

    def rows(self) -> list[OutputValue]:
        """The mean, under the fork's name; NaN where no class has been seen."""
        seen = self._counts[:, self._counts.sum(axis=0) > 0]
        mean = float((seen[0] / seen.sum(axis=0)).mean()) if seen.size else float("nan")
        return [(_NAME, mean, 0.0)]

    def by_name(self) -> dict[str, float]:
        return {name: mean for name, mean, _ in self.rows()}


class DetectionAndSegmentationScores(DetectionScores):
    """The first output's mean average precision; of the second, shares of classes, the means.

    A class for which an output says -1, that there is nothing of it, is left out from there on.
    """

    def __init__(self, param: SolverParameter) -> None:
        super().__init__(param)
        self._sums: Array = np.zeros(0, np.float32)
        self._seen: Array = np.zeros(0, np.int64)
        self._is_told = False

    def detections(self, net: Net) -> Sequence[str]:
        return net.outputs[:1]

    def add(self, net: Net) -> None:
        if len(net.outputs) < 2:
            raise SolverError(
                explain(
                    "boxes and classes of pixels are two outputs",
                    expected="one of DetectionEvaluate, and one of SegmentationEvaluate",
                    got=", ".join(net.outputs) or "none",
                )
            )
        super().add(net)
        self._second = net.outputs[1]
        shares = net.blobs[self._second].data.reshape(-1).astype(np.float32)
        if not len(self._sums):
            self._sums, self._seen = np.zeros_like(shares), np.zeros(len(shares), np.int64)
        counts = self._sums >= 0
        self._sums[counts] += shares[counts]
        self._seen[counts] += 1

    def rows(self) -> list[OutputValue]:
        """That of the boxes, and that of the classes of pixels, each of which is logged once."""
        shares = self._sums / np.maximum(self._seen, 1)
        mean = float(shares.mean()) if len(shares) else 0.0
        if not self._is_told:
            self._is_told = True
            for label, share in enumerate(shares.tolist()):
                log.info("Seg Classes %d IOU : %g", label, share)
            log.info("Seg mIOU : %g", mean)
        return [*super().rows(), (self._second, mean, 0.0)]
