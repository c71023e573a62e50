"""Small nets that cv2.dnn was given for the recording `opencv/dnn_nets.npz`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

import blobnet
from blobnet.types import Array

IMAGE = """
    layer { name: "image" type: "Input" top: "data"
            input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
"""

IN_PLACE = (
    IMAGE
    + """
    layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
            convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
    layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1" }
    layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1"
            scale_param { bias_term: true } }
    layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
    layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
            pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "slice" type: "Slice" bottom: "pool1" top: "left" top: "right" }
    layer { name: "drop" type: "Dropout" bottom: "left" top: "left" }
    layer { name: "ip" type: "InnerProduct" bottom: "left" top: "scores"
            inner_product_param { num_output: 5 } }
    layer { name: "ip2" type: "InnerProduct" bottom: "right" top: "ip2"
            inner_product_param { num_output: 2 } }
    layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
"""
)

SSD = (
    IMAGE.replace("dim: 8 dim: 8", "dim: 32 dim: 32")
    + """
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
            convolution_param { num_output: 4 kernel_size: 3 stride: 4 } }
    layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
    layer { name: "loc" type: "Convolution" bottom: "conv" top: "loc"
            convolution_param { num_output: 16 kernel_size: 1 } }
    layer { name: "loc_perm" type: "Permute" bottom: "loc" top: "loc_perm"
            permute_param { order: 0 order: 2 order: 3 order: 1 } }
    layer { name: "loc_flat" type: "Flatten" bottom: "loc_perm" top: "loc_flat" }
    layer { name: "conf" type: "Convolution" bottom: "conv" top: "conf"
            convolution_param { num_output: 12 kernel_size: 1 } }
    layer { name: "conf_perm" type: "Permute" bottom: "conf" top: "conf_perm"
            permute_param { order: 0 order: 2 order: 3 order: 1 } }
    layer { name: "conf_reshape" type: "Reshape" bottom: "conf_perm" top: "conf_reshape"
            reshape_param { shape { dim: 0 dim: -1 dim: 3 } } }
    layer { name: "conf_softmax" type: "Softmax" bottom: "conf_reshape" top: "conf_softmax"
            softmax_param { axis: 2 } }
    layer { name: "conf_flat" type: "Flatten" bottom: "conf_softmax" top: "conf_flat" }
    layer { name: "priors" type: "PriorBox" bottom: "conv" bottom: "data" top: "priors"
            prior_box_param { min_size: 8 max_size: 14 aspect_ratio: 2 flip: true clip: false
                variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 offset: 0.5 } }
    layer { name: "found" type: "DetectionOutput" bottom: "loc_flat" bottom: "conf_flat"
            bottom: "priors" top: "found" include { phase: TEST }
            detection_output_param { num_classes: 3 share_location: true background_label_id: 0
                keep_top_k: 20 confidence_threshold: 0.755
                code_type: CENTER_SIZE nms_param { nms_threshold: 0.45 top_k: 50 } } }
"""
)

TWO_INPUTS = """
    input: "u" input_shape { dim: 1 dim: 2 dim: 3 dim: 4 }
    input: "v" input_shape { dim: 1 dim: 2 dim: 3 dim: 4 }
    layer { name: "sum" type: "Eltwise" bottom: "u" bottom: "v" top: "sum"
            eltwise_param { coeff: 2 coeff: -1 } }
    layer { name: "sum" type: "Sigmoid" bottom: "sum" top: "sum" }
    layer { name: "both" type: "Concat" bottom: "sum" bottom: "u" top: "both" }
"""

OLD = """
    input: "data" input_dim: 1 input_dim: 3 input_dim: 9 input_dim: 9
    layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv"
             convolution_param { num_output: 4 kernel_size: 3 group: 1 bias_term: false } }
    layers { name: "lrn" type: LRN bottom: "conv" top: "lrn" lrn_param { alpha: 0.5 } }
    layers { name: "relu" type: RELU bottom: "lrn" top: "lrn" relu_param { negative_slope: 0.1 } }
    layers { name: "pool" type: POOLING bottom: "lrn" top: "pool"
             pooling_param { pool: AVE kernel_size: 3 stride: 2 } }
    layers { name: "power" type: POWER bottom: "pool" top: "power"
             power_param { power: 2 scale: 0.5 shift: 1 } }
    layers { name: "flat" type: FLATTEN bottom: "power" top: "flat" }
"""


class Case(NamedTuple):
    """A net, the shapes of its inputs, and layers whose outputs are asked for one by one."""

    text: str
    inputs: dict[str, tuple[int, ...]]
    layers: tuple[str, ...]


CASES = {
    "in_place": Case(IN_PLACE, {"data": (1, 3, 8, 8)}, ("conv1", "relu1", "pool1", "slice", "ip2")),
    "batch": Case(IN_PLACE, {"data": (3, 3, 8, 8)}, ("pool1",)),
    "ssd": Case(SSD, {"data": (1, 3, 32, 32)}, ("conf_softmax", "priors")),
    "ssd_larger": Case(SSD, {"data": (2, 3, 40, 48)}, ("priors",)),
    "two_inputs": Case(TWO_INPUTS, {"u": (1, 2, 3, 4), "v": (1, 2, 3, 4)}, ("sum", "sum_1")),
    "old": Case(OLD, {"data": (1, 3, 9, 9)}, ("conv", "relu", "pool")),
}


def values(shape: tuple[int, ...], step: int = 7919) -> Array:
    """Numbers between -0.5 and 0.5 without an order that shows, the same everywhere."""
    numbers = np.arange(np.prod(shape, dtype=int)) * step % 997
    return (numbers / np.float32(997) - np.float32(0.5)).astype(np.float32).reshape(shape)


def weights(text: str, first: float = 1) -> bytes:
    """The bytes of a weight file for a net; those of its first layer are `first` times as large."""
    net = blobnet.Net(blobnet.parse_net(text), phase="TEST")
    for name, blobs in net.params.items():
        for index, blob in enumerate(blobs):
            blob.data[...] = values(blob.shape, 7919 + 2 * len(name) + index)
    for blob in next(iter(net.params.values()), []):
        blob.data[...] *= first
    for layer in net.layers:
        if layer.type == "BatchNorm":  # variances are above 0, and counted once
            layer.blobs[1].data[...] += 1
            layer.blobs[2].data[...] = 1
    with TemporaryDirectory() as folder:
        net.save(Path(folder) / "net.caffemodel")
        return (Path(folder) / "net.caffemodel").read_bytes()


def inputs(case: Case) -> dict[str, Array]:
    """What the net is given, by name."""
    found = enumerate(case.inputs.items())
    return {name: 2 * values(shape, 6151 + 10 * index) for index, (name, shape) in found}
