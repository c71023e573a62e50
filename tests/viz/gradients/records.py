"""Recordings made up, not trained: what is in them is known."""

from __future__ import annotations

import numpy as np

from blobnet.viz.gradients import GradientRecorder, LayerRecord, Size
from blobnet.viz.gradients.recorder import NOTHING

NAN = float("nan")


def size(mean, largest=None, zeros=0.0, norm=None):
    return Size(
        mean, 2 * mean if largest is None else largest, zeros, mean if norm is None else norm
    )


def recorded(iterations=4, loss_delta=1.0, every=1):
    """A recorder without layers; see `add_layer`."""
    made = GradientRecorder(every)
    made.iterations = [every * i for i in range(iterations)]
    made.losses = [1.0] * iterations
    made.loss_delta = [loss_delta] * iterations
    return made


def add_layer(made, name="ip", kind="InnerProduct", *, has_matrices=False, **what):
    """A layer with data 1, delta 1, no weights; `what` gives a list, or one value for all times."""
    layer = LayerRecord(name, kind, has_matrices)
    defaults = {
        "data": size(1.0),
        "delta": size(1.0),
        "change": NOTHING,
        "relative_change": NAN,
        "near_limits": NAN,
        "alive": np.zeros(0, bool),
    }
    for part, value in {**defaults, **what}.items():
        times = len(made.iterations)
        setattr(layer, part, value if isinstance(value, list) else [value] * times)
    made.layers.append(layer)
    return layer
