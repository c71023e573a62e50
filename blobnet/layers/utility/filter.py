"""Filter: lets only some items of a batch pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.utility._channel_filter import ChannelFilter
from blobnet.ops.rows import Indices, take_rows


@register_layer("Filter")
class Filter(Layer):
    """The items of one or several batches that a selector marks.

    bottom[i]   x_i: (N, ...)
    bottom[-1]  selector: (N,), (N, 1), ...  an item passes where it is not 0
    top[i]      y_i: (M, ...)  the M items of x_i that pass, in their order

    M is known when the selector is: at setup the tops have all N items, in every later reshape
    as many as the selector marks then. That may be none: the tops' first axis is 0.

    With `filter_param`, as in channel pruning, there is no selector: of every bottom those channels
    pass, along `axis`, that blobs_[0] marks, and `num_output` says how many. It is no weight that
    learns, and first marks the first ones.

    blobs_[0]   (C,)  channels that pass are not 0; with `filter_param` alone

    Proto: FilterParameter.  Caffe: filter_layer.cpp, also that of yihui-he/caffe-pro.
    """

    formula = "y = the items of x whose selector is not 0"
    gradient_formula = "dx_i = dy_i for items that passed, 0 for the others;  none to the selector."

    min_bottom_blobs = 1
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        has_weight = self.layer_param_.HasField("filter_param")
        if not has_weight and len(bottom) < 2:
            raise self.error(
                "Filter Layer takes at least 2 bottom blob(s) as input.",
                got=f"{len(bottom)} and no filter_param",
                fix="add the selector as last bottom",
            )
        if len(top) != len(bottom) - (not has_weight):
            raise self.error(
                "every bottom makes one top"
                if has_weight
                else "every bottom but the last, the selector, makes one top",
                expected=f"{len(bottom) - (not has_weight)} tops",
                got=len(top),
            )
        refuse_in_place(self, bottom, top)
        self._channels = ChannelFilter(self, bottom) if has_weight else None
        self._num_top = len(top)
        self._chosen: Indices | None = None  # of the last reshape; None until setup is over

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._channels is not None:
            self._channels.reshape(bottom, top)
            return
        items, selector = bottom[:-1], bottom[-1]
        self._check_shapes(items, selector)
        num = selector.shape[0]
        if self._chosen is None:  # nothing has computed the selector yet
            self._chosen = np.arange(num)
        else:
            self._chosen = self._read(selector)
            num = len(self._chosen)
        for x, y in zip(items, top, strict=True):
            y.reshape((num, *x.shape[1:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._channels is not None:
            self._channels.forward(bottom, top)
            return
        for x, y in zip(bottom[:-1], top, strict=True):
            take_rows(x.data, self._passed(), out=y.data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._channels is not None:
            self._channels.backward(top, propagate_down, bottom)
            return
        if propagate_down[-1]:
            raise self.error(
                f"{self.type} Layer cannot backpropagate to filter index inputs",
                fix="write `propagate_down: false` for the last bottom of this layer",
            )
        for x, y, wanted in zip(bottom, top, propagate_down, strict=False):
            if wanted:
                x.diff.fill(0)
                x.diff[self._passed()] = y.diff

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < self._num_top  # the last bottom is the selector, if there is one

    # --- helpers ------------------------------------------------------------------------------

    def _passed(self) -> Indices:
        return self._chosen if self._chosen is not None else np.empty(0, np.intp)

    def _check_shapes(self, items: Blobs, selector: Blob) -> None:
        if not selector.num_axes or selector.count(1) != 1:
            raise self.error(
                "Selector blob dimensions must be singletons (1), except the first",
                expected="one number for each item: shape (N,) or (N, 1)",
                got=f"shape {selector.shape}",
            )
        for index, blob in enumerate(items):
            if blob.shape[:1] != selector.shape[:1]:
                raise self.error(
                    "Each bottom should have the same 0th dimension as the selector blob",
                    expected=f"{selector.shape[0]} items, as the selector has",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )

    def _read(self, selector: Blob) -> Indices:
        marks = selector.data.reshape(-1)
        unclear = np.flatnonzero(np.isnan(marks))
        if unclear.size:
            raise self.error(
                "the selector must say of every item whether it passes",
                expected="0 or another number",
                got=f"nan for item {unclear[0]}",
            )
        return np.flatnonzero(marks)
