import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def loss(options, *bottoms, phase="TRAIN"):
    return run_layer(
        f'name: "loss" type: "LpqLoss" lpq_loss_param {{ {options} }}', *bottoms, phase=phase
    )


FLAGS = list(itertools.product([False, True], repeat=2))


@pytest.mark.parametrize(("prescale", "by_entries"), FLAGS)
@pytest.mark.parametrize(("p", "q"), [(2, 0.5), (1, 1), (0.4, 1), (1, 0.2), (3, 0)])
def test_the_loss_in_a_loop(p, q, prescale, by_entries, rng):
    a, b = rng.normal(size=(2, 3, 2, 4, 5))
    b[0, 0, 1, 2] = np.nan
    total, known = 0.0, 0
    for n, row, column in np.ndindex(3, 4, 5):
        d = np.abs(a - b)[n, :, row, column]
        known += np.count_nonzero(~np.isnan(d))
        total += ((np.nan_to_num(d) + 0.1) ** p).sum() / (2 if prescale else 1) * 1.0
    run = loss(
        f"p: {p} q: 1 p_epsilon: 0.1 q_epsilon: 0 l2_prescale_by_channels: {prescale!s} "
        f"normalize_by_num_entries: {by_entries!s}".replace("True", "true").replace(
            "False", "false"
        ),
        a,
        b,
    )
    assert run.top[0].data == pytest.approx(total / (known / 2 if by_entries else 3), rel=1e-6)
    s = (np.abs(np.nan_to_num(a - b)) + 0.1).sum(axis=1) + 0.3
    run = loss(f"p: 1 q: {q} p_epsilon: 0.1 q_epsilon: 0.3", a, b)
    assert run.top[0].data == pytest.approx((s**q).sum() / 3, rel=1e-6)


def test_what_is_unknown_gets_no_gradient(rng):
    a, b = rng.normal(size=(2, 3, 2))
    b[1, 1] = np.nan
    run = loss("p: 2 q: 0.5", a, b)
    run.backward()
    assert run.bottom[0].diff[1, 1] == 0
    np.testing.assert_array_equal(run.bottom[1].diff, -run.bottom[0].diff)


def test_powers_change_with_the_iterations():
    options = "pq_episode_starts_at_iter: [0, 2, 3] p: [1, 2, 3] q: [1, 1, 1] q_epsilon: 0"
    a = np.full((1, 1), 10.0)
    run = loss(options, a)
    seen = [run.top[0].data.item()]
    for _ in range(3):
        run.forward()
        seen.append(run.top[0].data.item())
    assert seen == [10, 10, 100, 1000]
    state = run.layer.get_state()
    again = loss(options, a)
    again.layer.set_state(state)
    again.forward()
    assert again.top[0].data == 1000
    test = loss(options, a, phase="TEST")
    for _ in range(4):
        test.forward()
    assert test.top[0].data == 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "equally often"),
        ("p: 1 p: 2 q: 1", "equally often"),
        ("pq_episode_starts_at_iter: [1] p: 1 q: 1", "begin with 0"),
        ("pq_episode_starts_at_iter: [0, 0] p: [1, 1] q: [1, 1]", "begin with 0"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        loss(options, np.zeros((2, 3)), np.zeros((2, 3)))
