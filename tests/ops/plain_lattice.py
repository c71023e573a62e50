"""A Gaussian filter by a permutohedral lattice, point by point."""

from __future__ import annotations

import math

import numpy as np


def plain(x, features):
    """The lattice point by point, in Python's numbers, as the paper tells it (section 3)."""
    d = features.shape[1]
    held, shares = {(0,) * (d + 1): 0.0} if len(features) % 4 else {}, []
    if held:  # what stands at the origin touches all corners of its simplex
        held = dict.fromkeys(corners_of([0.0] * d), 0.0)
    for value, point in zip(x, features, strict=True):
        its = corners_of(map(float, point))
        shares.append(its)
        for corner, share in its.items():
            held[corner] = held.get(corner, 0.0) + share * value
    for direction in range(d + 1):
        step = [-1] * (d + 1)
        step[direction] = d
        held = {
            corner: value
            + sum(
                0.5 * held.get(tuple(c + sign * s for c, s in zip(corner, step, strict=True)), 0.0)
                for sign in (1, -1)
            )
            for corner, value in held.items()
        }
    alpha = 1 / (1 + 2**-d)
    return [alpha * sum(share * held[corner] for corner, share in its.items()) for its in shares]


def corners_of(point):
    """The corners of the simplex that a point is in, with its shares."""
    f = list(point)
    d = len(f)
    scaled = [
        v * math.sqrt(2 / 3) * (d + 1) / math.sqrt((i + 1) * (i + 2)) for i, v in enumerate(f)
    ]
    elevated = [sum(scaled[i:]) - (i * scaled[i - 1] if i else 0) for i in range(d + 1)]
    origin = [round(v / (d + 1)) * (d + 1) for v in elevated]
    excess = sum(origin) // (d + 1)
    order = sorted(range(d + 1), key=lambda i: origin[i] - elevated[i])  # farthest above first
    for i in order[d + 1 - excess :] if excess > 0 else order[:-excess]:
        origin[i] -= (d + 1) if excess > 0 else -(d + 1)
    order = sorted(range(d + 1), key=lambda i: origin[i] - elevated[i])
    ys = [(elevated[i] - origin[i]) / (d + 1) for i in order]
    shares = [1 - ys[0] + ys[-1]] + [ys[d - k] - ys[d - k + 1] for k in range(1, d + 1)]
    corners = {}
    for k, share in enumerate(shares):
        corner = list(origin)
        for rank, i in enumerate(order):
            corner[i] += k if rank <= d - k else k - (d + 1)
        corners[tuple(corner)] = share
    return corners


def places(height, width, std):
    """The column and row of each pixel of an image, in so many pixels."""
    return np.array([[j / std, i / std] for i in range(height) for j in range(width)], "f4")
