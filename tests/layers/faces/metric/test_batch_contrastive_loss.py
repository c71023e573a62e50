import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = [1, 2, 1, 2, 1]
OPTIONS = "positive_margin: 0.25 negative_margin: 0.5 positive_weight: 2 negative_weight: 3"


def contrastive(x, options=OPTIONS, labels=LABELS, **more):
    text = f'type: "BatchContrastiveLoss" batch_contrastive_loss_param {{ {options} }}'
    return run_layer(text, x, labels, **more)


def pairs(x):
    """What each pair loses, by kind: (loss, i, j)."""
    found = {True: [], False: []}
    for i in range(5):
        for j in range(i + 1, 5):
            alike = LABELS[i] == LABELS[j]
            lost = 2 * (x[i, j] - 0.25) if alike else 3 * (0.5 - x[i, j])
            if lost > 0:
                found[alike].append((lost, i, j))
    return found


def test_all_pairs_count(rng):
    x = rng.uniform(0, 1, (5, 5))
    run = contrastive(x, num_top=2)
    lost = pairs(x)
    total = sum(loss for kind in lost.values() for loss, _, _ in kind)
    np.testing.assert_allclose(run.top[0].data, total / 10)
    upper = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    for index, alike in enumerate((True, False)):
        mean = np.mean([x[i, j] for i, j in upper if (LABELS[i] == LABELS[j]) == alike])
        np.testing.assert_allclose(run.top[1].data[index], mean)
    run.backward()
    expected = np.zeros((5, 5))
    for alike, weight in ((True, 2), (False, -3)):
        for _, i, j in lost[alike]:
            expected[i, j] = weight / 5
    np.testing.assert_allclose(run.bottom[0].diff, expected)


def test_only_the_worst_of_each_kind_counts(rng):
    x = rng.uniform(0, 1, (5, 5))
    run = contrastive(x, f"{OPTIONS} max_only: true")
    worst = {alike: max(found) for alike, found in pairs(x).items()}
    np.testing.assert_allclose(run.top[0].data, sum(loss for loss, _, _ in worst.values()))
    run.backward()
    expected = np.zeros((5, 5))
    for alike, weight in ((True, 2), (False, -3)):
        _, i, j = worst[alike]
        expected[i, j] = weight / 2
    np.testing.assert_allclose(run.bottom[0].diff, expected)


def test_one_item_loses_nothing():
    run = contrastive([[3.0]], labels=[0], num_top=2)
    assert run.top[0].data == 0
    np.testing.assert_array_equal(run.top[1].data, 0)


@pytest.mark.parametrize("shape", [(5, 4), (5,)])
def test_all_distances_are_needed(shape):
    with pytest.raises(LayerError, match="distances of all pairs"):
        contrastive(np.zeros(shape))
