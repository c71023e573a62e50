"""What collects the outputs of a test, by a solver's `eval_type`."""

from __future__ import annotations

from collections.abc import Callable

from blobnet.proto import SolverParameter
from blobnet.reports.detection_scores import DetectionScores
from blobnet.reports.scores import MeanOutputs
from blobnet.reports.segmentation_scores import (
    DetectionAndSegmentationScores,
    SegmentationScores,
)

Scores = MeanOutputs | DetectionScores | SegmentationScores

_BY_TYPE: dict[str, Callable[[SolverParameter], Scores]] = {
    "classification": lambda param: MeanOutputs(),
    "detection": DetectionScores,
    "segmentation": SegmentationScores,
    "detection_segmentation": DetectionAndSegmentationScores,
}
EVAL_TYPES = tuple(_BY_TYPE)


def new_scores(param: SolverParameter) -> Scores:
    """What collects them for this solver, whose `eval_type` is one of EVAL_TYPES."""
    return _BY_TYPE[param.eval_type](param)
