"""Weight files of half the size: cv2.dnn's shrinkCaffeModel. OpenCV: caffe_shrinker.cpp."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np

from blobnet.dnn.errors import as_dnn_errors
from blobnet.input_files import shown
from blobnet.netdef import net_needs_upgrade, upgrade_net
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import BlobProto
from blobnet.proto.forks import FORKS
from blobnet.serialization.small_numbers import FORK_OF
from blobnet.serialization.weights import read_caffemodel, write_message

_TYPES = ("Convolution", "InnerProduct")


def shrinkCaffeModel(
    src: str | PathLike[str], dst: str | PathLike[str], layersTypes: Sequence[str] = ()
) -> None:
    """Write a .caffemodel with the weights in half precision, as NVCaffe stores them.

    layersTypes  the types of layers whose weights and biases are shrunk; none: Convolution and
                 InnerProduct

    A blob with a number that half precision cannot hold stays as it is. blobnet, OpenCV and NVCaffe
    read the file. Raises error where `src` cannot be read.
    """
    with as_dnn_errors():
        net, _ = read_caffemodel(src)
        if net_needs_upgrade(net):
            net = upgrade_net(net, shown(src))
        for layer in net.layer:
            if layer.type in (layersTypes or _TYPES):
                for blob in layer.blobs:
                    _shrink(blob)
        fork = next(one for one in FORKS if one.name == FORK_OF["float16"])
        write_message(dst, net, fork)


def _shrink(blob: BlobProto) -> None:
    """In place; the gradients, if there are any, go."""
    values = np.asarray(blob.data or blob.double_data, np.float32)
    with overflow_allowed():
        half = values.astype("<f2")
    if not half.size or not np.isfinite(half).all():
        return
    for name in ("data", "diff", "double_data", "double_diff"):
        blob.ClearField(name)
    blob.raw_data_type = BlobProto.FLOAT16
    blob.raw_data = half.tobytes()
