"""Small trainings for the tests of solvers: nets, settings, and all that decides how they go on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import blobnet
from blobnet.serialization.solver_state import read_solver_state, write_solver_state

FILLERS = 'weight_filler { type: "gaussian" std: 0.5 } bias_filler { type: "uniform" }'

RANDOM_DATA = """
    layer { name: "data" type: "DummyData" top: "x" top: "y"
      dummy_data_param { shape { dim: 6 dim: 4 } shape { dim: 6 dim: 3 }
        data_filler { type: "gaussian" std: 1 } data_filler { type: "uniform" } } }
"""
REGRESSION = f"""
    layer {{ name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
      param {{ lr_mult: 1 }} param {{ lr_mult: 2 decay_mult: 0 }}
      inner_product_param {{ num_output: 5 {FILLERS} }} }}
    layer {{ name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }}
    layer {{ name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
      inner_product_param {{ num_output: 3 {FILLERS} }} }}
    layer {{ name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "y" top: "loss" }}
"""
RANDOM_REGRESSION = 'name: "small"' + RANDOM_DATA + REGRESSION

SETTINGS = 'base_lr: 0.05 lr_policy: "fixed" random_seed: 7 max_iter: 20 '

SOLVER_SETTINGS = {
    "SGD": "momentum: 0.9 weight_decay: 0.01",
    "Nesterov": "momentum: 0.9 weight_decay: 0.01",
    "AdaGrad": "weight_decay: 0.01",
    "RMSProp": "rms_decay: 0.9 weight_decay: 0.01",
    "AdaDelta": "momentum: 0.9 delta: 1e-5",
    "Adam": "momentum: 0.9 momentum2: 0.99",
}


def make_solver(net: str = RANDOM_REGRESSION, settings: str = "", **options) -> blobnet.Solver:
    """A solver of a net given as text; `settings` come on top of SETTINGS."""
    param = blobnet.parse_solver(SETTINGS)
    param.MergeFrom(blobnet.parse_solver(settings))
    param.net_param.CopyFrom(blobnet.parse_net(net))
    return blobnet.get_solver(param, **options)


def trained(settings: str, steps: int = 3, **options) -> blobnet.Solver:
    solver = make_solver(settings=settings, **options)
    solver.step(steps)
    return solver


def rewritten(path: Path, **fields) -> Path:
    """Write a snapshot's state again, with some of its fields changed."""
    stored = read_solver_state(path)
    for name, value in fields.items():
        setattr(stored, name, value)
    write_solver_state(path, stored)
    return path


def weights_of(solver: blobnet.Solver) -> list[np.ndarray]:
    return [blob.data.copy() for blob in solver.net.learnable_params]


def assert_same_bits(arrays, expected) -> None:
    for array, other in zip(arrays, expected, strict=True):
        assert array.dtype == other.dtype
        assert array.shape == other.shape
        assert array.tobytes() == other.tobytes()


class Recorder(blobnet.SolverCallback):
    """Writes down what happens in a training, by iteration."""

    def __init__(self, solver: blobnet.Solver) -> None:
        self.losses: dict[int, float] = {}
        self.smoothed: dict[int, float] = {}
        self.scores: dict[tuple[int, int], dict[str, float]] = {}
        self.snapshots: list[str] = []
        solver.add_callback(self)

    def on_update(self, solver):
        self.losses[solver.iter] = solver.loss
        self.smoothed[solver.iter] = solver.smoothed_loss

    def on_test(self, solver, test_net_id, scores):
        self.scores[solver.iter, test_net_id] = scores

    def on_snapshot(self, solver, state_file):
        self.snapshots.append(state_file.name)
