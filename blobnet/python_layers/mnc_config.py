"""The settings of MNC, by the names that its mnc_config.py has.

    from blobnet.python_layers.mnc_config import cfg, cfg_from_file
    cfg_from_file("experiments/cfgs/VGG16/faster_rcnn_end2end.yml")

The values are those of mnc_config.py with what mnc_5stage.yml says; see `fast_rcnn/config.py` for
how to change them. Which mode is meant, the numbers of a layer's tops and bottoms tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from blobnet.input_files import AnyPath
from blobnet.python_layers.fast_rcnn import config

Fractions = tuple[float, ...]


@dataclass
class Train(config.Train):
    """Training: as in Faster R-CNN, but regions are drawn from ranges of overlap, both ends in it.

    The share of each range is one of the objects' and the others' regions that are wanted.
    """

    IMS_PER_BATCH: int = 1
    BATCH_SIZE: int = 64
    FG_FRACTION: Fractions = (0.3,)  # type: ignore[assignment]
    FG_THRESH_HI: Fractions = (1.0,)
    FG_THRESH_LO: Fractions = (0.5,)
    BG_FRACTION: Fractions = (0.85, 0.15)
    BG_THRESH_HI: Fractions = (0.5, 0.1)  # type: ignore[assignment]
    BG_THRESH_LO: Fractions = (0.1, 0.0)  # type: ignore[assignment]
    RPN_POST_NMS_TOP_N: int = 300
    FG_DET_THRESH: float = 0.5
    FG_SEG_THRESH: float = 0.5  # of masks
    FRACTION_SAMPLE: Fractions = (0.3, 0.5, 0.2)  # those of CFM
    THRESH_LO_SAMPLE: Fractions = (0.5, 0.1, 0.0)
    THRESH_HI_SAMPLE: Fractions = (1.0, 0.5, 0.1)
    CFM_INPUT_MASK_SIZE: int = 14


class Config(config.Config):
    """Settings of training and detection, and what they share."""

    TRAIN: Train

    def __init__(self) -> None:
        super().__init__()
        self.TRAIN = Train()
        self.MASK_SIZE = 21
        self.BINARIZE_THRESH = 0.4


cfg = Config()


def cfg_from_file(path: AnyPath) -> None:
    """Take over settings from a .yml file of MNC's. Raises DataError where it is no such file."""
    config.read_settings(path, cfg)
