"""From a list of layer definitions to connected layers: who reads what, who needs a gradient.

The definitions have been upgraded, filtered and split before (see `netdef`). Caffe: Net::Init,
AppendTop, AppendBottom and AppendParam in net.cpp.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import DTypeLike

from blobnet.aliasing import give_tops_their_own_diffs, keep_needed_values
from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.layer_register import create_layer
from blobnet.proto import LayerParameter, NetParameter, Phase
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
        phase: Phase,
        dtype: DTypeLike,
        seeds: np.random.SeedSequence,
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
        check_texts(net_param)
        for layer_param, seed in zip(
            net_param.layer, seeds.spawn(len(net_param.layer)), strict=True
        ):
            if not layer_param.HasField("phase"):
                layer_param.phase = phase
            self._add_layer(layer_param, np.random.Generator(np.random.PCG64(seed)))
        check_weights_names(self.layers, self.params)
        self._prune_backward()
        if net_param.force_backward:
            self._force_backward()
        for wired in self.layers:
            wired.layer.need_backward = wired.need_backward
        self.outputs = sorted(self._unread)  # alphabetical, as Caffe's logs number them
        share_memory_with_owners(self.params)
        give_tops_their_own_diffs(self.layers, self.params)
        keep_needed_values(self.layers, self.blobs, self.inputs, backward=backward, keep=keep)

    @property
    def owned_params(self) -> list[Param]:
        """The parameters that exist once: those that share another's memory left out."""
        return [param for param in self.params if param.owner is None]

    # --- one layer ----------------------------------------------------------------------------

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
        stated_rates = [spec.lr_mult for spec in layer_param.param]
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

    # --- who needs a gradient -----------------------------------------------------------------

    def _prune_backward(self) -> None:
        """From the last layer to the first: no gradient where no loss can feel it."""
        under_loss: set[str] = set()
        skipped: set[str] = set()
        for wired in reversed(self.layers):
            contributes = any(
                wired.layer.loss(index) or name in under_loss
                for index, name in enumerate(wired.top_names)
            )
            if wired.need_backward and all(name in skipped for name in wired.top_names):
                wired.need_backward = False
                wired.bottom_need_backward = [False] * len(wired.bottom)
            if contributes:
                under_loss.update(wired.bottom_names)
            else:
                wired.need_backward = False
                wired.bottom_need_backward = [False] * len(wired.bottom)
            skipped.update(
                name
                for name, needed in zip(wired.bottom_names, wired.bottom_need_backward, strict=True)
                if not needed
            )

    def _force_backward(self) -> None:
        for wired in self.layers:
            wired.need_backward = True
            for index in range(len(wired.bottom)):
                wired.bottom_need_backward[index] |= wired.layer.allow_force_backward(index)
            wired.layer.param_propagate_down_ = [True] * len(wired.layer.blobs_)
