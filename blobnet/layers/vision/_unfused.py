"""Refuses what forks write into a Convolution, in layers that are none."""

from __future__ import annotations

from blobnet.layer import Layer

FIELDS = ("relu", "negative_slope", "fusion_type", "fuse_type", "relu_param", "eltwise_param")


def refuse_fused(layer: Layer, *more: str) -> None:
    """Raise the layer's error where it is asked for what only Convolution does, or for `more`."""
    fields = [field.name for field, _ in layer.layer_param_.convolution_param.ListFields()]
    stated = [name for name in fields if name in (*FIELDS, *more)]
    if stated:
        raise layer.error(f"{layer.type} cannot do what only others can", got=" and ".join(stated))
