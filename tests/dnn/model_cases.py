"""What cv2.dnn's Model and its kinds were given for the recording `opencv/dnn_models.npz`.

`computed` is what was recorded, called with cv2.dnn in place of blobnet's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.types import Array
from tests.dnn.net_cases import IMAGE, IN_PLACE, SSD, values, weights

MAPS = (
    IMAGE
    + """
    layer { name: "maps" type: "Convolution" bottom: "data" top: "maps"
            convolution_param { num_output: 5 kernel_size: 3 pad: 1 } }
"""
)

POINTS = (
    MAPS
    + """
    layer { name: "wide" type: "InnerProduct" bottom: "maps" top: "wide"
            inner_product_param { num_output: 12 } }
    layer { name: "points" type: "Reshape" bottom: "wide" top: "points"
            reshape_param { shape { dim: 0 dim: 6 dim: 2 } } }
"""
)

REGIONS = (
    IMAGE
    + """
    layer { name: "sizes" type: "Input" top: "im_info" input_param { shape { dim: 1 dim: 3 } } }
    layer { name: "told" type: "Power" bottom: "im_info" top: "told" power_param { scale: 2 } }
    layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
            pooling_param { kernel_size: 2 stride: 2 } }
"""
)

TURNED = {
    "plain": (0.1, 0.3),
    "best": (0.1, 0.2, 1.0, 7),
    "adaptive": (0.0, 0.6, 0.9),
}
"""Name to what follows boxes and scores of NMSBoxesRotated."""

RECTANGLES = {
    f"{mode}_{size[0]}": {"size": size, "paddingmode": mode}
    for mode in range(3)
    for size in ((300, 200), (64, 90))
}
"""Name to settings of Image2BlobParams; the image has 123 x 77 pixels."""


def image() -> Array:
    """(23, 18, 3) bytes."""
    return ((values((23, 18, 3)) + 0.5) * 255).astype(np.uint8)


def turned_boxes() -> tuple[list[Any], list[float]]:
    """cv::RotatedRects and their scores."""
    rows = (values((30, 5), 3571) + 0.5) * [30, 25, 25, 12, 360]
    boxes = [((x, y), (w, h), angle) for x, y, w, h, angle in rows.tolist()]
    return boxes, (values((30,), 613) + 0.5).tolist()


def rectangles() -> Array:
    return ((values((12, 4), 613) + 0.5) * [200, 150, 90, 60]).astype(np.int32)


def model(dnn: Any, kind: str, text: str) -> Any:
    """A model of a kind, of a net with made weights."""
    net = dnn.readNetFromCaffe(bytearray(text.encode()), bytearray(weights(text)))
    return getattr(dnn, kind)(net)


def computed(dnn: Any) -> dict[str, Any]:
    """Everything by name, of blobnet.dnn or cv2.dnn."""
    found = {**_classes(dnn), **_detections(dnn)}
    masks = model(dnn, "SegmentationModel", MAPS)
    masks.setInputParams(scale=0.01, size=(20, 13), mean=(90, 100, 110), swapRB=True)
    found["mask"] = masks.segment(image())
    points = model(dnn, "KeypointsModel", MAPS)
    points.setInputSize(20, 13)
    points.setInputScale(0.01)
    found["points"] = points.estimate(image(), 0.25)
    few = model(dnn, "KeypointsModel", POINTS)
    few.setInputScale(0.01)
    found["points_as_they_are"] = few.estimate(image())
    regions = model(dnn, "Model", REGIONS)
    regions.setInputSize((6, 4))
    found["told"], found["pool"] = regions.predict(image())
    boxes, scores = turned_boxes()
    for name, arguments in TURNED.items():
        found[f"turned_{name}"] = dnn.NMSBoxesRotated(boxes, scores, *arguments)
    for name, settings in RECTANGLES.items():
        params = dnn.Image2BlobParams()
        for key, value in settings.items():
            setattr(params, key, value)
        found[f"rectangles_{name}"] = params.blobRectsToImageRects(rectangles(), (123, 77))
        found[f"rectangle_{name}"] = params.blobRectToImageRect((5, 6, 30, 20), (123, 77))
    return found


def _classes(dnn: Any) -> dict[str, Any]:
    classes = model(dnn, "ClassificationModel", IN_PLACE)
    classes.setInputCrop(True)
    classes.setInputScale((0.01, 0.02, 0.03))
    classes.setInputMean((90, 100, 110))
    classes.setInputSwapRB(True)
    found = dict(zip(("ip2", "prob"), classes.predict(image()), strict=True))
    classes.setOutputNames(["ip2"])
    found["class"] = classes.classify(image())
    classes.setEnableSoftmaxPostProcessing(True)
    found["class_of_softmax"] = classes.classify(image())
    return found


def _detections(dnn: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    boxes = model(dnn, "DetectionModel", SSD)
    boxes.setInputScale(0.015)
    boxes.setInputMean((100, 120, 140))
    for name, threshold in (("default", 0.5), ("few", 0.77), ("none", 1.1), ("all", 0.0)):
        classes, scores, corners = boxes.detect(image(), threshold)
        found |= {f"{name}_classes": classes, f"{name}_scores": scores, f"{name}_boxes": corners}
    return found
