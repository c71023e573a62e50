"""What Caffe's drafts of early 2014 called otherwise: rules for phases, and inputs as layers.

    layers { type: INPUT input_param { num: 1 channels: 3 height: 32 width: 32 }
             enable { phase: TEST solver: false } }

The rules became `include` and `exclude`, the sizes a `shape`. Caffe: net.cpp and input_layer.cpp of
vsubhashini/caffe, branch all-in-one-net-with-input-layer.
"""

from __future__ import annotations

from blobnet.errors import ProtoError, explain
from blobnet.proto import InputParameter, LayerParameter, V1LayerParameter

_AXES = ("num", "channels", "height", "width")


def upgrade_draft(v1_layer: V1LayerParameter, layer: LayerParameter) -> None:
    """Write such settings as today's. Raises ProtoError where they do not go together."""
    layer.include.extend(v1_layer.enable)
    layer.exclude.extend(v1_layer.disable)
    if not v1_layer.HasField("input_param"):
        return
    layer.input_param.shape.extend(v1_layer.input_param.shape)
    sizes = [list(getattr(v1_layer.input_param, axis)) for axis in _AXES]
    if not any(sizes):
        return
    count = len(v1_layer.top)
    if any(len(of_axis) not in (1, count) for of_axis in sizes):
        raise ProtoError(
            explain(
                f"layer '{v1_layer.name}': each of {', '.join(_AXES)} must be specified once, or "
                "once per top blob",
                expected=f"1 of each, or {count}",
                got=", ".join(f"{len(sizes[i])} {axis}" for i, axis in enumerate(_AXES)),
            )
        )
    _add_shapes(
        layer.input_param, [of_axis * (count if len(of_axis) == 1 else 1) for of_axis in sizes]
    )


def _add_shapes(param: InputParameter, sizes: list[list[int]]) -> None:
    for shape in zip(*sizes, strict=True):
        param.shape.add().dim.extend(shape)
