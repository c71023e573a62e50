"""Pooling3D as P3D means it: Caffe's Pooling over three axes."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.vision.pooling import Pooling
from blobnet.proto import LayerParameter, Pooling3DParameter, PoolingParameter

_OF_P3D = ("pad_h", "pad_w", "pad_l", "kernel_h", "kernel_w", "kernel_l", "stride_h", "stride_w",
           "stride_l", "global_pooling")  # fmt: skip
_POOLS: dict[int, PoolingParameter.PoolMethod] = {
    Pooling3DParameter.MAX: PoolingParameter.MAX,
    Pooling3DParameter.AVE: PoolingParameter.AVE,
    Pooling3DParameter.STOCHASTIC: PoolingParameter.STOCHASTIC,
}


def pooling_of_p3d(layer: Layer, bottom: Blobs, top: Blobs) -> Pooling | None:
    """A Pooling of the layer's settings; None where they are C3D's. Raises the layer's error."""
    param = layer.layer_param_.pooling3d_param
    if not any(param.HasField(name) for name in _OF_P3D):
        return None
    for name in ("kernel_depth", "temporal_stride"):
        if param.HasField(name):
            raise layer.error(f"`{name}` is C3D's", fix="write kernel_l, stride_l and pad_l")
    if not param.global_pooling and not param.HasField("kernel_l"):
        raise layer.error("For filters both kernel_size and kernel_l are required.")
    settings = LayerParameter(name=layer.name, type=layer.type, phase=layer.layer_param_.phase)
    pooling = settings.pooling_param
    pooling.pool = _POOLS[param.pool]
    pooling.global_pooling = param.global_pooling
    if not param.global_pooling:
        pooling.kernel_size_3d[:] = [param.kernel_l, *_plane(layer, param, "kernel", "kernel_size")]
    pooling.stride_3d[:] = [param.stride_l, *_plane(layer, param, "stride", "stride")]
    pooling.pad_3d[:] = [param.pad_l, *_plane(layer, param, "pad", "pad")]
    inner = Pooling(settings, phase=layer.phase, dtype=layer.dtype, rng=layer.rng)
    inner.setup(bottom, top)
    return inner


def _plane(layer: Layer, param: Pooling3DParameter, name: str, both: str) -> tuple[int, int]:
    """A setting of height and width, stated once or for each."""
    stated = [param.HasField(f"{name}_{axis}") for axis in "hw"]
    if any(stated) and (param.HasField(both) or not all(stated)):
        raise layer.error(f"write {both}, or both {name}_h and {name}_w")
    if all(stated):
        return getattr(param, f"{name}_h"), getattr(param, f"{name}_w")
    return getattr(param, both), getattr(param, both)
