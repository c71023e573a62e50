"""From a list of layer definitions to connected layers: who reads what, who needs a gradient.

The definitions have been upgraded, filtered and split before (see `netdef`). Caffe: Net::Init,
AppendTop, AppendBottom and AppendParam in net.cpp.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from blobnet.blob import Blob
from blobnet.errors import NetError, did_you_mean, explain
from blobnet.layer import Layer
from blobnet.layer_register import create_layer
from blobnet.net.conflicts import give_tops_their_own_diffs
from blobnet.net.memory import keep_needed_values
from blobnet.net.names import check_texts, check_weights_names
from blobnet.net.wired_layer import WiredLayer as WiredLayer
from blobnet.netdef import is_split_of
from blobnet.proto import LayerParameter, NetParameter, ParamSpec, Phase


@dataclass
class Param:
    """One weight blob of one layer; `owner` is set where it shares another layer's memory."""

    blob: Blob
    layer_name: str
    index: int
    name: str
    spec: ParamSpec
    owner: Param | None = None

    @property
    def display_name(self) -> str:
        return self.name or str(self.index)


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
        for param in self.params:
            if param.owner is not None:
                param.blob.share_data(param.owner.blob)
                param.blob.share_diff(param.owner.blob)
        give_tops_their_own_diffs(self.layers, self.params)
        keep_needed_values(self.layers, self.blobs, self.inputs, backward=backward, keep=keep)

    @property
    def owned_params(self) -> list[Param]:
        """The parameters that exist once: those that share another's memory left out."""
        return [param for param in self.params if param.owner is None]

    # --- one layer ----------------------------------------------------------------------------

    def _add_layer(self, layer_param: LayerParameter, rng: np.random.Generator) -> None:
        _check_propagate_down(layer_param)
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
        self._append_params(layer, stated_rates)
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
            raise NetError(
                explain(
                    f"Unknown bottom blob '{name}' (layer '{layer_param.name}', "
                    f"bottom index {index})",
                    expected="a top of a layer further up",
                    fix=did_you_mean(name, self.blobs),
                )
            )
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
            raise self._produced_twice(layer_param, index, name)
        if not in_place:
            self.blobs[name] = Blob(dtype=self._dtype)
            self._blob_needs_backward[name] = False
        wired.top.append(self.blobs[name])
        wired.top_names.append(name)
        if not automatic:
            self._unread.add(name)

    def _produced_twice(self, layer_param: LayerParameter, index: int, name: str) -> NetError:
        """Why a top cannot have this name: another layer makes it, or reads it as it was before."""
        what = f"Top blob '{name}' produced by multiple sources."
        bottom = layer_param.bottom[index] if index < len(layer_param.bottom) else ""
        splits = (w for w in self.layers if is_split_of(w.layer.layer_param_, name))
        shared = next((split for split in splits if bottom in split.top_names), None)
        if shared is None:
            return NetError(
                explain(
                    what,
                    got=f"layer '{layer_param.name}' makes it again",
                    fix="rename the top; a layer that works in place names the same blob as "
                    "bottom and top, at the same position",
                )
            )
        others = [
            f"layer '{layer.name}' reads it too"
            for layer in self._definition.layer
            if any(top in layer.bottom for top in shared.top_names if top != bottom)
        ]
        if any(shared.layer.loss(k) for k in range(len(shared.top))):
            others.append("it counts in the loss: it has a loss_weight")
        return NetError(
            explain(
                f"{what} Layer '{layer_param.name}' cannot work in place on it",
                expected=f"that nobody else reads '{name}' as it was before",
                got=f"'{name}': {'; '.join(others)}",
                fix=f"give layer '{layer_param.name}' a top of another name, and let the layers "
                "behind it read that one",
            )
        )

    def _automatic_name(self) -> str:
        taken = sum(name.startswith("(automatic") for name in self.blobs)
        return f"(automatic {taken + 1})" if taken else "(automatic)"

    # --- parameters ---------------------------------------------------------------------------

    def _append_params(self, layer: Layer, stated_rates: Sequence[float]) -> None:
        """Enlist the layer's weights, and settle which gradients it computes.

        As in Caffe, the gradients go by the rates that the prototxt states (1 for none), the
        solver by what setup made of them: BatchNorm adds rates of 0, but what is under a
        BatchNorm without `param` still gets a gradient.
        """
        specs = layer.layer_param_.param
        if len(stated_rates) > len(layer.blobs_):
            raise NetError(
                explain(
                    f"Too many params specified for layer {layer.name}",
                    expected=f"at most {len(layer.blobs_)}, its number of weight blobs",
                    got=len(stated_rates),
                )
            )
        for index, blob in enumerate(layer.blobs_):
            spec = ParamSpec()
            if index < len(specs):
                spec.CopyFrom(specs[index])
            learns = index >= len(stated_rates) or stated_rates[index] != 0
            layer.param_propagate_down_[index] = learns
            param = Param(blob, layer.name, index, spec.name, spec)
            param.owner = self._owner(spec.name)
            if param.owner is not None:
                _check_sharing(param, param.owner)
            self.params.append(param)

    def _owner(self, name: str) -> Param | None:
        return next((param for param in self.params if name and param.name == name), None)

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


def _check_propagate_down(layer_param: LayerParameter) -> None:
    stated, bottoms = len(layer_param.propagate_down), len(layer_param.bottom)
    if stated not in (0, bottoms):
        raise NetError(
            explain(
                "propagate_down param must be specified either 0 or bottom_size times "
                f"(layer '{layer_param.name}')",
                expected=f"0 or {bottoms} values",
                got=f"{stated} values",
            )
        )


def _check_sharing(param: Param, owner: Param) -> None:
    """Whether `param` may share `owner`'s memory; settles their rates. Raises NetError."""
    permissive = param.spec.share_mode == ParamSpec.PERMISSIVE
    fits = (
        param.blob.count == owner.blob.count if permissive else param.blob.shape == owner.blob.shape
    )
    if not fits:
        raise NetError(
            explain(
                f"Cannot share param '{param.name}' owned by layer '{owner.layer_name}' with "
                f"layer '{param.layer_name}'; {'count' if permissive else 'shape'} mismatch.",
                expected=f"owner layer param shape {owner.blob.shape}",
                got=f"sharing layer shape {param.blob.shape}",
                fix=None if permissive else "share_mode: PERMISSIVE compares the count only",
            )
        )
    for mult in ("lr_mult", "decay_mult"):
        if not param.spec.HasField(mult):
            continue
        value = getattr(param.spec, mult)
        if owner.spec.HasField(mult) and getattr(owner.spec, mult) != value:
            raise NetError(
                explain(
                    f"Shared param '{param.name}' has mismatched {mult}.",
                    expected=f"{getattr(owner.spec, mult)}, as in layer '{owner.layer_name}'",
                    got=f"{value} in layer '{param.layer_name}'",
                )
            )
        setattr(owner.spec, mult, value)


def param_index(layers: Iterable[Layer]) -> dict[str, list[Blob]]:
    """Layer name to its weight blobs; of two layers of one name the first counts, as in Caffe."""
    index: dict[str, list[Blob]] = {}
    for layer in layers:
        if layer.blobs_:
            index.setdefault(layer.name, layer.blobs_)
    return index
