"""Single layers that Caffe's forks have added, in sizes that nets have, beside OpenCV's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from benchmarks.definition import add, constant
from benchmarks.measure import Measured
from benchmarks.peers import OPENCV, Pace, beside
from benchmarks.ssd import CLASSES
from blobnet.net import Net
from blobnet.proto import NetParameter
from blobnet.types import Array

Inputs = Mapping[str, Array]

REGIONS, PRIORS = 300, 8732
PACE = Pace(calls=5)


def measure(name: str, rounds: int) -> Measured:
    inputs, definition = LAYERS[name]()
    return beside(OPENCV, definition, lambda net: _filled(net, inputs), rounds, PACE)


def _filled(net: Net, inputs: Inputs) -> Inputs:
    net.forward(**inputs)
    return inputs


def _net(
    kind: str, inputs: Inputs, bottoms: Sequence[str] = (), **settings: object
) -> tuple[Inputs, NetParameter]:
    net = NetParameter(name=kind)
    for name, values in inputs.items():
        add(net, "Input", name, [], input_param={"shape": [{"dim": values.shape}]})
    add(net, kind, "y", bottoms or [*inputs], **settings)
    return inputs, net


def _normal(*shape: int) -> Array:
    found: Array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    return found


def _regions(height: int, width: int) -> Array:
    """So many, of an image of that size."""
    rng = np.random.default_rng(2)
    size = np.array([width, height])
    first = rng.uniform(0, 0.7, (REGIONS, 2)) * size
    last = np.minimum(first + rng.uniform(0.05, 0.6, (REGIONS, 2)) * size, size - 1)
    found: Array = np.column_stack([np.zeros(REGIONS), first, last]).round().astype(np.float32)
    return found


def roi_pooling() -> tuple[Inputs, NetParameter]:
    """Fast R-CNN's, on VGG-16: 512 channels of 38 x 63."""
    param = {"pooled_h": 7, "pooled_w": 7, "spatial_scale": 0.0625}
    inputs = {"x": _normal(1, 512, 38, 63), "rois": _regions(600, 1000)}
    return _net("ROIPooling", inputs, roi_pooling_param=param)


def psroi_pooling() -> tuple[Inputs, NetParameter]:
    """R-FCN's: 21 classes by 7 x 7 places."""
    param = {"output_dim": CLASSES, "group_size": 7, "spatial_scale": 0.0625}
    inputs = {"x": _normal(1, CLASSES * 49, 38, 63), "rois": _regions(600, 1000)}
    return _net("PSROIPooling", inputs, psroi_pooling_param=param)


def detection_output() -> tuple[Inputs, NetParameter]:
    """SSD300's: 8,732 boxes of 21 classes; 600 scores pass."""
    rng = np.random.default_rng(1)
    scores = rng.uniform(0, 0.009, (PRIORS, CLASSES))
    passing = rng.choice(PRIORS * (CLASSES - 1), 600, replace=False)
    scores[passing // (CLASSES - 1), 1 + passing % (CLASSES - 1)] = rng.uniform(0.02, 0.5, 600)
    scores[:, 0] = 1 - scores[:, 1:].sum(axis=1)
    centre, size = rng.uniform(0.1, 0.9, (PRIORS, 2)), rng.uniform(0.1, 0.6, (PRIORS, 2))
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=1).reshape(-1)
    variances = np.tile([0.1, 0.1, 0.2, 0.2], PRIORS)
    inputs = {
        "loc": _normal(1, PRIORS * 4),
        "conf": scores.reshape(1, -1).astype(np.float32),
        "prior": np.stack([boxes, variances])[None].astype(np.float32),
    }
    param = {
        "num_classes": CLASSES,
        "share_location": True,
        "background_label_id": 0,
        "nms_param": {"nms_threshold": 0.45, "top_k": 400},
        "code_type": "CENTER_SIZE",
        "keep_top_k": 200,
        "confidence_threshold": 0.01,
    }
    return _net("DetectionOutput", inputs, detection_output_param=param)


def normalize() -> tuple[Inputs, NetParameter]:
    """SSD300's conv4_3_norm."""
    param = {"across_spatial": False, "scale_filler": constant(20), "channel_shared": False}
    return _net("Normalize", {"x": _normal(1, 512, 38, 38)}, norm_param=param)


def prior_box() -> tuple[Inputs, NetParameter]:
    """SSD300's first, on 38 x 38 places."""
    param = {
        "min_size": [30], "max_size": [60], "aspect_ratio": [2], "flip": True, "clip": False,
        "variance": [0.1, 0.1, 0.2, 0.2], "step": 8, "offset": 0.5,
    }  # fmt: skip
    inputs = {"x": _normal(1, 512, 38, 38), "data": _normal(1, 3, 300, 300)}
    return _net("PriorBox", inputs, prior_box_param=param)


def permute() -> tuple[Inputs, NetParameter]:
    """SSD300's first scores."""
    return _net("Permute", {"x": _normal(1, 84, 38, 38)}, permute_param={"order": [0, 2, 3, 1]})


def interp() -> tuple[Inputs, NetParameter]:
    """DeepLab's last: scores of 21 classes, eight times as large."""
    return _net("Interp", {"x": _normal(1, 21, 65, 65)}, interp_param={"height": 513, "width": 513})


def correlation() -> tuple[Inputs, NetParameter]:
    """FlowNetC's: 441 displacements."""
    param = {
        "pad": 20, "kernel_size": 1, "max_displacement": 20, "stride_1": 1, "stride_2": 2,
    }  # fmt: skip
    inputs = {"a": _normal(1, 256, 48, 64), "b": _normal(1, 256, 48, 64) + 1}
    return _net("Correlation", inputs, correlation_param=param)


def softmax() -> tuple[Inputs, NetParameter]:
    """SSD300's: 8,732 rows of 21."""
    return _net("Softmax", {"x": _normal(1, PRIORS, CLASSES)}, softmax_param={"axis": 2})


def depthwise() -> tuple[Inputs, NetParameter]:
    """MobileNet's of 512 channels, as the fork's layer type."""
    param = {
        "num_output": 512, "kernel_size": [3], "pad": [1], "group": 512, "bias_term": False,
        "weight_filler": {"type": "msra"},
    }  # fmt: skip
    return _net("Convolution", {"x": _normal(1, 512, 19, 19)}, convolution_param=param)


def relu6() -> tuple[Inputs, NetParameter]:
    return _net("ReLU6", {"x": _normal(1, 64, 150, 150)})


LAYERS: dict[str, Callable[[], tuple[Inputs, NetParameter]]] = {
    "roi-pooling": roi_pooling,
    "psroi-pooling": psroi_pooling,
    "detection-output": detection_output,
    "normalize": normalize,
    "prior-box": prior_box,
    "permute": permute,
    "interp": interp,
    "correlation": correlation,
    "softmax-8732x21": softmax,
    "depthwise-512": depthwise,
    "relu6": relu6,
}
