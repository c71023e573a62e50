from __future__ import annotations

import copy

import pytest

from blobnet.pycaffe import settings

SMALL = """
    name: "small" input: "data" input_shape { dim: 4 dim: 3 }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
    layer { name: "relu" type: "ReLU" bottom: "ip" top: "ip" }
    layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


@pytest.fixture(autouse=True)
def settings_as_before(monkeypatch):
    """What a test sets for the process is forgotten after it."""
    monkeypatch.setattr(settings, "_settings", copy.deepcopy(settings._settings))


@pytest.fixture
def net_file(tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(SMALL)
    return str(path)


@pytest.fixture
def solver_file(tmp_path):
    """A function that writes a solver, with further settings, and gives its path."""
    net = """
        layer { name: "data" type: "DummyData" top: "data" top: "target"
          dummy_data_param { shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 }
            data_filler { type: "gaussian" } data_filler { type: "constant" value: 1 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
    """
    (tmp_path / "train.prototxt").write_text(net)

    def write(more="", policy='"fixed"'):
        path = tmp_path / "solver.prototxt"
        path.write_text(f"""
            net: "{tmp_path}/train.prototxt" base_lr: 0.1 max_iter: 5
            test_iter: 1 test_interval: 100 snapshot_after_train: false lr_policy: {policy} {more}
        """)
        return str(path)

    return write
