"""Which fork of Caffe has which layer types, fields and numbers.

The schema reads the texts of all of them. Their binary files use one number for several fields, and
blobnet has numbers of its own instead: each `Fork` says which are meant. docs/forks.md is made of
the same table by `scripts/gen_forks`.
"""

from __future__ import annotations

from collections.abc import Iterable

from blobnet.proto.forks import (
    classification,
    detection,
    drafts,
    motion,
    papers,
    people,
    poses,
    pruning,
    recognition,
    segmentation,
    vendor,
)
from blobnet.proto.forks.fork import Fork as Fork

FORKS: tuple[Fork, ...] = (
    *detection.FORKS,
    *segmentation.FORKS,
    *people.FORKS,
    *poses.FORKS,
    *classification.FORKS,
    *recognition.FORKS,
    *motion.FORKS,
    *vendor.FORKS,
    *pruning.FORKS,
    *papers.FORKS,
    *drafts.FORKS,
)
"""All forks, the first of each field and type being the one to name first."""


def forks_with_type(layer_type: str) -> list[Fork]:
    """The forks that have a layer type, which Caffe has not."""
    return [fork for fork in FORKS if layer_type in fork.types]


def forks_with_field(owner: str, name: str) -> list[Fork]:
    """The forks that have a field in a message, or a value in an enum (`Message.Enum`)."""
    return [fork for fork in FORKS if fork.has(owner, name)]


def owners_of(name: str) -> list[str]:
    """The messages of Caffe's in which some fork has a field of that name."""
    return list(dict.fromkeys(m for fork in FORKS for m in fork.numbers if fork.has(m, name)))


def named(forks: Iterable[Fork], most: int = 3) -> str:
    """Their names in a row, at most so many: "SSD, RefineDet and 6 more"."""
    names = [fork.name for fork in forks]
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"
