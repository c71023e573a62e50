import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

USUAL = {
    "far": 0.25,
    "near": 0.75,
    "pos": 2.0,
    "neg": 3.0,
    "most": 4.0,
    "exp": False,
    "one_other": False,
    "one_own": False,
    "first": None,
    "norm": None,
}


def lost_by(x, labels, near, exp, one_other, one_own, far, most, pos, neg, **_):
    """What each centre costs, the nearest of others, whose own counts; what the second top tells.

    Number by number, as the fork goes through them.
    """
    lost, nearest, least, told = np.zeros_like(x), [0] * len(x), 0, [0.0, 0.0]
    for m, n in np.ndindex(*x.shape):
        if n == labels[m]:
            beyond = min(most, max(0, x[m, n] - far))
            lost[m, n] = pos * beyond
            told[0] += beyond
        elif x[m, n] < near:
            lost[m, n] = neg * (math.exp(-x[m, n]) if exp else near - x[m, n])
            told[1] += near - x[m, n]
            if one_other and lost[m, n] > lost[m, nearest[m]]:
                nearest[m] = n
    for m, own in enumerate(labels):
        if one_own and lost[m, own] < lost[least, labels[least]]:
            least = m
    return lost, nearest, least, np.array(told) / [len(x), x.size - len(x)]


def oracle(x, labels, **settings):
    """Loss, dx and what the second top tells."""
    settings = {**USUAL, **settings}
    lost, nearest, least, told = lost_by(x, labels, **settings)
    far, near, pos, neg, most, exp, one_other, one_own, first, norm = settings.values()
    total, dx = 0.0, np.zeros_like(x)
    for m, n in np.ndindex(*x.shape):
        is_first = first is not None and x[m, labels[m]] > first
        if n == labels[m]:
            counts = not one_own or m == least
            dx[m, n] = pos * ((far < x[m, n] < most and counts) or is_first)
        else:
            counts = not is_first and (not one_other or n == nearest[m]) and x[m, n] < near
            dx[m, n] = -neg * (math.exp(-x[m, n]) if exp else 1) * counts
        total += lost[m, n] * counts
    others = np.arange(x.shape[1]) != np.array(labels)[:, None]
    strength = abs(dx[others].sum()) / (norm or 1) / len(x)
    if norm and strength > pos:
        dx[others] /= strength
    return total / len(x), dx / len(x), told


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("exp_negative_weight: true", {"exp": True}),
        ("positive_outlier_thresh: 0.6", {"most": np.float32(0.6)}),
        ("max_negative_only: true", {"one_other": True}),
        ("max_negative_only: true exp_negative_weight: true", {"one_other": True, "exp": True}),
        ("max_positive_only: true", {"one_own": True}),
        ("positive_first: true positive_upper_bound: 0.5", {"first": 0.5}),
        ("normalize_negative: 0.5", {"norm": 0.5}),
        ("normalize_negative: 2000", {"norm": 2000}),
        (
            "positive_first: true positive_upper_bound: 0.5 max_positive_only: true "
            "max_negative_only: true normalize_negative: 0.25",
            {"first": 0.5, "one_own": True, "one_other": True, "norm": 0.25},
        ),
    ],
)
def test_losses_and_gradients(options, settings, rng):
    x, labels = rng.uniform(0, 1.2, (12, 4)), np.arange(12) % 4
    x[0] = 1.1  # nobody is near
    x[4] = [0.7, 0.9, 0.9, 0.74]  # the own centre, 0, loses more than 3 does
    run = run_layer(
        'type: "GeneralContrastiveLoss" general_contrastive_loss_param { positive_margin: 0.25 '
        f"negative_margin: 0.75 positive_weight: 2 negative_weight: 3 {options} }}",
        x,
        labels,
        num_top=2,
    )
    loss, dx, told = oracle(x, labels, **settings)
    np.testing.assert_allclose(run.top[0].data, loss)
    np.testing.assert_allclose(run.top[1].data, told)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx)


def test_a_third_bottom_is_judged_in_place_of_the_first(rng):
    x, other, labels = rng.uniform(0, 1.2, (6, 4)), rng.uniform(0, 1.2, (6, 4)), np.arange(6) % 4
    text = 'type: "GeneralContrastiveLoss" general_contrastive_loss_param { positive_margin: 0.2 }'
    run, judged = run_layer(text, x, labels, other), run_layer(text, other, labels)
    for each in (run, judged):
        each.backward()
    np.testing.assert_array_equal(run.top[0].data, judged.top[0].data)
    np.testing.assert_array_equal(run.bottom[0].diff, judged.bottom[0].diff)


def test_the_mean_of_own_distances_widens_the_margin_and_snapshots_keep_it():
    text = (
        'type: "GeneralContrastiveLoss" general_contrastive_loss_param { add_intra_mae: true '
        "negative_margin: 1 max_negative_margin: 0.015 }"
    )
    run, other = (run_layer(text, [[1.0, 1.005]], [0], num_top=2) for _ in range(2))
    np.testing.assert_allclose(run.top[0].data, 1)  # the other centre is beyond 1
    np.testing.assert_allclose(run.top[1].data, [1, 0, 0.01])
    run.forward()
    np.testing.assert_allclose(run.top[0].data, 1 + 0.005)  # but not beyond 1.01
    np.testing.assert_allclose(run.top[1].data, [1, 0.005, 0.015], rtol=1e-6)  # 0.0199, cut
    other.layer.set_state({**run.layer.get_state(), "intra_mae": 0.5})
    other.forward()
    np.testing.assert_allclose(other.top[0].data, 1 + 0.495)


def test_bottoms_that_do_not_fit_are_refused():
    with pytest.raises(LayerError, match=r"as many distances as bottom\[0\]"):
        run_layer('type: "GeneralContrastiveLoss"', [[1, 2]], [0], [[1, 2, 3]])
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 1"):
        run_layer('type: "GeneralContrastiveLoss"', [[1, 2]], [2])
