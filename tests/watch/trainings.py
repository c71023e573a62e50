"""Trainings to watch: by hand, and one with convolutions, momentum and a test."""

from __future__ import annotations

from pathlib import Path

import blobnet
from blobnet.watch.session import Session

ROOT = Path(__file__).resolve().parents[2]

CONVOLVING = """
    name: "convolving"
    layer { name: "data" type: "DummyData" top: "data" dummy_data_param {
      shape { dim: 3 dim: 2 dim: 6 dim: 6 } data_filler { type: "gaussian" } } }
    layer { name: "label" type: "DummyData" top: "label" dummy_data_param {
      shape { dim: 3 } data_filler { type: "constant" value: 1 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 3 kernel_size: 3 stride: 2
        weight_filler { type: "xavier" } } }
    layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
    layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
      inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy"
      include { phase: TEST } }
"""
SETTINGS = """
    base_lr: 0.125 lr_policy: "fixed" momentum: 0.875 weight_decay: 0.0078125 random_seed: 3
    max_iter: 50 test_iter: 2 test_interval: 5
"""


def by_hand(dtype: str = "float64") -> Session:
    return Session(blobnet.get_solver(_here(ROOT / "models/by_hand/solver.prototxt"), dtype=dtype))


def _here(path: Path) -> blobnet.SolverParameter:
    param = blobnet.parse_solver(path.read_text(encoding="utf-8"))
    param.net = str(ROOT / param.net)
    return param


def convolving(settings: str = "", dtype: str = "float64") -> Session:
    param = blobnet.parse_solver(SETTINGS)
    param.MergeFrom(blobnet.parse_solver(settings))
    param.net_param.CopyFrom(blobnet.parse_net(CONVOLVING))
    return Session(blobnet.get_solver(param, dtype=dtype))


def weights(session: Session) -> list[bytes]:
    return [blob.data.tobytes() for blob in session.solver.net.learnable_params]
