"""Tile: repeats a blob along one axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Tile")
class Tile(Layer):
    """Copies along `axis` (1 unless stated), `tiles` in all: a b c, a b c, ...

    In the fork of bottom-up attention, `tiles_from_axis` says of which of x's axes the length is
    the number of tiles.

    bottom[0]  x: any shape that has the axis
    top[0]     y: that shape, the axis `tiles` times as long

    Proto: TileParameter.  Caffe: tile_layer.cpp.
    """

    formula = "y = x, x, ... one behind the other"
    gradient_formula = "dx = the sum of dy over the copies."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.tile_param
        if param.HasField("tiles_from_axis"):
            return
        if not param.HasField("tiles"):
            raise self.error(
                "Number of tiles must be specified", fix="write tile_param { tiles: 2 }, say"
            )
        if param.tiles < 1:
            raise self.error("Number of tiles must be positive.", got=f"tiles: {param.tiles}")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param, x = self.layer_param_.tile_param, bottom[0]
        axis, tiles = x.canonical_axis(param.axis), param.tiles
        if param.HasField("tiles_from_axis"):
            tiles = x.shape[x.canonical_axis(param.tiles_from_axis)]
        if tiles < 1:
            raise self.error("Number of tiles must be positive.", got=f"bottom shape {x.shape}")
        top[0].reshape((*x.shape[:axis], x.shape[axis] * tiles, *x.shape[axis + 1 :]))
        self._seen_as = (x.count(0, axis), tiles, x.count(axis))  # y: outer, copies, inner

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        outer, _, inner = self._seen_as
        top[0].data.reshape(self._seen_as)[...] = bottom[0].data.reshape(outer, 1, inner)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            outer, _, inner = self._seen_as
            dx = bottom[0].diff.reshape(outer, inner)
            np.sum(top[0].diff.reshape(self._seen_as), axis=1, out=dx)
