"""Faster R-CNN's Python layer in ONNX Runtime, beside what it computes itself."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError
from blobnet.exchange.onnx.export import export_onnx
from tests.exchange.onnx.cases import in_runtime

RPN = """
layer {{ name: "scores" type: "Input" top: "scores"
  input_param {{ shape {{ dim: [1, 18, {0}, {1}] }} }} }}
layer {{ name: "changes" type: "Input" top: "changes"
  input_param {{ shape {{ dim: [1, 36, {0}, {1}] }} }} }}
layer {{ name: "im_info" type: "Input" top: "im_info" input_param {{ shape {{ dim: [1, 3] }} }} }}
layer {{ name: "proposal" type: "Python" bottom: "scores" bottom: "changes" bottom: "im_info"
  top: "rois" {2} python_param {{ module: "rpn.proposal_layer" layer: "ProposalLayer"
  param_str: "{{'feat_stride': 16, 'rpn_pre_nms_top_n': 60, 'rpn_post_nms_top_n': 12}}" }} }}
"""


def rpn(height, width, more="") -> blobnet.Net:
    return blobnet.Net(blobnet.parse_net(RPN.format(height, width, more)), "TEST")


def drawn(rng, height, width) -> dict:
    return {
        "scores": rng.normal(size=(1, 18, height, width)),
        "changes": rng.normal(size=(1, 36, height, width)) * 0.3,
        "im_info": np.array([[16 * height, 16 * width, 0.7]]),
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_same_regions_in_the_same_order(tmp_path, seed):
    net, rng = rpn(6, 9, 'top: "its"'), np.random.default_rng(seed)
    path = tmp_path / "rpn.onnx"
    exported = export_onnx(net, path)
    assert exported.inputs["scores"] == (1, 18, "H", "W")
    assert exported.outputs == {"rois": (None, 5), "its": (None, 1)}
    inputs = drawn(rng, 6, 9)
    expected, made = net.forward(**inputs), in_runtime(path, inputs)
    assert 1 < len(expected["rois"]) <= 12
    for name, values in expected.items():
        np.testing.assert_allclose(made[name], values, rtol=1e-5, atol=1e-4)


def test_maps_of_another_size(tmp_path):
    path, rng = tmp_path / "rpn.onnx", np.random.default_rng(1)
    export_onnx(rpn(6, 9), path, check=False)
    inputs = drawn(rng, 11, 4)
    expected = rpn(11, 4).forward(**inputs)["rois"]
    np.testing.assert_allclose(in_runtime(path, inputs)["rois"], expected, rtol=1e-5, atol=1e-4)


def test_equal_scores_and_no_region_at_all(tmp_path):
    path, net = tmp_path / "rpn.onnx", rpn(6, 9)
    export_onnx(net, path, check=False)
    inputs = drawn(np.random.default_rng(1), 6, 9) | {"scores": np.zeros((1, 18, 6, 9))}
    np.testing.assert_allclose(
        in_runtime(path, inputs)["rois"], net.forward(**inputs)["rois"], atol=1e-4
    )
    inputs["im_info"] = np.array([[96, 144, 100.0]])  # all are too small
    assert in_runtime(path, inputs)["rois"].tolist() == [[0, 0, 0, 143, 95]]
    assert net.forward(**inputs)["rois"].tolist() == [[0, 0, 0, 143, 95]]


def test_layers_that_run_a_program_are_named_with_their_class(tmp_path):
    text = """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [2, 3] } } }
      layer { name: "mine" type: "Python" bottom: "x" top: "y"
        python_param { module: "tests.exchange.onnx.test_proposals" layer: "Doubled" } }"""
    net = blobnet.Net(blobnet.parse_net(text), "TEST")
    with pytest.raises(NetError, match=r'Python layer "mine": class Doubled of .* is a program'):
        export_onnx(net, tmp_path / "x.onnx")


class Doubled(blobnet.PythonLayer):
    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...] = 2 * bottom[0].data


def test_fpns_layer_draws_at_random(tmp_path):
    levels = "".join(
        f'layer {{ name: "{name}" type: "Input" top: "{name}" '
        f"input_param {{ shape {{ dim: {shape} }} }} }}"
        for name, shape in (("info", [1, 3]), ("c", [1, 12, 4, 4]), ("s", [1, 6, 4, 4]))
    )
    layer = """layer { name: "p" type: "Python" bottom: "info" bottom: "c" bottom: "s" top: "rois"
      python_param { module: "rpn.proposal_layer" layer: "ProposalLayer"
      param_str: "{'feat_stride': [16], 'scales': [8], 'ratios': [0.5, 1, 2]}" } }"""
    net = blobnet.Net(blobnet.parse_net(levels + layer), "TEST")
    with pytest.raises(NetError, match="draws regions a second time"):
        export_onnx(net, tmp_path / "x.onnx")
