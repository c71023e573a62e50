"""Batch normalization: statistics that are not there, impossible, or of other values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from blobnet.doctor.case import Case
from blobnet.doctor.finding import (
    CERTAIN,
    LIKELY,
    NOTE,
    POSSIBLE,
    VERY_LIKELY,
    Finding,
    counted,
    several,
)
from blobnet.doctor.runs import (
    KeepsStatistics,
    keeps_statistics,
    moments_kept,
    records,
)
from blobnet.inference.fusion import channel_affine
from blobnet.types import Array

_FAR = 30.0
"""Times as large or as small as it is kept: a variance of what comes, in the median channel."""
_MOST_LAYERS = 0.6  # of those that keep statistics, which are far


def examine(case: Case) -> Iterator[Finding]:
    """What is kept, then whether it is used as it should be, then whether it fits an image."""
    yield from _of_batches(case)
    if case.weights_path is None:
        return
    kept = [each for each in moments_kept(case.net) if case.adapted.get(each[0])]
    impossible = [name for name, mean, var in kept if _is_impossible(mean, var)]
    if impossible:
        yield Finding(
            "statistics of batch normalization are impossible",
            f"{several(impossible)}: a variance below 0, infinite or undefined",
            "the training diverged or the file is damaged: take an earlier snapshot",
            CERTAIN,
        )
    empty = [name for name, mean, var in kept if _is_empty(mean, var)]
    if empty:
        yield Finding(
            "batch normalization has no statistics: it divides by almost 0",
            f"{several(empty)}: mean and variance are 0 in every channel",
            "they are learned in forwards of the phase TRAIN with use_global_stats: false",
            VERY_LIKELY,
        )
    neutral = [name for name, mean, var in kept if not mean.any() and (var == 1).all()]
    if neutral:
        yield Finding(
            counted(len(neutral), "a batch normalization does", "batch normalizations do")
            + " nothing",
            f"{several(neutral)}: mean 0 and variance 1, as after merging",
            "leave the layers out: blobnet merge NET WEIGHTS OUT",
            NOTE,
        )
    if case.images and not impossible and not empty:
        yield from _far_from_image(case)


def without_statistics(case: Case) -> list[str]:
    """The layers whose statistics in the file are none, or cannot be."""
    return [
        name
        for name, mean, variance in moments_kept(case.net)
        if case.adapted.get(name) and (_is_impossible(mean, variance) or _is_empty(mean, variance))
    ]


def _is_empty(mean: Array, variance: Array) -> bool:
    return not (mean.any() or variance.any())


def _is_impossible(mean: Array, variance: Array) -> bool:
    return not (np.isfinite(mean).all() and np.isfinite(variance).all() and variance.min() >= 0)


def _of_batches(case: Case) -> Iterator[Finding]:
    """Layers that take a batch's statistics in the phase TEST, or the kept ones in TRAIN."""
    by_batch = [
        layer.name
        for layer in case.net.layers
        if isinstance(layer, KeepsStatistics)
        and layer.stored_moments() is None
        and channel_affine(layer) is None
    ]
    if by_batch:
        yield Finding(
            "batch normalization takes the statistics of the batch when the net is used",
            f"{several(by_batch)}: an answer depends on what else is in the batch, and with one "
            "image it is another than in the training",
            "leave use_global_stats out (SegNet: bn_mode: INFERENCE), unless the net normalizes "
            "each image on purpose",
            POSSIBLE,
        )
    train = case.train_net
    frozen = [] if train is None else [each.name for each in train.layers if keeps_statistics(each)]
    if frozen:
        yield Finding(
            counted(len(frozen), "a batch normalization is", "batch normalizations are")
            + " frozen in the training",
            f"{several(frozen)}: use_global_stats is true in the phase TRAIN",
            "usual in fine-tuning; a training from the start must not say it",
            NOTE,
        )


def _far_from_image(case: Case) -> Iterator[Finding]:
    """Whether what comes to each layer in a forward is what its statistics were taken of."""
    recorded = records(case)[0]
    ratios = {}
    for name, _, variance in moments_kept(case.net):
        if name in recorded.moments:
            seen = recorded.moments[name][1]
            counted = (variance > 1e-10) & (seen > 1e-10)
            if counted.any():
                ratios[name] = float(np.median(np.log(seen[counted] / variance[counted])))
    far = [name for name, ratio in ratios.items() if abs(ratio) > np.log(_FAR)]
    if not ratios or len(far) < _MOST_LAYERS * len(ratios):
        return
    first = next(iter(ratios))
    evidence = ", ".join(f"{name}: {np.exp(ratios[name]):.3g} times" for name in far[:4])
    if first in far:
        yield Finding(
            "the first batch normalization gets values of another size than in the training",
            f"variance of what comes over what is kept: {evidence}",
            "the image is prepared in another way: look at --scale (1 or 1/255) and --mean",
            LIKELY,
        )
    else:
        yield Finding(
            "batch normalizations get values of another size than in the training",
            f"variance of what comes over what is kept: {evidence}; {first} fits",
            "weights may be folded already (merged twice), or of another training than these "
            "statistics",
            LIKELY,
        )
