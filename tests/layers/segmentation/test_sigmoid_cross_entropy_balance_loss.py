import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

PROTOTXT = 'name: "loss" type: "SigmoidCrossEntropyBalanceLoss"'


def oracle(x, t):
    """The loss and its slope, score by score."""
    loss, slope = 0.0, np.zeros_like(x)
    for n in range(len(x)):
        ones, zeros = int((t[n] == 1).sum()), int((t[n] == 0).sum())
        for place in np.ndindex(x[n].shape):
            p = 1 / (1 + math.exp(-x[n][place]))
            if t[n][place] == 1:
                weight = zeros / (ones + zeros)
                loss -= weight * math.log(p)
            elif t[n][place] == 0:
                weight = ones / (ones + zeros)
                loss -= weight * math.log(1 - p)
            else:
                weight = 1
            slope[n][place] = weight * (p - t[n][place]) / len(x)
    return loss / len(x), slope


def test_both_answers_weigh_the_same(rng):
    x = rng.normal(0, 2, (3, 1, 4, 5))
    t = (rng.uniform(size=x.shape) < 0.2).astype(float)
    run = run_layer(PROTOTXT, x, t)
    loss, slope = oracle(x, t)
    assert float(run.top[0].data) == pytest.approx(loss, rel=1e-9)
    run.backward(propagate_down=[True, False])
    np.testing.assert_allclose(run.bottom[0].diff, slope, rtol=1e-9)


def test_other_targets_count_in_the_gradient_alone(rng):
    x, t = rng.normal(0, 2, (2, 6)), np.array([[0, 1, 255, 0.5, 0, 0], [1, 1, 0, 2, 2, 2]], float)
    run = run_layer(PROTOTXT, x, t)
    loss, slope = oracle(x, t)
    assert float(run.top[0].data) == pytest.approx(loss, rel=1e-9)
    run.backward(propagate_down=[True, False])
    np.testing.assert_allclose(run.bottom[0].diff, slope, rtol=1e-9)


@pytest.mark.parametrize("target", [0, 1, 7])
def test_of_one_answer_alone_no_loss_is_left(target):
    run = run_layer(PROTOTXT, np.ones((2, 3)), np.full((2, 3), float(target)))
    assert float(run.top[0].data) == 0


def test_large_scores_do_not_overflow():
    run = run_layer(PROTOTXT, np.array([[800.0, -800.0]]), np.array([[0.0, 1.0]]))
    assert float(run.top[0].data) == pytest.approx(800)


def test_as_many_targets_as_scores():
    with pytest.raises(LayerError, match="inputs must have the same count"):
        run_layer(PROTOTXT, np.ones((2, 3)), np.ones((2, 2)))
