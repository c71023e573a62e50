"""The settings of Fast and Faster R-CNN, by the names that their config.py has.

    from blobnet.python_layers.fast_rcnn.config import cfg
    cfg.TRAIN.BATCH_SIZE = 64

changes them for all layers of the process; the same name in small letters in a layer's `param_str`,
"'batch_size': 64", for that layer. The values are those of py-faster-rcnn with what its
faster_rcnn_end2end.yml says, for nets without an RPN those of Fast R-CNN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from blobnet.errors import LayerError, did_you_mean, explain

Four = tuple[float, float, float, float]


@dataclass
class Train:
    """Training: sizes in pixels of the image as the net sees it, overlaps from 0 to 1."""

    SCALES: tuple[int, ...] = (600,)
    MAX_SIZE: int = 1000
    IMS_PER_BATCH: int = 2  # without an RPN; with one it is 1
    BATCH_SIZE: int = 128  # regions; -1 for all
    FG_FRACTION: float = 0.25
    FG_THRESH: float = 0.5
    BG_THRESH_HI: float = 0.5
    BG_THRESH_LO: float = 0.0  # with an RPN; without one 0.1
    BBOX_INSIDE_WEIGHTS: Four = (1.0, 1.0, 1.0, 1.0)
    BBOX_NORMALIZE_TARGETS_PRECOMPUTED: bool = True
    BBOX_NORMALIZE_MEANS: Four = (0.0, 0.0, 0.0, 0.0)
    BBOX_NORMALIZE_STDS: Four = (0.1, 0.1, 0.2, 0.2)
    ASPECT_GROUPING: bool = True
    RPN_POSITIVE_OVERLAP: float = 0.7
    RPN_NEGATIVE_OVERLAP: float = 0.3
    RPN_CLOBBER_POSITIVES: bool = False
    RPN_FG_FRACTION: float = 0.5
    RPN_BATCHSIZE: int = 256
    RPN_NMS_THRESH: float = 0.7
    RPN_PRE_NMS_TOP_N: int = 12000
    RPN_POST_NMS_TOP_N: int = 2000
    RPN_MIN_SIZE: int = 16
    RPN_BBOX_INSIDE_WEIGHTS: Four = (1.0, 1.0, 1.0, 1.0)
    RPN_POSITIVE_WEIGHT: float = -1.0


@dataclass
class Test:
    """Detection."""

    __test__ = False

    RPN_NMS_THRESH: float = 0.7
    RPN_PRE_NMS_TOP_N: int = 6000
    RPN_POST_NMS_TOP_N: int = 300
    RPN_MIN_SIZE: int = 16


class Config:
    """Both, and what they share."""

    def __init__(self) -> None:
        self.TRAIN = Train()
        self.TEST = Test()
        self.PIXEL_MEANS = (102.9801, 115.9465, 122.7717)  # B, G, R

    def of(self, phase: object) -> Train | Test:
        return self.TRAIN if str(phase) == "TRAIN" else self.TEST


cfg = Config()

Kind = TypeVar("Kind", Train, Test)


def changed(base: Kind, settings: Mapping[str, Any], known: tuple[str, ...], who: str) -> Kind:
    """`base` with what a `param_str` says of it; `known` are the layer's own settings.

    Raises LayerError for a name that means nothing.
    """
    names = {field.name.lower(): field.name for field in fields(base)}
    unknown = [name for name in settings if name.lower() not in names and name not in known]
    if unknown:
        raise LayerError(
            explain(
                f'{who}: param_str has a setting "{unknown[0]}" that means nothing here',
                expected=f"one of {', '.join((*known, *names))}",
                fix=did_you_mean(unknown[0], (*known, *names)),
            )
        )
    found = {
        names[name.lower()]: value for name, value in settings.items() if name.lower() in names
    }
    return replace(base, **found)
