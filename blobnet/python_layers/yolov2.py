"""darknet_reorg of Synopsys' Caffe: darknet's reorg of stride 2, for YOLO v2.

Caffe: python/yolov2.py and darknet.py of foss-for-synopsys-dwc-arc-processors/synopsys-caffe.
"""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.reorg import reorganized
from blobnet.python_layers._checks import check_count, wrong

_STRIDE = 2


class darknet_reorg(PythonLayer):  # noqa: N801 - as nets name it
    """The same numbers in another order, as layer Reorg has them.

    bottom[0]  x: (N, C, H, W)  C a multiple of 4, H and W even
    top[0]     y: (N, 4 C, H / 2, W / 2)

    The repository's has no backward; here it is the derivative.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, s = bottom[0].shape, _STRIDE
        if len(shape) != 4 or shape[1] % (s * s) or shape[2] % s or shape[3] % s:
            expected = "shape (N, C, H, W), C a multiple of 4, H and W even"
            raise wrong(self, "bottom[0] cannot be cut", expected=expected, got=f"shape {shape}")
        top[0].reshape(shape[0], shape[1] * s * s, shape[2] // s, shape[3] // s)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        reorganized(bottom[0].shape, _STRIDE, bottom[0].data, top[0].data, to_fine=False)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            reorganized(bottom[0].shape, _STRIDE, top[0].diff, bottom[0].diff, to_fine=True)
