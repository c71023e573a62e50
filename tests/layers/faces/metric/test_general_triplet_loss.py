import numpy as np
import pytest

from blobnet.testing import run_layer


def triplet(x, labels, options, *more, **named):
    text = f'type: "GeneralTripletLoss" general_triplet_loss_param {{ {options} }}'
    return run_layer(text, x, labels, *more, **named)


def oracle(
    x, labels, *, margin=0.2, center=True, hardest=False, first=False, bound=1, pos=1, neg=1
):
    """Loss and dx, item by item."""
    loss, dx = 0.0, np.zeros_like(x)
    for m, own in enumerate(labels):
        if first and x[m, own] > bound:
            dx[m, own] = pos
            continue
        lost = {n: max(0, x[m, own] + margin - x[m, n]) for n in range(x.shape[1]) if n != own}
        if hardest:
            worst = max(lost, key=lambda n: (lost[n], -n))
            lost = {worst: lost[worst]}
        for n, value in lost.items():
            loss += abs(value * neg)
            dx[m, n] = -neg if value > 0 else 0
        if center or any(value > 0 for value in lost.values()):
            dx[m, own] = pos
    return loss / len(x), dx / len(x)


@pytest.mark.parametrize("hardest", [True, False])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("center", [True, False])
def test_losses_and_gradients(hardest, first, center, rng):
    x, labels = rng.uniform(0, 1, (12, 4)), np.arange(12) % 4
    options = (
        f"margin: 0.1 hardest_only: {hardest} positive_first: {first} add_center_loss: {center} "
        "positive_upper_bound: 0.7 positive_weight: 2 negative_weight: 3"
    ).lower()
    run = triplet(x, labels, options)
    settings = {"margin": 0.1, "bound": 0.7, "pos": 2, "neg": 3}
    loss, dx = oracle(x, labels, hardest=hardest, first=first, center=center, **settings)
    np.testing.assert_allclose(run.top[0].data, loss, rtol=1e-6)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx)


def test_defaults_and_weights(rng):
    x, labels, weights = rng.uniform(0, 1, (6, 4)), np.arange(6) % 4, rng.uniform(0, 2, 6)
    run = triplet(x, labels, "", weights, num_top=2)
    loss, dx = oracle(x, labels)
    np.testing.assert_allclose(run.top[0].data, loss, rtol=1e-6)
    own = x[np.arange(6), labels]
    np.testing.assert_allclose(run.top[1].data, [own.mean(), (x.sum() - own.sum()) / 18])
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx * weights[:, None])
