"""HyperColumns: what several maps say of single pixels, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array

_Index = NDArray[np.intp]


class _Corner(NamedTuple):
    """One of the four values that a point is mixed from: where it is, and its share."""

    row: _Index
    column: _Index
    share: Array


@register_layer("HyperColumns")
class HyperColumns(Layer):
    """For pixels of a map of normals, the values that smaller maps have there.

    bottom[0]  normals: (N, K, H, W)
    bottom[i]  x_i: (N, C_i, h, w)  s = H / h, rounded down, times smaller along both axes
    top[0]     columns: (N M, sum of C_i)  M pixels of each image
    top[1]     normal: (N M, K)            that of each

    Without `is_train` they are all pixels, row by row: M = H W. With it, M = `sample_num` that are
    drawn at random from those whose normal is neither 0 nor NaN anywhere. A pixel (i, j) lies in
    x_i at ((i - p) / s, (j - p) / s), p = (s - 1) / 2, and is mixed from the four values around it;
    beyond the border the value at the border counts. Of `skip_ratio` only 1 is known.

    (The CPU code of the fork takes the k-th pixel from image k mod M, and is right for no batch; it
    draws one pixel more for each image.)

    Proto: HyperColumnsParameter.  Caffe: hypercolumns_layer.cpp of JiangQH's fork, for
    JiangQH/Hypercolumns-Based-Surface-Normal-Recovery.
    """

    formula = "Each column is mixed, map by map, from the four values around its pixel."
    gradient_formula = "Each dcolumn goes to the values it was mixed from, by their shares."

    min_bottom_blobs = 2
    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.hypercolumns_param
        if param.skip_ratio != 1:
            raise self.error("only a skip_ratio of 1 is known", got=param.skip_ratio)
        if param.is_train and param.sample_num < 1:
            raise self.error("sample_num must be positive", got=param.sample_num)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, shape = self.layer_param_.hypercolumns_param, bottom[0].shape
        for index, blob in enumerate(bottom):
            fits = blob.num_axes == 4 and blob.shape[:1] == shape[:1] and min(blob.shape[2:]) > 0
            if not fits or blob.shape[2] > shape[2]:
                raise self.error(
                    "a map does not fit",
                    expected=f"shape ({shape[0] if shape else 'N'}, C, h, w), no higher than "
                    "bottom[0]",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
        self._size = shape[2:]
        self._count = param.sample_num if param.is_train else shape[2] * shape[3]
        points = shape[0] * self._count
        top[0].reshape((points, sum(blob.shape[1] for blob in bottom[1:])))
        top[1].reshape((points, shape[1]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._pixels = pixels = self._chosen(bottom[0].data)
        rows, columns = np.divmod(pixels, self._size[1])
        images = self._images(len(pixels))
        self._split(top[1].data)[...] = bottom[0].data[images, :, rows, columns]
        for blob, part in zip(bottom[1:], self._parts(bottom, top[0].data), strict=True):
            part[...] = 0
            for row, column, share in self._corners(blob.shape):
                part += blob.data[images, :, row, column] * share[..., None]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)
        images = self._images(len(self._pixels))
        parts = self._parts(bottom, top[0].diff)
        for blob, part, is_wanted in zip(bottom[1:], parts, propagate_down[1:], strict=True):
            if not is_wanted:
                continue
            blob.diff.fill(0)
            for row, column, share in self._corners(blob.shape):
                channel = np.arange(blob.shape[1])
                at = images[..., None], channel, row[..., None], column[..., None]
                np.add.at(blob.diff, at, part * share[..., None])

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index > 0

    # --- helpers ------------------------------------------------------------------------------

    def _chosen(self, normals: Array) -> _Index:
        """(N, M) numbers of pixels."""
        flat = normals.reshape(*normals.shape[:2], self._size[0] * self._size[1])
        if not self.layer_param_.hypercolumns_param.is_train:
            return np.broadcast_to(np.arange(flat.shape[2]), (len(flat), flat.shape[2]))
        known = ~np.isnan(flat).any(axis=1) & (flat != 0).any(axis=1)
        if (fewest := int(known.sum(axis=1).min(initial=self._count))) < self._count:
            raise self.error(
                "too few pixels have a normal",
                expected=f"{self._count} in each image (sample_num)",
                got=fewest,
            )
        drawn = [self.rng.permutation(np.flatnonzero(row))[: self._count] for row in known]
        return np.array(drawn, np.intp).reshape(len(flat), self._count)

    def _images(self, num: int) -> _Index:
        return np.broadcast_to(np.arange(num)[:, None], (num, self._count))

    def _split(self, values: Array) -> Array:
        """The rows of a top, image by image."""
        return values.reshape(len(values) // self._count, self._count, values.shape[1])

    def _parts(self, bottom: Blobs, columns: Array) -> Iterator[Array]:
        """The part of the columns that each map has."""
        by_image, begin = self._split(columns), 0
        for blob in bottom[1:]:
            end = begin + blob.shape[1]
            yield by_image[..., begin:end]
            begin = end

    def _corners(self, shape: tuple[int, ...]) -> Iterator[_Corner]:
        scale = self._size[0] // shape[2]
        places = np.divmod(self._pixels, self._size[1])
        (top, down), (left, right) = (
            self._neighbours(place, scale, size)
            for place, size in zip(places, shape[2:], strict=True)
        )
        for row, share in (top, down):
            for column, other in (left, right):
                yield _Corner(row, column, share * other)

    def _neighbours(
        self, place: _Index, scale: int, size: int
    ) -> tuple[tuple[_Index, Array], tuple[_Index, Array]]:
        """The places before and behind one, along an axis, with their shares."""
        at = (place - (scale - 1) / 2) / scale
        before = np.clip(np.floor(at).astype(np.intp), 0, size - 1)
        behind = np.clip(np.ceil(at).astype(np.intp), before, size - 1)
        share = np.where(behind > before, at - before, 0).astype(self.dtype)
        return (before, 1 - share), (behind, share)
