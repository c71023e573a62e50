"""An LRN layer that pools as well, as Caffe's branch opencl has it, written as two layers.

    lrn_param { fuse_type: FUSED_POOL_MAX pooling_param { ... } }

There, one kernel does both. Here, the blob between them exists, under a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from blobnet.proto import LayerParameter, LRNParameter, NetParameter

_FUSED = ("fuse_type", "pooling_param", "unit_test_mode", "unit_test_fuse_kernel")
_OF_THE_TOP = ("loss_weight", "top")


def needs_split(net_param: NetParameter) -> bool:
    """Whether it has such a layer."""
    return any(_fused_layers(net_param))


def split_fused(net_param: NetParameter) -> NetParameter:
    """Put a Pooling layer behind each LRN layer that pools, too."""
    names = {name for layer in net_param.layer for name in (layer.name, *layer.top)}
    layers: list[LayerParameter] = []
    for layer in net_param.layer:
        layers.append(layer)
        if _is_fused(layer):
            layers[-1:] = _two_layers(layer, names)
    split = [LayerParameter() for _ in layers]
    for new, layer in zip(split, layers, strict=True):
        new.CopyFrom(layer)
    del net_param.layer[:]
    net_param.layer.extend(split)
    return net_param


def changes_of_split(net_param: NetParameter) -> str:
    """What is changed, in words."""
    names = ", ".join(layer.name for layer in _fused_layers(net_param))
    return f"the pooling in LRN layers is a layer behind them: {names}"


def _fused_layers(net_param: NetParameter) -> Iterator[LayerParameter]:
    return filter(_is_fused, net_param.layer)


def _is_fused(layer: LayerParameter) -> bool:
    return layer.type == "LRN" and layer.lrn_param.fuse_type == LRNParameter.FUSED_POOL_MAX


def _two_layers(layer: LayerParameter, names: set[str]) -> list[LayerParameter]:
    """The normalization, into a blob with a new name, and the pooling of that."""
    norm, pool = LayerParameter(), LayerParameter(type="Pooling")
    norm.CopyFrom(layer)
    for field in _FUSED:
        norm.lrn_param.ClearField(field)
    for field in _OF_THE_TOP:
        norm.ClearField(field)
    pool.pooling_param.CopyFrom(layer.lrn_param.pooling_param)
    for field in ("include", "exclude", *_OF_THE_TOP):
        getattr(pool, field).MergeFrom(getattr(layer, field))
    if layer.HasField("phase"):
        pool.phase = layer.phase
    pool.name = new_name(f"{layer.name}_pool", names)
    between = new_name(f"{layer.name}_lrn", names)
    norm.top.append(between)
    pool.bottom.append(between)
    return [norm, pool]


def new_name(name: str, names: set[str]) -> str:
    """A name like `name` that is not in `names`, where it is noted."""
    while name in names:
        name += "_"
    names.add(name)
    return name
