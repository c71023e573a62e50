"""PoolingND: a Pooling of volumes, with a message of its own."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.vision.pooling import Pooling
from blobnet.proto import PoolingParameter

_SAME = ("pool", "global_pooling", "axis", "engine")
_OF_IMAGES = ("pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w")


@register_layer("PoolingND")
class PoolingND(Pooling):
    """A Pooling over all axes behind `axis`.

    bottom[0]  x: (N, C, *size)
    top[0]     y: (N, C, *places)   places as those of Pooling
    top[1]     mask: (N, C, *places)  over two axes, MAX only, as that of Pooling (optional)

    `kernel_size`, `stride` and `pad` are stated once for all axes or once for each.

    Proto: PoolingNDParameter.  Caffe: pooling_nd_layer.cpp of yulequan/3D-Caffe.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.pooling_nd_param
        self._stated = stated = PoolingParameter()
        for name in (*_SAME, *_OF_IMAGES):
            if param.HasField(name):
                setattr(stated, name, getattr(param, name))
        axes = bottom[0].num_axes - bottom[0].canonical_axis(param.axis) - 1
        for name in ("kernel_size", "stride", "pad"):
            lengths = list(getattr(param, name))
            if len(lengths) not in (0, 1, axes):
                raise self.error(
                    f"{name} must be specified once, or once per spatial dimension",
                    expected=f"1 or {axes}",
                    got=f"{len(lengths)} times",
                )
            getattr(stated, f"{name}_3d")[:] = lengths * axes if len(lengths) == 1 else lengths
        super().setup(bottom, top)

    def pooling_param(self) -> PoolingParameter:
        return self._stated
