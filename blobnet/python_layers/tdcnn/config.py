"""The settings of R-C3D, by the names that its tdcnn/config.py has.

    from blobnet.python_layers.tdcnn.config import cfg, cfg_from_file
    cfg_from_file("experiments/thumos14/td_cnn_end2end.yml")

The values are those of tdcnn/config.py; see `fast_rcnn/config.py` for how to change them. What is
said of boxes there, these say of windows: the first and the last frame of an action.
"""

from __future__ import annotations

from dataclasses import dataclass

from blobnet.input_files import AnyPath
from blobnet.python_layers.fast_rcnn import config
from blobnet.python_layers.fast_rcnn.config import changed as changed

Two = tuple[float, float]


def _twice(values: Two) -> config.Four:
    """Those of a window for both sides of a box."""
    first, second = values
    return first, first, second, second


@dataclass
class Train(config.Train):
    """Training. Windows have two numbers where boxes have four: those of boxes follow them."""

    RPN_MIN_SIZE: float = 8
    BG_THRESH_LO: float | None = 0.1
    LENGTH: tuple[int, ...] = (512,)  # of a clip, in frames
    FRAME_SIZE: tuple[int, int] = (128, 171)
    CROP_SIZE: int = 112
    VIDEO_BATCH: int = 1
    TWIN_INSIDE_WEIGHTS: Two = (1.0, 1.0)
    TWIN_NORMALIZE_TARGETS_PRECOMPUTED: bool = True
    TWIN_NORMALIZE_MEANS: Two = (0.0, 0.0)
    TWIN_NORMALIZE_STDS: Two = (0.1, 0.2)
    RPN_TWIN_INSIDE_WEIGHTS: Two = (1.0, 1.0)

    def __post_init__(self) -> None:
        self.BBOX_INSIDE_WEIGHTS = _twice(self.TWIN_INSIDE_WEIGHTS)
        self.BBOX_NORMALIZE_TARGETS_PRECOMPUTED = self.TWIN_NORMALIZE_TARGETS_PRECOMPUTED
        self.BBOX_NORMALIZE_MEANS = _twice(self.TWIN_NORMALIZE_MEANS)
        self.BBOX_NORMALIZE_STDS = _twice(self.TWIN_NORMALIZE_STDS)
        self.RPN_BBOX_INSIDE_WEIGHTS = _twice(self.RPN_TWIN_INSIDE_WEIGHTS)


@dataclass
class Test(config.Test):
    """Detection."""

    RPN_MIN_SIZE: float = 8


class Config(config.Config):
    """Settings of training and detection, and what they share."""

    TRAIN: Train
    TEST: Test

    def __init__(self) -> None:
        self.TRAIN = Train()
        self.TEST = Test()
        self.PIXEL_MEANS = (90.0, 98.0, 102.0)  # B, G, R


cfg = Config()


def cfg_from_file(path: AnyPath) -> None:
    """Take over settings from a .yml file of R-C3D's. Raises DataError where it is none."""
    config.read_settings(path, cfg)
