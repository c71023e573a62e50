import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def rank(options, x, labels, **more):
    text = f'type: "RankHardLoss" rankhard_loss_param {{ {options} }}'
    return run_layer(text, x, labels, **more)


def losses(x, first, other, margin):
    pair = -x[first] @ x[first + 1] + margin
    return [max(0, pair + x[near] @ x[other]) for near in (first, first + 1)]


def compared(x, labels, margin, size=2):
    """Pairs with all that are too near, by distance."""
    for first in range(0, len(x), size):
        near = [
            (-x[first] @ x[other], other)
            for other in range(len(x))
            if labels[other] != labels[first] and losses(x, first, other, margin)[0] > 0
        ]
        yield first, [other for _, other in sorted(near)]


def gradient(x, pairs, margin):
    dx = np.zeros_like(x)
    for first, others in pairs:
        for other in others:
            for near, lost in zip((first, first + 1), losses(x, first, other, margin), strict=True):
                if lost > 0:
                    dx[first] -= x[first + 1]
                    dx[first + 1] -= x[first]
                    dx[near] += x[other]
                    dx[other] += x[near]
    return dx


LABELS = [0, 0, 1, 1, 2, 2, 0, 0]


@pytest.mark.parametrize(
    ("options", "margin", "kept"),
    [
        ("neg_num: 9", 0.5, lambda others: others),
        ("neg_num: 9 margin: 2", 2, lambda others: others),
        ("neg_num: 2 hard_ratio: 1 margin: 9", 9, lambda others: others[:2]),
        ("neg_num: 3 hard_ratio: 0.67 margin: 9", 9, lambda others: others[:2]),
    ],
)
def test_losses_and_gradients(options, margin, kept, rng):
    x = rng.normal(size=(8, 3))
    run = rank(f"pair_size: 2 {options}", x, LABELS)
    pairs = [(first, kept(others)) for first, others in compared(x, LABELS, margin)]
    total = sum(sum(losses(x, first, other, margin)) for first, others in pairs for other in others)
    number = int(options.split()[1]) * 8 // 2 * 2
    np.testing.assert_allclose(run.top[0].data, total / number)
    run.top[0].diff[...] = 7  # which changes nothing
    run.backward([True, True])
    np.testing.assert_allclose(run.bottom[0].diff, gradient(x, pairs, margin) / number, atol=1e-15)
    assert not run.bottom[1].diff.any()


def test_some_are_drawn_of_those_behind(rng):
    x, labels = rng.normal(size=(10, 3)), [0, 0, *range(1, 9)]
    run = rank("pair_size: 10 neg_num: 2 rand_ratio: 0.5 margin: 50", x, labels)
    possible = [sum(losses(x, 0, other, 50)) / 4 for other in range(2, 10)]
    seen = set()
    for _ in range(80):
        run.forward()
        distances = [abs(float(run.top[0].data) - each) for each in possible]
        assert min(distances) < 1e-9
        seen.add(int(np.argmin(distances)))
    assert len(seen) == 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "pairs cannot be compared"),
        ("pair_size: 2 neg_num: 0", "pairs cannot be compared"),
        ("pair_size: 3", "not made of pairs"),
    ],
)
def test_what_makes_no_pairs_is_refused(options, message):
    with pytest.raises(LayerError, match=message):
        rank(options, np.ones((4, 2)), [0, 0, 1, 1])


def test_the_settings_may_be_called_rank_param(rng):
    x, labels = rng.normal(size=(4, 3)), np.array([0.0, 0, 1, 1])
    options = "pair_size: 2 neg_num: 4 margin: 2"
    other = run_layer(f'type: "RankHardLoss" rank_param {{ {options} }}', x, labels)
    assert other.top[0].data == rank(options, x, labels).top[0].data > 0
