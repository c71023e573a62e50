"""The settings of Fast R-CNN, Faster R-CNN and R-FCN, by the names that their config.py has.

    from blobnet.python_layers.fast_rcnn.config import cfg, cfg_from_file
    cfg.TRAIN.BATCH_SIZE = 64
    cfg_from_file("experiments/cfgs/rfcn_end2end.yml")

changes them for all layers that are made afterwards, `use_settings_of("FPN")` to those that a
repository's own config.py has; the same name in small letters in a layer's
`param_str`, "'batch_size': 64", for that layer. The values are those of py-faster-rcnn with what
its faster_rcnn_end2end.yml says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from blobnet.errors import DataError, LayerError, did_you_mean, explain
from blobnet.input_files import AnyPath, shown
from blobnet.python_layers._param_str import number, numbers, settings_of, unfit, whole
from blobnet.text_files import read_text_file

Four = tuple[float, float, float, float]
Five = tuple[float, float, float, float, float]

# what py-faster-rcnn's .yml files say to its tools and not to its layers
_OF_TOOLS = {
    *("EXP_DIR", "HAS_RPN", "PROPOSAL_METHOD", "HAS_ATTRIBUTES", "HAS_RELATIONS", "USE_FLIPPED"),
    *("SNAPSHOT_ITERS", "SNAPSHOT_INFIX", "USE_PREFETCH", "USE_GPU_NMS", "RNG_SEED", "BBOX_REG"),
    *("NMS", "SOFT_NMS", "SVM", "SCALES", "MAX_SIZE", "AGNOSTIC", "DEDUP_BOXES", "GPU_ID", "EPS"),
    *("ROOT_DIR", "DATA_DIR", "MODELS_DIR", "MATLAB"),
    *("INPUT", "NUM_CLASSES", "FPS", "TWIN_REG", "TWIN_THRESH", "TWIN_NORMALIZE_TARGETS"),
    *("LENGTH", "FRAME_SIZE", "CROP_SIZE"),
    *("MNC_MODE", "CFM_MODE", "MIX_INDEX", "GROUP_SCALE", "MAX_ROIS_GPU", "USE_TOP_K_MCG"),
}

# settings that are lists of any length
_LISTS = {
    *("SCALES", "LENGTH", "FG_FRACTION", "FG_THRESH_HI", "FG_THRESH_LO"),
    *("BG_FRACTION", "BG_THRESH_HI", "BG_THRESH_LO"),
    *("FRACTION_SAMPLE", "THRESH_LO_SAMPLE", "THRESH_HI_SAMPLE"),
}


@dataclass
class Proposals:
    """What training and detection have in common."""

    RPN_NMS_THRESH: float = 0.7
    RPN_PRE_NMS_TOP_N: int = 6000  # 0 or less: all
    RPN_POST_NMS_TOP_N: int = 300  # 0 or less: all
    RPN_MIN_SIZE: float = 16  # of a side, in pixels of the image as it was


@dataclass
class Train(Proposals):
    """Training: sizes in pixels of the image as the net sees it, overlaps from 0 to 1."""

    RPN_PRE_NMS_TOP_N: int = 12000
    RPN_POST_NMS_TOP_N: int = 2000
    SCALES: tuple[int, ...] = (600,)
    MAX_SIZE: int = 1000
    IMAGE_STRIDE: int = 0  # images end with zeros, so that sides are multiples of it (FPN)
    IMS_PER_BATCH: int = 2  # without an RPN; with one it is 1
    BATCH_SIZE: int = 128  # regions; -1 for all
    FG_FRACTION: float = 0.25
    FG_THRESH: float = 0.5
    BG_THRESH_HI: float = 0.5
    BG_THRESH_LO: float | None = None  # with an RPN 0, without one 0.1
    BBOX_THRESH: float = 0.5
    BBOX_INSIDE_WEIGHTS: Four = (1.0, 1.0, 1.0, 1.0)
    BBOX_NORMALIZE_TARGETS: bool = True
    BBOX_NORMALIZE_TARGETS_PRECOMPUTED: bool = True
    BBOX_NORMALIZE_MEANS: Four = (0.0, 0.0, 0.0, 0.0)
    BBOX_NORMALIZE_STDS: Four = (0.1, 0.1, 0.2, 0.2)
    USE_OHEM: bool = False  # RoIDataLayer without an RPN gives all regions, to be chosen from
    OHEM_USE_NMS: bool = True
    OHEM_NMS_THRESH: float = 0.7
    AGNOSTIC: bool = False  # one box for all classes (R-FCN)
    ASPECT_GROUPING: bool = True
    RPN_POSITIVE_OVERLAP: float = 0.7
    RPN_NEGATIVE_OVERLAP: float = 0.3
    RPN_CLOBBER_POSITIVES: bool = False
    RPN_FG_FRACTION: float = 0.5
    RPN_BATCHSIZE: int = 256
    RPN_BBOX_INSIDE_WEIGHTS: Four = (1.0, 1.0, 1.0, 1.0)
    RPN_POSITIVE_WEIGHT: float = -1.0  # below 0: all anchors weigh the same
    RPN_NORMALIZE_TARGETS: bool = False  # R-FCN
    RPN_NORMALIZE_MEANS: Four = (0.0, 0.0, 0.0, 0.0)
    RPN_NORMALIZE_STDS: Four = (0.1, 0.1, 0.2, 0.2)
    RPN_RBBOX_INSIDE_WEIGHTS: Five = (1.0, 1.0, 1.0, 1.0, 1.0)  # these of turned boxes (RRPN)
    RBBOX_INSIDE_WEIGHTS: Five = (1.0, 1.0, 1.0, 1.0, 1.0)
    RBBOX_NORMALIZE_MEANS: Five = (0.0, 0.0, 0.0, 0.0, 0.0)
    RBBOX_NORMALIZE_STDS: Five = (0.1, 0.1, 0.2, 0.2, 1.0)
    R_POSITIVE_ANGLE_FILTER: float = 15  # degrees between an object and what is to find it
    R_NEGATIVE_ANGLE_FILTER: float = 15
    GT_MARGIN: float = 1.4  # by which the boxes of images that are turned grow


@dataclass
class Test(Proposals):
    """Detection."""

    __test__ = False


class Config:
    """Both, and what they share."""

    def __init__(self) -> None:
        self.TRAIN = Train()
        self.TEST = Test()
        self.PIXEL_MEANS = (102.9801, 115.9465, 122.7717)  # B, G, R
        self.IMG_PADDING = 0.25  # how far RRPN's anchors may reach beyond the image

    def of(self, phase: object) -> Proposals:
        return self.TRAIN if str(phase) == "TRAIN" else self.TEST


cfg = Config()

_OF_REPOSITORIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "FPN": (
        {"SCALES": (768,), "MAX_SIZE": 1280, "IMAGE_STRIDE": 64, "BATCH_SIZE": 256},
        {"RPN_POST_NMS_TOP_N": 1000},
    ),
}
"""Where they differ from those here, in training and in detection."""

Kind = TypeVar("Kind", bound=Proposals)


def changed(base: Kind, settings: Mapping[str, Any], known: tuple[str, ...], who: str) -> Kind:
    """`base` with what a `param_str` says of it; `known` are the layer's own settings.

    Raises LayerError for a name that means nothing, and for a value of another kind.
    """
    names = {field.name.lower(): field.name for field in fields(base)}
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name in known:
            continue
        if name.lower() not in names:
            raise LayerError(
                explain(
                    f'{who}: param_str has a setting "{name}" that means nothing here',
                    expected=f"one of {', '.join((*known, *names))}",
                    fix=did_you_mean(name, (*known, *names)),
                )
            )
        full_name = names[name.lower()]
        found[full_name] = _of_its_kind(full_name, value, getattr(base, full_name), who)
    return replace(base, **found)


def cfg_from_file(path: AnyPath) -> None:
    """Take over settings from a .yml file such as experiments/cfgs/faster_rcnn_end2end.yml.

    What it says of training as a whole, not of layers, is passed over. Raises DataError where it
    is no such file.
    """
    read_settings(path, cfg)


def read_settings(path: AnyPath, config: Config) -> None:
    """Take over settings from a .yml file into a config. Raises DataError."""
    sections: dict[str, list[str]] = {"TRAIN": [], "TEST": [], "": []}
    section = ""
    for line in read_text_file(path, DataError).splitlines():
        if line[:1].strip():
            name = line.partition(":")[0].strip()
            section = name if name in ("TRAIN", "TEST") else ""
            if section:
                continue
        sections[section].append(line)
    who = shown(path)
    try:
        for name, lines in sections.items():
            settings = settings_of("\n".join(lines), who)
            for shared in (settings.keys() & vars(config).keys()) - {"TRAIN", "TEST"}:
                kind = getattr(config, shared)
                setattr(config, shared, _of_its_kind(shared, settings.pop(shared), kind, who))
            base: Proposals = config.TRAIN if name == "TRAIN" else config.TEST
            own = {field.name for field in fields(base)} if name else set()
            of_tools = tuple(setting for setting in settings if setting in _OF_TOOLS - own)
            vars(base).update(vars(changed(base, settings, of_tools, who)))
    except LayerError as error:
        raise DataError(str(error)) from error


def use_settings_of(repository: str) -> None:
    """Take over the settings of another repository's config.py: "FPN" (unsky/FPN).

    Raises DataError for a name that is none.
    """
    if repository not in _OF_REPOSITORIES:
        expected = f"one of {', '.join(_OF_REPOSITORIES)}"
        fix = "cfg_from_file takes settings from a .yml file"
        raise DataError(
            explain("no such repository", expected=expected, got=repository[:80], fix=fix)
        )
    for base, settings in zip((cfg.TRAIN, cfg.TEST), _OF_REPOSITORIES[repository], strict=True):
        vars(base).update(settings)


def _of_its_kind(name: str, value: Any, default: Any, who: str) -> Any:
    """The value as the default is: a number, true or false, as many numbers."""
    if isinstance(default, tuple):
        values = numbers({name: value}, name, default, who)
        if name not in _LISTS and len(values) != len(default):
            raise unfit(name, value, f"{len(default)} numbers", who)
        return values
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise unfit(name, value, "True or False", who)
        return value
    if isinstance(default, int):
        return whole({name: value}, name, who, least=-1, default=default)
    return number({name: value}, name, 0.0, who)
