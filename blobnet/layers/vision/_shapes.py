"""Windows that are stated as shapes: `kernel_shape { dim: 3 dim: 3 dim: 3 }`."""

from __future__ import annotations

from collections.abc import Iterable

from blobnet.layer import Layer
from blobnet.proto import ConvolutionParameter, PoolingParameter

_FIELDS = {"kernel_size": "kernel_shape", "stride": "stride_shape", "pad": "pad_shape"}


def stated_shapes(
    layer: Layer, param: ConvolutionParameter | PoolingParameter, names: Iterable[str]
) -> dict[str, list[int]]:
    """The lengths of each setting that is stated as a shape, by Caffe's name for it.

    Raises the layer's error where two shapes differ in their number of axes, or where a setting is
    stated in both ways.
    """
    found: dict[str, list[int]] = {}
    given = {field.name for field, _ in param.ListFields()}
    for name in names:
        if _FIELDS[name] not in given:
            continue
        if name in given:
            raise layer.error(f"{name} is stated in several ways", got=f"{name}, {_FIELDS[name]}")
        found[name] = [int(length) for length in getattr(param, _FIELDS[name]).dim]
    if len({len(lengths) for lengths in found.values()}) > 1:
        raise layer.error(
            "Kernel, Pad and Stride shape don't match !",
            expected="a length for each axis in each of them",
            got=", ".join(f"{_FIELDS[name]} {lengths}" for name, lengths in found.items()),
        )
    if any(not 0 <= length < 2**31 for lengths in found.values() for length in lengths):
        raise layer.error("a length is out of range", got=f"{found}")
    return found


def clear_shapes(param: ConvolutionParameter | PoolingParameter) -> None:
    """Take the shapes out, once they are stated in Caffe's way."""
    for name in _FIELDS.values():
        param.ClearField(name)
