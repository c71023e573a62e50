"""Statistics over the batches of several processes: those of one batch of them all.

x, dy, y, dx    (N, C, ...)  of this process
mean, inv_std   (C,)         of all
gather          (n,) of float64 -> (processes, n), in the order of processes; None where this
                process is alone
"""

from __future__ import annotations

import numpy as np

from blobnet.layers._gathered import Gather
from blobnet.ops import batch_norm
from blobnet.types import Array


def moments(x: Array, gather: Gather | None) -> tuple[int, Array, Array]:
    """How many values each channel has in all, their mean, and their variance (divided by them).

    From each process's own moments, so that nothing is lost where a mean is large: Chan, Golub and
    LeVeque, 1979.
    """
    channels = x.shape[1]
    mean, variance = batch_norm.moments(x)
    count = x.size // max(channels, 1)
    if gather is None:
        return count, mean, variance
    of_all = gather(np.concatenate([[count], mean, variance]))
    counts = of_all[:, :1]
    means, variances = of_all[:, 1 : 1 + channels], of_all[:, 1 + channels :]
    total = max(counts.sum(), 1)
    mean = (counts * means).sum(axis=0) / total
    variance = (counts * (variances + (means - mean) ** 2)).sum(axis=0) / total
    return int(counts.sum()), mean, variance


def standardize(
    x: Array, eps: float, gather: Gather | None, out: Array, saved: Array | None = None
) -> tuple[int, Array, Array, Array]:
    """out = (x - mean) * inv_std; see `batch_norm.standardize`.

    Returns how many values each channel has in all, (mean, variance, inv_std).
    """
    if gather is None:
        count = x.size // max(x.shape[1], 1)
        return count, *batch_norm.standardize(x, eps, out=out, saved=saved)
    if saved is not None:
        np.copyto(saved, x)
    count, mean, variance = moments(x, gather)
    inv_std = batch_norm.inverse_std(variance, eps)
    batch_norm.normalize(x, mean, inv_std, out=out)
    return count, mean, variance, inv_std


def gradient(
    x: Array, dy: Array, mean: Array, inv_std: Array, gather: Gather | None, out: Array
) -> None:
    """dx = (dy - mean(dy) - y * mean(dy * y)) * inv_std, the means taken over all batches."""
    if gather is None:
        batch_norm.gradient(x, dy, mean, inv_std, out=out)
        return
    by_channel = (slice(None), *[None] * (x.ndim - 2))
    y = (x - mean[by_channel]) * inv_std[by_channel]
    of_dy, of_product = means_of_gradients(y, dy, gather)
    change = dy - of_dy[by_channel] - y * of_product[by_channel]
    np.multiply(change, inv_std[by_channel], out=out, casting="same_kind")


def means_of_gradients(y: Array, dy: Array, gather: Gather) -> tuple[Array, Array]:
    """The means of dy and of dy * y, channel by channel, over all batches."""
    places = (0, *range(2, y.ndim))
    sums = dy.sum(axis=places, dtype=np.float64), (dy * y).sum(axis=places, dtype=np.float64)
    count = y.size // max(y.shape[1], 1)
    of_all = gather(np.concatenate([[count], *sums])).sum(axis=0)
    of_dy, of_product = np.split(of_all[1:] / max(of_all[0], 1), 2)
    return of_dy, of_product
