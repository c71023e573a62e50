"""A loss that is no number ends the training, with the reason."""

import os
import subprocess
import sys

import numpy as np
import pytest

import blobnet
from blobnet import SolverError
from tests.solver.training import RANDOM_REGRESSION, assert_same_bits, make_solver, weights_of


def test_divergence_names_the_layer_the_rate_and_the_last_snapshot(tmp_path):
    solver = make_solver(settings=f'snapshot: 2 snapshot_prefix: "{tmp_path}/small"')
    solver.step(3)
    solver.net.params["ip1"][0].data[1, 2] = np.inf
    with pytest.raises(SolverError) as caught:
        solver.step(1)
    text = str(caught.value)
    assert text.startswith("iteration 3: the loss is ")
    assert 'blobs_[0] (the weights) of InnerProduct layer "ip1": 1 of 20 values' in text
    assert "the first inf at (1, 2)" in text
    assert "the learning rate was 0.05" in text
    assert f"last good snapshot: {tmp_path}/small_iter_2.solverstate" in text


@pytest.mark.parametrize("solver_type", blobnet.solvers.SOLVERS)
def test_a_rate_that_is_too_high_ends_in_an_explanation(solver_type):
    solver = make_solver(settings=f'type: "{solver_type}" base_lr: 1e20')
    with pytest.raises(
        SolverError, match=r"the loss is (inf|nan)\n.*\n.*\n.*rate was 1e\+20.*none"
    ):
        solver.step(50)


def test_the_update_that_would_have_followed_is_not_made():
    solver = make_solver()
    solver.net.params["ip2"][1].data[0] = np.nan
    before = weights_of(solver)
    with pytest.raises(SolverError):
        solver.step(1)
    assert_same_bits(weights_of(solver), before)


def test_one_bad_pass_of_several_is_caught_before_the_next_covers_it():
    """In the second of three passes the data are infinite, in the last one they are fine."""
    passes = iter([1.0, np.inf, 1.0])

    solver = make_solver(settings="iter_size: 3")
    layer = solver.net.layers[solver.net.layer_names.index("data")]
    draw = layer.forward_cpu

    def forward(bottom, top):
        draw(bottom, top)
        top[0].data[...] *= next(passes)

    layer.forward_cpu = forward
    with pytest.raises(SolverError, match=r'top "x" of DummyData layer "data"'):
        solver.step(1)


def test_a_loss_without_any_cause_in_sight_is_refused_all_the_same():
    """Weight times value is too large, though both are numbers."""
    net = RANDOM_REGRESSION.replace('top: "loss"', 'top: "loss" loss_weight: 3e38')
    solver = make_solver(net.replace('data_filler { type: "uniform" }', "data_filler { value: 9 }"))
    with pytest.raises(SolverError, match="finite values in every layer"):
        solver.step(1)


def test_weights_that_the_last_update_broke_are_told(warnings, tmp_path):
    """No loss has shown it yet: it is that before the update."""
    settings = f'snapshot: 1 max_iter: 2 display: 2 snapshot_prefix: "{tmp_path}/x"'
    solver = make_solver(settings=settings)

    class Breaker(blobnet.SolverCallback):
        def on_gradients_ready(self, solver):
            if solver.iter == 1:
                solver.net.params["ip1"][0].diff[2, 3] = np.inf

    solver.add_callback(Breaker())
    snapshot, loss = warnings(solver.solve)
    assert snapshot.startswith(
        "Iteration 2: this snapshot is of no use: blobs_[0] (the weights) of"
    )
    assert "1 of 20 values not finite, the first -inf at (2, 3)" in snapshot
    assert loss.startswith("Iteration 2: the loss is ")
    assert solver.last_snapshot.name == "x_iter_2.solverstate"
    with pytest.raises(SolverError, match=r"last good snapshot: \S*x_iter_1\.solverstate"):
        solver.step(1)


def test_a_loss_that_hides_broken_weights_does_not_hide_them_for_long():
    """To HingeLoss, as to Caffe's, scores of NaN are no loss at all."""
    net = RANDOM_REGRESSION.replace("EuclideanLoss", "HingeLoss").replace("dim: 6 dim: 3", "dim: 6")
    solver = make_solver(net.replace('{ type: "uniform" } }', "{ value: 1 } }"), "display: 5")
    solver.step(1)
    solver.net.params["ip2"][0].data[0, 1] = np.nan
    solver.net.params["ip2"][1].data[...] = np.nan
    with pytest.raises(SolverError, match=r"iteration 5: weights are no (.*\n)+.*blobs_\[0\]"):
        solver.step(6)


def test_an_infinite_constant_is_no_broken_weight():
    net = (
        RANDOM_REGRESSION
        + """
        layer { name: "mask" type: "Bias" bottom: "x" top: "masked" param { lr_mult: 0 }
                bias_param { filler { value: -inf } } }
        layer { name: "one" type: "Exp" bottom: "masked" top: "none" }
        layer { name: "silence" type: "Silence" bottom: "none" }
    """
    )
    solver = make_solver(net, "display: 1")
    solver.step(3)
    assert np.isinf(solver.net.params["mask"][0].data).all()
    assert solver.iter == 3


def test_the_environment_may_say_to_go_on_as_caffe_does():
    code = (
        "from tests.solver.training import make_solver\n"
        "solver = make_solver()\n"
        "solver.net.params['ip1'][0].data[...] = float('nan')\n"
        "solver.step(2)\n"
        "print(solver.iter)"
    )
    environment = {**os.environ, "BLOBNET_CHECK_LOSS": "0"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "2\n"
