"""Which layers run backward, and for which bottoms: no gradient where no loss can feel it.

Caffe: the second half of Net::Init in net.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blobnet.wired_layer import WiredLayer


def settle_backward(layers: Sequence[WiredLayer], *, force: bool) -> None:
    """Take back what of a wiring's need of gradients comes to nothing.

    layers  in order; those below weights that learn, or told by `propagate_down`, need backward
    force   whether the net's `force_backward` asks for every gradient that a layer allows
    """
    _prune(layers)
    if force:
        _force(layers)
    for wired in layers:
        wired.layer.need_backward = wired.need_backward


def _prune(layers: Sequence[WiredLayer]) -> None:
    under_loss: set[str] = set()
    skipped: set[str] = set()
    for wired in reversed(layers):
        contributes = any(
            wired.layer.loss(index) or name in under_loss
            for index, name in enumerate(wired.top_names)
        )
        if contributes:
            under_loss.update(wired.bottom_names)
        gets_nothing = wired.need_backward and all(name in skipped for name in wired.top_names)
        if gets_nothing or not contributes:
            wired.need_backward = False
            wired.bottom_need_backward = [False] * len(wired.bottom)
        needed = zip(wired.bottom_names, wired.bottom_need_backward, strict=True)
        skipped.update(name for name, is_needed in needed if not is_needed)


def _force(layers: Iterable[WiredLayer]) -> None:
    for wired in layers:
        wired.need_backward = True
        for index in range(len(wired.bottom)):
            wired.bottom_need_backward[index] |= wired.layer.allow_force_backward(index)
        wired.layer.param_propagate_down_ = [True] * len(wired.layer.blobs_)
