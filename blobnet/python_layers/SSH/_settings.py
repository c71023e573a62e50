"""The settings of SSH's configs/default_config.yml, by the names of `fast_rcnn/config.py`."""

from __future__ import annotations

from dataclasses import dataclass

from blobnet.python_layers.fast_rcnn import config


@dataclass
class Train(config.Train):
    """Training."""

    RPN_NMS_THRESH: float = 0.3
    RPN_PRE_NMS_TOP_N: int = 1000
    RPN_POST_NMS_TOP_N: int = 300
    RPN_MIN_SIZE: float = 4
    RPN_POSITIVE_OVERLAP: float = 0.5
    RPN_FG_FRACTION: float = 0.25
    HARD_POSITIVE_MINING: bool = True
    FORCE_FG_FOR_EACH_GT: bool = False


@dataclass
class Test(config.Test):
    """Detection."""

    RPN_PRE_NMS_TOP_N: int = 1000
    RPN_MIN_SIZE: float = 0


TRAIN, TEST = Train(), Test()
