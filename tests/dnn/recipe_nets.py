"""Small nets in the place of those that the recipes of docs/from-opencv.md are for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.dnn.net_cases import SSD, values, weights


def data(channels: int, side: int) -> str:
    shape = f"dim: 1 dim: {channels} dim: {side} dim: {side}"
    return f"""
        layer {{ name: "input" type: "Input" top: "data" input_param {{ shape {{ {shape} }} }} }}
    """


def convolution(name: str, bottom: str, settings: str) -> str:
    return f"""
        layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
                convolution_param {{ {settings} }} }}
    """


def detector(channels: int, classes: int) -> str:
    """An SSD whose last layer has the name that WeChat's has."""
    text = SSD.replace("num_classes: 3", f"num_classes: {classes}")
    text = text.replace("num_output: 12", f"num_output: {4 * classes}")
    text = text.replace("dim: 0 dim: -1 dim: 3", f"dim: 0 dim: -1 dim: {classes}")
    text = text.replace("confidence_threshold: 0.755", "confidence_threshold: 0.35")
    text = text.replace("dim: 1 dim: 3 dim: 32", f"dim: 1 dim: {channels} dim: 32")
    return text.replace('"found"', '"detection_output"')


def classifier(labels: int) -> str:
    return (
        data(3, 227)
        + convolution("conv", "data", "num_output: 4 kernel_size: 7 stride: 8")
        + f"""
        layer {{ name: "fc8" type: "InnerProduct" bottom: "conv" top: "fc8"
                inner_product_param {{ num_output: {labels} }} }}
        layer {{ name: "prob" type: "Softmax" bottom: "fc8" top: "prob" }}
    """
    )


COLOURS = (
    data(1, 224)
    + convolution("conv8_313", "data", "num_output: 313 kernel_size: 1 stride: 4")
    + """
    layer { name: "conv8_313_rh" type: "Scale" bottom: "conv8_313" top: "conv8_313_rh"
            scale_param { bias_term: false } }
    layer { name: "class8_313_rh" type: "Softmax" bottom: "conv8_313_rh" top: "class8_313_rh" }
"""
    + convolution("class8_ab", "class8_313_rh", "num_output: 2 kernel_size: 1 bias_term: false")
)

EDGES = (
    data(3, 500)
    + convolution("conv1", "data", "num_output: 1 kernel_size: 3 pad: 7")
    + """
    layer { name: "crop" type: "Crop" bottom: "conv1" bottom: "data" top: "crop" }
    layer { name: "sigmoid-fuse" type: "Sigmoid" bottom: "crop" top: "sigmoid-fuse" }
"""
)

LARGER = (
    data(1, 224)
    + """
    layer { name: "fc" type: "Deconvolution" bottom: "data" top: "fc"
            convolution_param { num_output: 1 kernel_size: 2 stride: 2 } }
"""
)

POSES = data(3, 1) + convolution("Mconv7", "data", "num_output: 57 kernel_size: 8 pad: 4 stride: 8")
STYLE = data(3, 64) + convolution("painted", "data", "num_output: 3 kernel_size: 3 pad: 1")

NETS = {
    ("face_deploy", "res10_300x300_ssd_iter_140000"): detector(3, 2),
    ("MobileNetSSD_deploy", "MobileNetSSD_deploy"): detector(3, 3),
    ("age_deploy", "age_net"): classifier(8),
    ("gender_deploy", "gender_net"): classifier(2),
    ("colorization_deploy_v2", "colorization_release_v2"): COLOURS,
    ("hed_deploy", "hed_pretrained_bsds"): EDGES,
    ("pose_deploy_linevec", "pose_iter_440000"): POSES,
    ("style", "style"): STYLE,
    ("textbox", "TextBoxes_icdar13"): detector(3, 2),
    ("detect", "detect"): detector(1, 2),
    ("sr", "sr"): LARGER,
}

OF_PIXELS = {"face_deploy", "age_deploy", "gender_deploy", "hed_deploy", "style", "textbox"}
"""Nets whose inputs go up to 255: smaller weights keep their scores apart."""


def write(folder: Path) -> None:
    """All nets with their weights, and the centres of the colours."""
    for (prototxt, model), text in NETS.items():
        (folder / f"{prototxt}.prototxt").write_text(text)
        first = 0.02 if prototxt in OF_PIXELS else 1
        (folder / f"{model}.caffemodel").write_bytes(weights(text, first))
    np.save(folder / "pts_in_hull.npy", (220 * values((313, 2))).round().astype(np.int64))
