"""A small net that takes images, with its weights, for what classifies and detects."""

from __future__ import annotations

from pathlib import Path

import blobnet

SIDE = 8
CLASSES = 4
DEFINITION = f"""
name: "small"
layer {{ name: "data" type: "Input" top: "data"
  input_param {{ shape {{ dim: 4 dim: 3 dim: {SIDE} dim: {SIDE} }} }} }}
layer {{ name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param {{ num_output: {CLASSES}
    weight_filler {{ type: "gaussian" std: 0.01 }} }} }}
layer {{ name: "prob" type: "Softmax" bottom: "ip" top: "prob" }}
"""


def write_net(folder: Path) -> tuple[str, str]:
    """The paths of its definition and its weights."""
    model, weights = folder / "deploy.prototxt", folder / "small.caffemodel"
    model.write_text(DEFINITION)
    blobnet.Net(model, phase="TEST", seed=3).save(weights)
    return str(model), str(weights)


def scores(model: str, weights: str, data):
    """What the net says of one image (3, SIDE, SIDE)."""
    net = blobnet.Net(model, phase="TEST", weights=weights)
    net.blobs["data"].data[...] = data
    return net.forward()["prob"][0].copy()
