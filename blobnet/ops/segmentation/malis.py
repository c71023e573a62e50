"""MALIS: which edges of a graph decide whether two pixels end up in one segment.

Turaga et al., "Maximin affinity learning of image segmentation", 2009.
Caffe: malis_loss_layer.cpp of the OpenCL branch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blobnet.types import Array, Shape

Indices = NDArray[np.intp]


def malis(
    affinity: Array, labels: Array, offsets: NDArray[np.integer], *, positive: bool
) -> tuple[float, Array]:
    """The loss over all pairs of labelled pixels of one segment, or else of two, and its slopes.

    affinity  (E, *size)  of each pixel with the one at offsets[e] from it
    labels    (*size)     the segment of each pixel; 0 is none
    offsets   (E, axes of size)
    positive  pairs of one segment, which want an affinity of 1; else of two, which want 0

    The affinity of two pixels is the largest that a path between them has in its weakest edge: an
    edge of the maximum spanning tree. Each such edge adds the square of what it lacks, times the
    pairs that it joins. Returns the sum over edges / pairs, and (E, *size) what each edge lacks
    times its share of the pairs; 0 without any pair.
    """
    slopes = np.zeros(affinity.shape)
    sizes, segments = _segments(labels)
    among = float((sizes * (sizes - 1)).sum()) / 2
    total = float(sizes.sum())
    pairs = among if positive else total * (total - 1) / 2 - among
    if pairs <= 0:
        return 0.0, slopes
    loss, flat, values = 0.0, slopes.reshape(-1), affinity.reshape(-1)
    for edge, joined_alike, joined in _spanning_tree(affinity, segments, offsets):
        lacks = (1.0 if positive else 0.0) - float(values[edge])
        share = (joined_alike if positive else joined - joined_alike) / pairs
        if share:
            loss += lacks * lacks * share
            flat[edge] = lacks * share
    return loss, slopes


def _segments(labels: Array) -> tuple[NDArray[np.float64], list[int]]:
    """How many pixels each segment has, and the segment of each pixel, -1 for none."""
    flat = labels.reshape(-1)
    is_labelled = flat != 0
    segments = np.full(flat.size, -1)
    segments[is_labelled] = np.unique(flat[is_labelled], return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(segments[is_labelled]).astype(np.float64)
    return sizes, segments.tolist()


def _spanning_tree(
    affinity: Array, segments: list[int], offsets: NDArray[np.integer]
) -> list[tuple[int, int, int]]:
    """The edges of the maximum spanning tree: its index, and how many pairs of labelled pixels it
    joins, those of one segment and all. Of equal edges the first counts first.
    """
    edges, begins, ends = _edges(affinity.shape[1:], offsets)
    order = np.argsort(-affinity.reshape(-1)[edges], kind="stable")
    parents = list(range(len(segments)))
    counts: list[dict[int, int]] = [{one: 1} if one >= 0 else {} for one in segments]
    labelled = [sum(count.values()) for count in counts]
    found = []
    rows = zip(edges[order].tolist(), begins[order].tolist(), ends[order].tolist(), strict=True)
    for edge, begin, end in rows:
        root, other = _root(parents, begin), _root(parents, end)
        if root == other:
            continue
        if len(counts[root]) < len(counts[other]):
            root, other = other, root
        few, many = counts[other], counts[root]
        alike = sum(number * many.get(segment, 0) for segment, number in few.items())
        found.append((edge, alike, labelled[root] * labelled[other]))
        parents[other] = root
        for segment, number in few.items():
            many[segment] = many.get(segment, 0) + number
        labelled[root] += labelled[other]
        few.clear()
    return found


def _edges(size: Shape, offsets: NDArray[np.integer]) -> tuple[Indices, Indices, Indices]:
    """Of all edges within `size`: the index in the affinities, and the two pixels."""
    index = np.arange(int(np.prod(size))).reshape(size)
    none = np.zeros(0, np.intp)
    edges, begins, ends = [none], [none], [none]
    for number, offset in enumerate(offsets.tolist()):
        here = tuple(
            slice(max(0, -o), max(0, n - max(0, o))) for o, n in zip(offset, size, strict=True)
        )
        there = tuple(
            slice(max(0, o), max(0, n - max(0, -o))) for o, n in zip(offset, size, strict=True)
        )
        begins.append(index[here].reshape(-1))
        ends.append(index[there].reshape(-1))
        edges.append(begins[-1] + number * index.size)
    return np.concatenate(edges), np.concatenate(begins), np.concatenate(ends)


def _root(parents: list[int], node: int) -> int:
    """Whose tree a node is in; the way there gets shorter."""
    while parents[node] != node:
        parents[node] = node = parents[parents[node]]
    return node
