"""A loss that is no number ends the training, with the reason."""

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
    solver = make_solver(RANDOM_REGRESSION.replace('top: "loss"', 'top: "loss" loss_weight: 3e38'))
    with pytest.raises(SolverError, match="finite values in every layer"):
        solver.step(1)
