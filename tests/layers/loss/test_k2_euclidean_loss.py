"""Its numbers are tested beside those of K1: test_k1_euclidean_loss.py."""

from blobnet.testing import run_layer


def test_one_half_loses_nothing():
    run = run_layer('type: "K2_EuclideanLoss"', [[0.5, 0.5]], [[1.0, 2.0]])
    assert run.top[0].data == 0
