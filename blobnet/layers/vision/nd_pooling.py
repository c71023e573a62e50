"""NdPooling: a Pooling whose window is stated as shapes."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.vision._shapes import clear_shapes, stated_shapes
from blobnet.layers.vision.pooling import Pooling


@register_layer("NdPooling")
class NdPooling(Pooling):
    """A Pooling over as many axes as `kernel_shape` has lengths.

    bottom[0]  x: (N, C, *size)
    top[0]     y: (N, C, *places)   places as those of Pooling
    top[1]     mask: (N, C, *places)  over two axes, MAX only, as that of Pooling (optional)

    `kernel_shape`, `stride_shape` and `pad_shape` are read in place of kernel_size, stride and pad,
    with which it is a Pooling in everything.

    Proto: PoolingParameter.  Caffe: cudnn_ndpooling_layer.cpp of video-caffe
    (chuckcho/video-caffe), and of R-C3D's caffe3d.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.pooling_param
        shapes = stated_shapes(self, param, ("kernel_size", "stride", "pad"))
        for name, lengths in shapes.items():
            if not param.global_pooling or name != "kernel_size":
                getattr(param, f"{name}_3d")[:] = lengths
        clear_shapes(param)
        super().setup(bottom, top)
