"""Layers that give nothing, or nothing but their limits, for an image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from blobnet.diagnostics.non_finite import first_non_finite
from blobnet.doctor.batch_statistics import without_statistics
from blobnet.doctor.case import Case
from blobnet.doctor.finding import CERTAIN, LIKELY, VERY_LIKELY, Finding, counted, several
from blobnet.doctor.runs import records
from blobnet.errors import BlobnetError
from blobnet.ops.overflow import overflow_allowed

_ALL = 1.0
_MOST_NEAR = 0.95


def examine(case: Case) -> Iterator[Finding]:
    """Needs weights. With images a layer is dead or saturated only if it is for every one."""
    if case.weights_path is None:
        return
    if not case.images:
        if not without_statistics(case):  # which are told by themselves
            yield from _of_noise(case)
        return
    runs = records(case)
    if runs[0].non_finite:
        yield Finding(
            "the net computes what is no number",
            f"the first: {runs[0].non_finite}",
            "weights or the input are too large: look at the preprocessing, then at the weights",
            CERTAIN,
        )
        return
    of_images = counted(len(runs), "the image", "images")
    dead = [name for name in runs[0].dead if min(run.dead[name] for run in runs) == _ALL]
    if dead:
        yield Finding(
            "layers give nothing at all: what lies behind them does not see the image",
            f"{several(dead)}: all outputs are 0, for {of_images}",
            "a too high base_lr kills a ReLU; an input of the wrong size may, too",
            VERY_LIKELY,
        )
    near = [name for name in runs[0].near if min(run.near[name] for run in runs) > _MOST_NEAR]
    near = [name for name in near if name not in _outputs(case)]
    if near:
        yield Finding(
            "layers are saturated: they give nothing but their limits",
            ", ".join(f"{name}: {100 * runs[0].near[name]:.0f} %" for name in near[:4])
            + f" of the outputs, for {of_images}",
            "the input may be too large (--scale), or the weights were thrown far by a high rate",
            LIKELY,
        )


def _of_noise(case: Case) -> Iterator[Finding]:
    """Without an image: whether small values, 0 to 1, come through as numbers."""
    net = case.net
    rng = np.random.default_rng(0)
    for name in net.inputs:
        values = net.blobs[name].data
        values[...] = rng.random(values.shape)
    try:
        with overflow_allowed():
            net.forward()
    except BlobnetError:
        return  # it takes no noise: sizes of regions, say
    broken = first_non_finite(net)
    if broken is not None and not broken.startswith("blobs_"):  # so are weights
        yield Finding(
            "the net computes what is no number, of noise between 0 and 1",
            f"the first: {broken}",
            "look at the weights and statistics of that layer, and of those before it",
            CERTAIN,
        )


def _outputs(case: Case) -> set[str]:
    """Layers that make outputs: there, being sure is no fault."""
    made = set(case.net.outputs)
    return {wired.layer.name for wired in case.net.wired if made & set(wired.top_names)}
