"""BatchNorm's statistics over the batches of several processes: those of one batch of them all.

x, dy, dx       (N, C, ...)  of this process
mean, inv_std   (C,)         of all
gather          (n,) of float64 -> (processes, n), in the order of processes
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.ops import batch_norm
from blobnet.types import Array

Gather = Callable[[Array], Array]


def moments_of_all(x: Array, gather: Gather) -> tuple[int, Array, Array]:
    """How many values each channel has in all, their mean, and their variance (divided by them).

    From each process's own moments, so that nothing is lost where a mean is large: Chan, Golub and
    LeVeque, 1979.
    """
    channels = x.shape[1]
    mean, variance = batch_norm.moments(x)
    count = x.size // max(channels, 1)
    of_all = gather(np.concatenate([[count], mean, variance]))
    counts = of_all[:, :1]
    means, variances = of_all[:, 1 : 1 + channels], of_all[:, 1 + channels :]
    total = max(counts.sum(), 1)
    mean = (counts * means).sum(axis=0) / total
    variance = (counts * (variances + (means - mean) ** 2)).sum(axis=0) / total
    return int(counts.sum()), mean, variance


def gradient_of_all(
    x: Array, dy: Array, mean: Array, inv_std: Array, gather: Gather, out: Array
) -> None:
    """dx = (dy - mean(dy) - y * mean(dy * y)) * inv_std, the means taken over all batches."""
    places = (0, *range(2, x.ndim))
    by_channel = (slice(None), *[None] * (x.ndim - 2))
    y = (x - mean[by_channel]) * inv_std[by_channel]
    sums = dy.sum(axis=places, dtype=np.float64), (dy * y).sum(axis=places, dtype=np.float64)
    count = x.size // max(x.shape[1], 1)
    of_all = gather(np.concatenate([[count], *sums])).sum(axis=0)
    of_dy, of_product = np.split(of_all[1:] / max(of_all[0], 1), 2)
    gradient = dy - of_dy[by_channel] - y * of_product[by_channel]
    np.multiply(gradient, inv_std[by_channel], out=out, casting="same_kind")
