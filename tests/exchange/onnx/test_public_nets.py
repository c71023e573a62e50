"""Whole nets to ONNX and back: small ones of benchmarks/ and models/, and a detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet
from benchmarks.nets import cifar10_full, cifar10_quick, siamese, squeezenet
from blobnet.exchange.onnx.export import export_onnx
from blobnet.exchange.onnx.importing import import_onnx

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

MODELS = Path(__file__).resolve().parents[3] / "models"
NETS = {
    "cifar10_quick": lambda: cifar10_quick(2),
    "cifar10_full": lambda: cifar10_full(2),
    "siamese, trained": lambda: siamese(2, train=True),
    "squeezenet": lambda: squeezenet(1),
    "lenet5": lambda: str(MODELS / "lenet5" / "deploy.prototxt"),
}


def made(name: str) -> blobnet.Net:
    """A net with weights, also where its definition has no fillers."""
    net = blobnet.Net(NETS[name](), "TEST", seed=4)
    rng = np.random.default_rng(4)
    for blob in net.learnable_params:
        if not blob.data.any():
            blob.data[...] = 0.05 * rng.normal(size=blob.shape)
    return net


@pytest.mark.parametrize("name", NETS)
def test_a_net_goes_to_onnx_and_comes_back(name, tmp_path):
    net, path = made(name), tmp_path / "net.onnx"
    exported = export_onnx(net, path)
    assert max(one.relative for one in exported.differences) <= 1e-4
    shapes = {blob: net.blobs[blob].shape for blob in exported.inputs}
    imported = import_onnx(path, shapes=shapes, check=False)
    rng = np.random.default_rng(5)
    inputs = {blob: rng.normal(size=shape) for blob, shape in shapes.items()}
    for blob, values in inputs.items():
        net.blobs[blob].data[...] = values
    net.forward()
    back = imported.net.forward(**inputs)
    for output in exported.outputs:
        expected = net.blobs[output].data
        size = np.abs(expected).max()
        np.testing.assert_allclose(back[output], expected, rtol=0, atol=1e-4 * size)


SSD = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [2, 3, 32, 32] } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param {
  num_output: 8 kernel_size: 3 stride: 8 weight_filler { type: "gaussian" std: 0.2 } } }
layer { name: "norm" type: "Normalize" bottom: "conv" top: "norm"
  norm_param { across_spatial: false scale_filler { type: "constant" value: 20 } } }
layer { name: "loc" type: "Convolution" bottom: "norm" top: "loc" convolution_param {
  num_output: 16 kernel_size: 1 weight_filler { type: "gaussian" std: 0.02 } } }
layer { name: "loc_perm" type: "Permute" bottom: "loc" top: "loc_perm"
  permute_param { order: [0, 2, 3, 1] } }
layer { name: "loc_flat" type: "Flatten" bottom: "loc_perm" top: "loc_flat" }
layer { name: "conf" type: "Convolution" bottom: "norm" top: "conf" convolution_param {
  num_output: 12 kernel_size: 1 weight_filler { type: "gaussian" std: 0.1 } } }
layer { name: "conf_perm" type: "Permute" bottom: "conf" top: "conf_perm"
  permute_param { order: [0, 2, 3, 1] } }
layer { name: "conf_rows" type: "Reshape" bottom: "conf_perm" top: "conf_rows"
  reshape_param { shape { dim: [0, -1, 3] } } }
layer { name: "prob" type: "Softmax" bottom: "conf_rows" top: "prob" softmax_param { axis: 2 } }
layer { name: "conf_flat" type: "Flatten" bottom: "prob" top: "conf_flat" }
layer { name: "priors" type: "PriorBox" bottom: "conv" bottom: "data" top: "priors"
  prior_box_param { min_size: 8 max_size: 16 aspect_ratio: 2 flip: true variance: 0.1 } }
layer { name: "found" type: "DetectionOutput" bottom: "loc_flat" bottom: "conf_flat"
  bottom: "priors" top: "found" detection_output_param { num_classes: 3
  code_type: CENTER_SIZE confidence_threshold: 0.2 keep_top_k: 9
  nms_param { nms_threshold: 0.45 top_k: 20 } } }
"""


def test_a_detector_finds_the_same_boxes(tmp_path):
    net = blobnet.Net(blobnet.parse_net(SSD), "TEST", seed=2)
    (found,) = export_onnx(net, tmp_path / "ssd.onnx").differences
    assert found.relative <= 1e-4
    boxes = net.forward(data=np.random.default_rng(1).normal(size=(2, 3, 32, 32)))["found"]
    assert boxes.shape[2] == 18  # keep_top_k of each image
    assert (boxes[..., 1] > 0).all()


def test_of_equal_scores_those_in_front_are_suppressed_first(tmp_path):
    """All scores are the biases' alone: top_k cuts in the middle of equal ones."""
    text = SSD.replace('num_output: 12 kernel_size: 1 weight_filler { type: "gaussian" std: 0.1 }',
                       "num_output: 12 kernel_size: 1")  # fmt: skip
    net = blobnet.Net(blobnet.parse_net(text), "TEST", seed=2)
    (found,) = export_onnx(net, tmp_path / "ssd.onnx").differences
    assert found.relative <= 1e-4
    boxes = net.forward(data=np.zeros((2, 3, 32, 32)))["found"]
    assert len(np.unique(boxes[..., 2])) == 1
