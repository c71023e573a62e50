"""From a list of layer definitions to connected layers: who reads what, who needs a gradient.

The definitions have been upgraded, filtered and split before (see `definitions.py`). Caffe:
Net::Init, AppendTop and AppendBottom in net.cpp.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import DTypeLike

from blobnet.aliasing import give_tops_their_own_diffs, keep_needed_values
from blobnet.arguments import seed_sequence
from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.layer_register import create_layer
from blobnet.need_backward import settle_backward
from blobnet.proto import LayerParameter, NetParameter
from blobnet.weights.names import check_texts, check_weights_names
from blobnet.weights.params import Param, append_params, share_memory_with_owners
from blobnet.wired_layer import WiredLayer
from blobnet.wiring_errors import check_propagate_down, produced_twice, unknown_bottom


class Wiring:
    """The connected layers of a net, in order, with their blobs and parameters."""

    def __init__(
        self,
        net_param: NetParameter,
        *,
        dtype: DTypeLike,
        seed: int | np.random.SeedSequence | None,
        backward: bool = True,
        keep: Collection[str] = (),
    ) -> None:
        self.layers: list[WiredLayer] = []
        self.blobs: dict[str, Blob] = {}
        self.inputs: list[str] = []
        self.params: list[Param] = []
        self._dtype = np.dtype(dtype)
        self._definition = net_param
        self._unread: set[str] = set()  # blobs that no layer has taken as a bottom yet
        self._blob_needs_backward: dict[str, bool] = {}
        seeds = seed_sequence(seed).spawn(len(net_param.layer))
        check_texts(net_param)
        for layer_param, own_seed in zip(net_param.layer, seeds, strict=True):
            self._add_layer(layer_param, np.random.Generator(np.random.PCG64(own_seed)))
        check_weights_names(self.layers, self.params)
        settle_backward(self.layers, force=net_param.force_backward)
        self.outputs = sorted(self._unread)  # alphabetical, as Caffe's logs number them
        share_memory_with_owners(self.params)
        give_tops_their_own_diffs(self.layers, self.params)
        keep_needed_values(self.layers, self.blobs, self.inputs, backward=backward, keep=keep)

    def _add_layer(self, layer_param: LayerParameter, rng: np.random.Generator) -> None:
        check_propagate_down(layer_param)
        layer = create_layer(layer_param, phase=layer_param.phase, dtype=self._dtype, rng=rng)
        wired = WiredLayer(layer)
        for index in range(len(layer_param.bottom)):
            self._append_bottom(wired, index)
        for index in range(self._num_tops(layer)):
            self._append_top(wired, index)
        if layer.is_input:
            self.inputs += wired.top_names
        stated_rates = [spec.lr_mult for spec in layer_param.param]  # setup may add to them
        wired.first_shapes = [blob.shape for blob in wired.bottom]
        layer.initialize(wired.bottom, wired.top)
        self.layers.append(wired)
        append_params(self.params, layer, stated_rates)
        wired.need_backward = any(layer.param_propagate_down_) or any(
            self._blob_needs_backward[name] for name in wired.bottom_names
        )
        if wired.need_backward:
            self._blob_needs_backward.update(dict.fromkeys(wired.top_names, True))

    @staticmethod
    def _num_tops(layer: Layer) -> int:
        stated = len(layer.layer_param_.top)
        if not layer.auto_top_blobs:
            return stated
        return max(stated, layer.min_top_blobs or 0, layer.exact_num_top_blobs or 0)

    def _append_bottom(self, wired: WiredLayer, index: int) -> None:
        layer_param = wired.layer.layer_param_
        name = layer_param.bottom[index]
        if name not in self._unread:
            raise unknown_bottom(layer_param, index, self.blobs)
        self._unread.discard(name)
        wired.bottom.append(self.blobs[name])
        wired.bottom_names.append(name)
        blocked_or_forced = layer_param.propagate_down
        wired.bottom_need_backward.append(
            blocked_or_forced[index] if blocked_or_forced else self._blob_needs_backward[name]
        )

    def _append_top(self, wired: WiredLayer, index: int) -> None:
        layer_param = wired.layer.layer_param_
        automatic = index >= len(layer_param.top)
        name = self._automatic_name() if automatic else layer_param.top[index]
        in_place = layer_param.bottom[index : index + 1] == [name]
        if name in self.blobs and not in_place:
            raise produced_twice(
                layer_param, index, name, above=self.layers, net_param=self._definition
            )
        if not in_place:
            self.blobs[name] = Blob(dtype=self._dtype)
            self._blob_needs_backward[name] = False
        wired.top.append(self.blobs[name])
        wired.top_names.append(name)
        if not automatic:
            self._unread.add(name)

    def _automatic_name(self) -> str:
        taken = sum(name.startswith("(automatic") for name in self.blobs)
        return f"(automatic {taken + 1})" if taken else "(automatic)"
