"""Weights that become 0 and stay it: pulled there block by block, cut off there, cut where small.

Weights count as a matrix here: a row for each index of the first axis, an output of a layer.

Wen et al., "Learning Structured Sparsity in Deep Neural Networks", 2016; Park et al., "Faster CNNs
with Direct Sparse Convolutions and Guided Pruning", 2017. In their forks of Caffe (SSL, SkimCaffe):
sgd_solver.cpp, blob.cpp, math_functions.cpp.
"""

from __future__ import annotations

import numpy as np

from blobnet.types import Array


def as_matrix(weights: Array) -> Array:
    """The weights as (length of the first axis, all others); a view."""
    return weights.reshape(weights.shape[0] if weights.ndim else 1, -1)


def group_lasso_pull(weights: Array, rows: int, columns: int) -> Array:
    """What pulls blocks of weights to 0 as a whole: w / |block|, 0 where all of a block is 0.

    rows, columns  the size of a block of the matrix, whose sizes they divide

    This is the gradient of the sum of the blocks' L2 norms.
    """
    matrix = as_matrix(weights)
    height, width = matrix.shape
    blocks = matrix.reshape(height // rows, rows, width // columns, columns)
    norms = np.sqrt(np.square(blocks).sum(axis=(1, 3), keepdims=True))
    pull: Array = np.divide(blocks, norms, out=np.zeros_like(blocks), where=norms != 0)
    return pull.reshape(weights.shape)


def zero_small(weights: Array, threshold: float) -> None:
    """Make 0 all that lies from -threshold to threshold, in place."""
    weights[np.abs(weights) <= threshold] = 0


def zero_small_that_rest(weights: Array, change: Array, threshold: float, factor: float) -> None:
    """`zero_small` by a threshold that is up to `factor` times as large where little has changed.

    change  by how much each weight was changed just now

    The threshold is 1 / (|change| / threshold + 1 / (factor * threshold)).
    """
    limits = 1 / (np.abs(change) / threshold + 1 / (factor * threshold))
    weights[np.abs(weights) <= limits] = 0


def connected(weights: Array) -> Array:
    """1 where a weight is not 0, else 0, in the type of the weights."""
    mask: Array = (weights != 0).astype(weights.dtype)
    return mask


def connected_in_groups(weights: Array, groups: int) -> Array:
    """0 in rows, and in columns of each of `groups` bands of rows, in which all weights are 0."""
    matrix = as_matrix(weights) != 0
    bands = matrix.reshape(groups, matrix.shape[0] // groups, -1)
    kept = bands.any(axis=2, keepdims=True) & bands.any(axis=1, keepdims=True)
    mask: Array = kept.astype(weights.dtype).reshape(weights.shape)
    return mask
