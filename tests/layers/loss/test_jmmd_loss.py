"""Against plain loops over given draws, as jmmd_layer.cu computes the gradients."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.loss.test_mmd_loss import DRAWN, bandwidth, kernel

FEATURES, PROBABILITIES = 4, 3


def jmmd(options, x, p, num=3):
    bottoms = x[:num], x[num:].reshape(2, 2, 2), p[:num], p[num:]
    return run_layer(f'name: "j" type: "JMMDLoss" jmmd_param {{ {options} }}', *bottoms)


def labels(a, b, sigma, num, mul):
    width = sigma / mul ** (num // 2)
    return sum(np.exp(-((a - b) ** 2).sum() / (width * mul**i)) for i in range(num))


def expected_gradients(x, p, gamma, sigma, options):
    """Of features by differences; of probabilities as the fork has it."""
    num, mul, label_num, label_mul = options
    dx, dp = np.zeros_like(x), np.zeros_like(p)
    for sign, first, second in DRAWN:
        for a, b in zip(first, second, strict=True):
            together = labels(p[a], p[b], sigma, label_num, label_mul)
            for i in range(x.shape[1]):
                step = np.zeros(x.shape[1])
                step[i] = 1e-6
                up, down = (kernel(x[a] + s * step, x[b], gamma, num, mul) for s in (1, -1))
                slope = sign * together * (up - down) / 2e-6
                dx[a, i] += slope
                dx[b, i] -= slope
            for i in range(p.shape[1]):
                value = kernel(x[a], x[b], gamma, num, mul) * together
                slope = -2 * sign / sigma * value * (p[a, i] - p[b, i])
                dp[a, i] += slope
                dp[b, i] -= slope
    return dx, dp


@pytest.mark.parametrize(
    ("options", "read"),
    [
        ("sigma: 1.68 label_kernel_num: 1", (5, 2, 1, 2)),
        (
            "sigma: 0.7 kernel_num: 2 kernel_mul: 3 label_kernel_num: 4 label_kernel_mul: 1.5",
            (2, 3, 4, 1.5),
        ),
    ],
)
def test_gradients_of_given_draws(options, read, rng, monkeypatch):
    x, p = rng.normal(size=(5, FEATURES)), rng.uniform(size=(5, PROBABILITIES))
    run = jmmd(options, x, p)
    drawn = [(sign, np.array(a), np.array(b)) for sign, a, b in DRAWN]
    monkeypatch.setattr(run.layer, "_draw", lambda source, target: drawn)
    run.forward()
    assert run.top[0].data == 0
    run.top[0].diff[...] = 6
    run.backward([True] * 4)
    sigma = run.layer.layer_param_.jmmd_param.sigma
    dx, dp = expected_gradients(x, p, bandwidth(x), sigma, read)
    got = np.concatenate([run.bottom[0].diff, run.bottom[1].diff.reshape(2, FEATURES)])
    np.testing.assert_allclose(got, dx * 6 / 3, rtol=1e-5, atol=1e-7)
    got = np.concatenate([run.bottom[2].diff, run.bottom[3].diff])
    np.testing.assert_allclose(got, dp * 6 / 3, rtol=1e-5, atol=1e-7)


def test_a_single_width_gives_the_derivative_of_probabilities(rng, monkeypatch):
    """With one width the fork's rule is the derivative of what it is for."""
    x, p = rng.normal(size=(5, FEATURES)), rng.uniform(size=(5, PROBABILITIES))
    run = jmmd("sigma: 1.5 label_kernel_num: 1", x, p)
    drawn = [(sign, np.array(a), np.array(b)) for sign, a, b in DRAWN]
    monkeypatch.setattr(run.layer, "_draw", lambda source, target: drawn)
    run.forward()
    run.top[0].diff[...] = 1
    run.backward([True] * 4)
    gamma = bandwidth(x)

    def discrepancy(p):
        return sum(
            sign * kernel(x[a], x[b], gamma, 5, 2) * labels(p[a], p[b], 1.5, 1, 2) / 3
            for sign, first, second in DRAWN
            for a, b in zip(first, second, strict=True)
        )

    step = np.zeros_like(p)
    step[3, 1] = 1e-6
    slope = (discrepancy(p + step) - discrepancy(p - step)) / 2e-6
    np.testing.assert_allclose(run.bottom[3].diff[0, 1], slope, rtol=1e-5)


def test_sigma_is_drawn_anew(rng, monkeypatch):
    x, p = rng.normal(size=(5, FEATURES)), rng.uniform(size=(5, PROBABILITIES))
    run = jmmd("auto_sigma: true", x, p)
    first, second = run.layer._draw_any(5)
    assert (first != second).all()
    pairs = np.array([0, 1, 2, 3, 4]), np.array([3, 0, 1, 4, 2])
    monkeypatch.setattr(run.layer, "_draw_any", lambda count: pairs)
    run.forward()
    mean = sum(((p[a] - p[b]) ** 2).sum() for a, b in zip(*pairs, strict=True)) / 5
    np.testing.assert_allclose(run.layer._sigma, mean)


def test_a_sample_of_one_item_gives_no_gradient(rng):
    run = jmmd("sigma: 1", rng.normal(size=(3, FEATURES)), rng.uniform(size=(3, 3)), num=1)
    run.top[0].diff[...] = 1
    for blob in run.bottom:
        blob.diff[...] = 9
    run.backward([True] * 4)
    assert all((blob.diff == 0).all() for blob in run.bottom)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "the kernel of labels has no width"),
        ("sigma: 1 label_kernel_num: 0", "there is no kernel of labels"),
        ("sigma: 1 kernel_num: 0", "there is no kernel"),
    ],
)
def test_kernels_that_are_none(options, message, rng):
    with pytest.raises(LayerError, match=message):
        jmmd(options, rng.normal(size=(5, FEATURES)), rng.uniform(size=(5, 3)))


def test_items_that_do_not_belong_together():
    bottoms = np.ones((3, 2)), np.ones((2, 2)), np.ones((3, 4)), np.ones((3, 4))
    with pytest.raises(LayerError, match="every item has features and probabilities"):
        run_layer('name: "j" type: "JMMDLoss" jmmd_param { sigma: 1 }', *bottoms)
