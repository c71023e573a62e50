"""Smoothing along rows and columns, plane by plane; all arrays are flat: see `domain_transform.py`.

sizes  the height and width that are seen of each image
"""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.types import Array


@exact_kernel
def smooth(
    begin: int, end: int, y: Array, weight: Array, sizes: Array, channels: int, height: int,
    width: int, saved: Array, is_saved: int,
) -> None:  # fmt: skip
    """Range(begin, end) counts planes."""
    plane_size, total = height * width, len(y)
    for plane in range(begin, end):
        image, at = plane // channels, plane * plane_size
        rows, columns = sizes[2 * image], sizes[2 * image + 1]
        its = y[at : at + plane_size]
        links = weight[image * plane_size : (image + 1) * plane_size]
        for row in range(rows):
            for column in range(1, columns):
                i = row * width + column
                _draw(its, i, i - 1, links[i], saved, at + i, is_saved)
            for column in range(columns - 2, -1, -1):
                i = row * width + column
                _draw(its, i, i + 1, links[i + 1], saved, total + at + i, is_saved)
        for row in range(1, rows):
            for column in range(columns):
                i = row * width + column
                _draw(its, i, i - width, links[i], saved, 2 * total + at + i, is_saved)
        for row in range(rows - 2, -1, -1):
            for column in range(columns):
                i = row * width + column
                _draw(its, i, i + width, links[i + width], saved, 3 * total + at + i, is_saved)


@exact_kernel
def smooth_backward(
    begin: int, end: int, dx: Array, weight: Array, sizes: Array, channels: int, height: int,
    width: int, saved: Array, d_weight: Array,
) -> None:  # fmt: skip
    """Range(begin, end) counts images."""
    plane_size, total = height * width, len(dx)
    for image in range(begin, end):
        rows, columns = sizes[2 * image], sizes[2 * image + 1]
        first, behind = image * plane_size, (image + 1) * plane_size
        links, d_links = weight[first:behind], d_weight[first:behind]
        for plane in range(image * channels, (image + 1) * channels):
            at = plane * plane_size
            its = dx[at : at + plane_size]
            for row in range(rows - 1):
                for column in range(columns):
                    i = row * width + column
                    _draw_back(
                        its, i, i + width, links, d_links, i + width, saved[3 * total + at + i]
                    )
            for row in range(rows - 1, 0, -1):
                for column in range(columns):
                    i = row * width + column
                    _draw_back(its, i, i - width, links, d_links, i, saved[2 * total + at + i])
            for row in range(rows):
                for column in range(columns - 1):
                    i = row * width + column
                    _draw_back(its, i, i + 1, links, d_links, i + 1, saved[total + at + i])
                for column in range(columns - 1, 0, -1):
                    i = row * width + column
                    _draw_back(its, i, i - 1, links, d_links, i, saved[at + i])


@inlined
def _draw(
    its: Array, i: int, before: int, link: float, saved: Array, place: int, is_saved: int
) -> None:
    difference = its[before] - its[i]
    if is_saved:
        saved[place] = difference
    its[i] += link * difference


@inlined
def _draw_back(
    its: Array, i: int, before: int, links: Array, d_links: Array, link: int, difference: float
) -> None:
    d_links[link] += its[i] * difference
    its[before] += links[link] * its[i]
    its[i] *= 1 - links[link]
