"""Gather: collects the batches of all processes; here there is one process."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.utility._shared_tops import SharedTops


@register_layer("Gather")
class Gather(SharedTops):
    """The bottoms as they are, as in a fork of Caffe that runs without MPI.

    bottom[i]  x_i: any shape
    top[i]     y_i: the same shape

    Where several processes train one net, it collects the batches of all processes. Here one
    process has the whole batch.

    Proto: none.  Caffe: gather_layer.cpp of TSN (yjxiong/caffe, branch action_recog).
    """
