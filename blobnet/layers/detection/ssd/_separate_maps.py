"""Predictions of several maps, not joined by a Concat, as Synopsys' DetectionOutput takes them."""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.proto import DetectionOutputParameter
from blobnet.types import Array

_FIELDS = ("no_permute", "ratio_permute", "nbottom")
_RATIOS = 6
"""`ratio0` to `ratio5`: maps with more are not in the fork's reach."""


def are_separate(param: DetectionOutputParameter, num_bottom: int) -> bool:
    """Whether there are scores and locations for each map, and in that order."""
    return num_bottom > 5 or any(param.HasField(name) for name in _FIELDS)


class SeparateMaps:
    """Joins the bottoms of such a layer to the three of SSD's: locations, scores, priors.

    n = `nbottom` maps: scores of each, locations of each, then priors of all, or of each.
    P = the priors of a map, C classes, L = 1 or C classes with boxes of their own.

    neither word     scores (N, P * C), locations (N, P * L * 4), as for SSD
    `no_permute`     scores (N, C, R, H * W), locations (N, R * L * 4, H, W), of R boxes a place, as
                     convolutions make them
    `ratio_permute`  scores (N, C * P), locations (N, 4 * P), flat in that order; R is `ratio0` for
                     the first map and so on

    With either word, priors for all maps are PriorBox's, box by box of each place; they are put
    into the order of the maps, all places of the first box first. Priors for each map have with
    `ratio_permute` that order already, and all x1 come first, then all y1, x2 and y2.
    """

    def __init__(self, layer: Layer, num_bottom: int) -> None:
        self._layer, self._param = layer, layer.layer_param_.detection_output_param
        param, n = self._param, self._param.nbottom
        self._classes = 1 if param.share_location else param.num_classes
        self._has_own_priors = num_bottom == 3 * n and n > 1
        if n < 1 or not (self._has_own_priors or num_bottom == 2 * n + 1):
            raise layer.error(
                "the bottoms are not those of nbottom maps",
                expected=f"{2 * n + 1} or {3 * n}: scores and locations of {n} maps, and priors",
                got=f"{num_bottom} bottoms, nbottom: {n}",
            )
        wrong = ""
        if param.no_permute and (param.ratio_permute or self._has_own_priors):
            wrong = "no_permute goes neither with ratio_permute nor with priors for each map"
        elif param.ratio_permute and (n > _RATIOS or self._classes > 1):
            wrong = f"ratio_permute goes with share_location, and at most {_RATIOS} maps"
        if wrong:
            raise layer.error(wrong, got=f"nbottom: {n} and {num_bottom} bottoms")
        self._joined = [Blob(dtype=layer.dtype) for _ in range(3)]

    def reshape(self, bottom: Blobs) -> Blobs:
        """The three blobs in their shapes. Raises the layer's error where bottoms do not fit."""
        n = self._param.nbottom
        N = bottom[0].num
        for index in range(n):
            self._check(bottom, index)
        self._counts = [self._count(bottom[n + index]) for index in range(n)]
        self._boxes = [self._boxes_per_place(bottom, *pair) for pair in enumerate(self._counts)]
        total = sum(self._counts)
        priors = sum(blob.count for blob in bottom[2 * n :])
        if priors != 8 * total:
            expected = f"{8 * total} values, for {total} locations of all maps"
            got = f"{priors} in {[blob.shape for blob in bottom[2 * n :]]}"
            raise self._layer.error("the priors do not fit", expected=expected, got=got)
        self._joined[0].reshape((N, total * self._classes * 4))
        self._joined[1].reshape((N, total * self._param.num_classes))
        self._joined[2].reshape((1, 2, total * 4))
        return self._joined

    def joined(self, bottom: Blobs) -> Blobs:
        """The three blobs, filled from the bottoms."""
        n, ends = self._param.nbottom, np.cumsum(self._counts)
        N = bottom[0].num
        total = int(ends[-1])
        locations = self._joined[0].data.reshape(N, total, self._classes, 4)
        scores = self._joined[1].data.reshape(N, total, self._param.num_classes)
        priors = self._joined[2].data.reshape(2, -1, 4)
        for index, (count, end) in enumerate(zip(self._counts, ends, strict=True)):
            part = slice(end - count, end)
            scores[:, part] = self._scores(bottom[index].data, count)
            locations[:, part] = self._locations(bottom[n + index].data, count)
            if self._has_own_priors:
                own = bottom[2 * n + index].data
                if self._param.ratio_permute:
                    priors[:, part] = own.reshape(2, 4, count).transpose(0, 2, 1)
                else:
                    priors[:, part] = own.reshape(2, count, 4)
            else:
                of_all = bottom[2 * n].data.reshape(2, -1, 4)
                priors[:, part] = _by_box(of_all[:, part], self._boxes[index])
        return self._joined

    def _scores(self, x: Array, count: int) -> Array:
        """(N, P, C)"""
        classes = self._param.num_classes
        if self._param.no_permute or self._param.ratio_permute:
            by_class: Array = x.reshape(len(x), classes, count).transpose(0, 2, 1)
            return by_class
        by_prior: Array = x.reshape(len(x), count, classes)
        return by_prior

    def _locations(self, x: Array, count: int) -> Array:
        """(N, P, L, 4)"""
        its: Array = x
        if self._param.ratio_permute:
            its = x.reshape(len(x), 4, count).transpose(0, 2, 1)
        elif self._param.no_permute:
            places = math.prod(x.shape[2:])
            boxes = count // max(places, 1)
            its = x.reshape(len(x), boxes, self._classes, 4, places).transpose(0, 1, 4, 2, 3)
        return its.reshape(len(x), count, self._classes, 4)

    def _count(self, location: Blob) -> int:
        return location.count(1) // (4 * self._classes)

    def _boxes_per_place(self, bottom: Blobs, index: int, count: int) -> int:
        """R; 1 where priors are in the order of the maps already."""
        if self._param.no_permute:
            return max(count // max(math.prod(bottom[self._param.nbottom + index].shape[2:]), 1), 1)
        if not self._param.ratio_permute:
            return 1
        ratio = int(getattr(self._param, f"ratio{index}"))
        if ratio < 1 or count % ratio:
            expected = f"a divisor of the {count} priors of map {index}"
            raise self._layer.error(f"ratio{index} does not fit", expected=expected, got=ratio)
        return ratio

    def _check(self, bottom: Blobs, index: int) -> None:
        """Raise the layer's error where the scores and locations of a map do not fit."""
        score, location = bottom[index], bottom[self._param.nbottom + index]
        axes = 4 if self._param.no_permute else 1
        fits = min(score.num_axes, location.num_axes) >= axes
        fits = fits and score.num == location.num == bottom[0].num
        if fits:
            count = self._count(location)
            fits = location.count(1) == count * 4 * self._classes
            fits = fits and score.count(1) == count * self._param.num_classes
        if fits and axes == 4:
            boxes, rest = divmod(location.shape[1], 4 * self._classes)
            its = (self._param.num_classes, boxes, math.prod(location.shape[2:]))
            fits = not rest and score.shape[1:] == its
        if not fits:
            raise self._layer.error(
                f"scores and locations of map {index} do not fit",
                expected=f"{self._param.num_classes} scores for every {4 * self._classes} values "
                f"of locations, {bottom[0].num} images" + (", 4 axes" if axes == 4 else ""),
                got=f"shapes {score.shape} and {location.shape}",
            )


def _by_box(priors: Array, boxes: int) -> Array:
    """(2, places * boxes, 4), box by box of each place, as place by place of each box."""
    places = priors.shape[1] // boxes
    turned: Array = priors.reshape(2, places, boxes, 4).transpose(0, 2, 1, 3)
    return turned.reshape(priors.shape)
