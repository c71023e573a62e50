import json

import numpy as np
import pytest

from blobnet.reports.smoothed_loss import SmoothedLoss


def add_all(smoothed, losses, first_iter=0):
    values = []
    for iteration, loss in enumerate(losses, start=first_iter):
        smoothed.add(loss, iteration)
        values.append(smoothed.value)
    return values


@pytest.mark.parametrize("window", [1, 2, 5, 100])
@pytest.mark.parametrize("first_iter", [0, 3, 1007])
def test_the_mean_of_the_last_losses(window, first_iter, rng):
    losses = rng.normal(size=40).tolist()
    smoothed = SmoothedLoss(window)
    smoothed.restart(first_iter)
    expected = [np.mean(losses[max(0, i + 1 - window) : i + 1]) for i in range(40)]
    np.testing.assert_allclose(add_all(smoothed, losses, first_iter), expected, rtol=1e-9)


def test_a_restart_forgets():
    smoothed = SmoothedLoss(3)
    add_all(smoothed, [100, 100, 100, 100])
    smoothed.restart(50)
    assert add_all(smoothed, [1, 2, 3, 4], 50) == pytest.approx([1, 1.5, 2, 3])


@pytest.mark.parametrize("split", [1, 3, 4, 5, 17])
def test_the_state_carries_on_bit_for_bit_through_json(split, rng):
    losses = rng.normal(size=30).tolist()
    unbroken, first, second = SmoothedLoss(4), SmoothedLoss(4), SmoothedLoss(4)
    for smoothed in (unbroken, first):
        smoothed.restart(7)
    expected = add_all(unbroken, losses, 7)
    values = add_all(first, losses[:split], 7)
    second.set_state(json.loads(json.dumps(first.get_state())))
    assert second.value == first.value
    assert values + add_all(second, losses[split:], 7 + split) == expected


def test_the_state_is_a_copy():
    smoothed = SmoothedLoss(4)
    smoothed.add(1.0, 0)
    state = smoothed.get_state()
    smoothed.add(2.0, 1)
    assert state["losses"] == [1.0]
