"""Which weight blobs a net has, and which of its layers share one memory.

Caffe: Net::AppendParam in net.cpp.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.layer import Layer
from blobnet.proto import ParamSpec


@dataclass
class Param:
    """One weight blob of one layer; `owner` is set where it shares another layer's memory.

    loads  how often its values have been loaded
    """

    blob: Blob
    layer_name: str
    index: int
    name: str
    spec: ParamSpec
    owner: Param | None = None
    loads: int = 0

    @property
    def display_name(self) -> str:
        return self.name or str(self.index)


def append_params(params: list[Param], layer: Layer, stated_rates: Sequence[float]) -> None:
    """Enlist a layer's weights, and settle which gradients it computes.

    As in Caffe, the gradients go by the rates that the prototxt states (1 for none), the
    solver by what setup made of them: BatchNorm adds rates of 0, but what is under a
    BatchNorm without `param` still gets a gradient. Raises NetError where the layer states more
    rates than it has weights, or shares some that do not fit.
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
        param.owner = _owner(params, spec.name)
        if param.owner is not None:
            _check_sharing(param, param.owner)
        params.append(param)


def _owner(params: Iterable[Param], name: str) -> Param | None:
    return next((param for param in params if name and param.name == name), None)


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
    for mult in _SHARED_SETTINGS:
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
    if param.spec.block_group_lasso:
        _share_blocks(param, owner)


def _share_blocks(param: Param, owner: Param) -> None:
    if owner.spec.block_group_lasso:
        raise NetError(
            explain(
                f"duplicate block_group_lasso among shared params: '{param.name}'",
                expected="it in one of the layers that share it",
                got=f"it in layer '{owner.layer_name}' and in layer '{param.layer_name}'",
            )
        )
    owner.spec.block_group_lasso.extend(param.spec.block_group_lasso)


_SHARED_SETTINGS = (
    "lr_mult",
    "decay_mult",
    "breadth_decay_mult",
    "kernel_shape_decay_mult",
    "regularization_type",
)


def share_memory_with_owners(params: Iterable[Param]) -> None:
    """Let the weights that belong to another layer use that layer's memory."""
    for param in params:
        if param.owner is not None:
            param.blob.share_data(param.owner.blob)
            param.blob.share_diff(param.owner.blob)


def ids_of_shared(params: Sequence[Param]) -> set[int]:
    """The ids of all blobs that are one weight with the blob of another layer."""
    users = Counter(id((param.owner or param).blob) for param in params)
    return {id(param.blob) for param in params if users[id((param.owner or param).blob)] > 1}


def param_index(layers: Iterable[Layer]) -> dict[str, list[Blob]]:
    """Layer name to its weight blobs; of two layers of one name the first counts, as in Caffe."""
    index: dict[str, list[Blob]] = {}
    for layer in layers:
        if layer.blobs_:
            index.setdefault(layer.name, layer.blobs_)
    return index
