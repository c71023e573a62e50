import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def set_loss(x, labels, alpha=0.4):
    text = f'name: "l" type: "SetLoss2" set_loss2_param {{ alpha: {alpha} }}'
    return run_layer(text, x, np.array(labels, float))


@pytest.mark.parametrize("alpha", [0.4, 1.5, 20])
def test_means_that_are_too_near_lose(alpha, rng):
    x = rng.normal(size=(6, 2, 2))
    run = set_loss(x, [4, 4, 7, 7, 1, 1], alpha)
    means = [(x[2 * k] + x[2 * k + 1]).ravel() / 2 for k in range(3)]
    total, slopes = 0.0, np.zeros((3, 4))
    for i in range(3):
        for j in range(i + 1, 3):
            d = means[i] - means[j]
            short = alpha - sum(d * d) / 4
            if short > 0:
                total += short
                slopes[i] += d
                slopes[j] -= d
    np.testing.assert_allclose(run.top[0].data, total / 3)
    run.top[0].diff[...] = 3
    run.backward([True, False])
    expected = -3 * slopes / (3 * 2 * 2)
    np.testing.assert_allclose(run.bottom[0].diff.reshape(3, 2, 4), expected[:, None].repeat(2, 1))


def test_one_class_loses_nothing(rng):
    run = set_loss(rng.normal(size=(3, 2)), [5, 5, 5])
    run.top[0].diff[...] = 1
    run.backward([True, False])
    assert run.top[0].data == 0
    assert not run.bottom[0].diff.any()


def test_what_does_not_fit(rng):
    with pytest.raises(LayerError, match=r"as many items as the first\n.*multiple of 2.*\n.*5"):
        set_loss(rng.normal(size=(5, 2)), [1, 1, 2, 2, 3])
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        set_loss(rng.normal(size=(4, 2)), [1, 1, 2, 2]).backward([True, True])
