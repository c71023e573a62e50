import math

import numpy as np
import pytest

from blobnet.testing import run_layer


def oracle(x, labels, *, far=1.0, near=1.0, pos=1.0, neg=1.0, square=False, most=4.0):
    """Loss and dx, item by item, with plain exponentials."""
    loss, dx = 0.0, np.zeros_like(x)
    power = 2 if square else 1
    for m, own in enumerate(labels):
        loss += pos * min(most, max(0, x[m, own] - far)) ** power
        if far < x[m, own] < most:
            dx[m, own] = pos * (x[m, own] if square else 1)
        close = [n for n in range(x.shape[1]) if n != own and x[m, n] < near]
        share = {n: math.exp(neg * (near - x[m, n]) ** power) for n in close}
        total = sum(share.values())
        loss += math.log(total) if total else 0
        for n in close:
            dx[m, n] = -neg * (near - x[m, n] if square else 1) * share[n] / total
    return loss / len(x), dx / len(x)


@pytest.mark.parametrize("square", [True, False])
@pytest.mark.parametrize("most", [4, 0.6])
def test_losses_and_gradients(square, most, rng):
    x, labels = rng.uniform(0, 1.2, (12, 4)), np.arange(12) % 4
    x[0] = 1.1  # nobody is near
    run = run_layer(
        'type: "SoftContrastiveLoss" soft_contrastive_loss_param { positive_margin: 0.25 '
        "negative_margin: 0.75 positive_weight: 2 negative_weight: 3 exponent_scale: 9 "
        f"square: {str(square).lower()} }} "
        f"general_contrastive_loss_param {{ positive_outlier_thresh: {most} }}",
        x,
        labels,
        num_top=2,
    )
    settings = {"far": 0.25, "near": 0.75, "pos": 2, "neg": 3}
    loss, dx = oracle(x, labels, square=square, most=np.float32(most), **settings)
    np.testing.assert_allclose(run.top[0].data, loss)
    own = x[np.arange(12), labels]
    others = np.maximum(0.75 - x, 0).sum() - np.maximum(0.75 - own, 0).sum()
    far = np.clip(own - 0.25, 0, np.float32(most)).mean()
    np.testing.assert_allclose(run.top[1].data, [far, others / 36])
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx)


def test_large_exponents_do_not_overflow():
    run = run_layer(
        'type: "SoftContrastiveLoss" soft_contrastive_loss_param { negative_weight: 2000 }',
        [[0, 0.0, 0.5]],
        [0],
    )
    np.testing.assert_allclose(run.top[0].data, 2000)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, -2000, 0]], atol=1e-9)
