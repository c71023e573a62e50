import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def mmd(options, source, target, **more):
    return run_layer(f'type: "MMDLoss" mmd_param {{ {options} }}', source, target, **more)


def bandwidth(items):
    total = sum(((a - b) ** 2).sum() for a in items for b in items)
    return len(items) * (len(items) - 1) / total


def kernel(a, b, gamma, num, mul):
    gamma /= mul ** (num // 2)
    return sum(np.exp(-gamma * mul**i * ((a - b) ** 2).sum()) for i in range(num))


DRAWN = [
    (1, [0, 2, 1], [1, 0, 2]),
    (1, [3, 4, 4], [4, 3, 3]),
    (-1, [0, 2, 1], [4, 3, 3]),
    (-1, [1, 0, 2], [3, 4, 4]),
]


def estimate(items, gamma, num, mul):
    return sum(
        sign * kernel(items[a], items[b], gamma, num, mul)
        for sign, first, second in DRAWN
        for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize(
    ("options", "num", "mul"), [("", 5, 2), ("kernel_num: 2 kernel_mul: 3", 2, 3)]
)
def test_loss_and_gradient_of_given_draws(options, num, mul, rng, monkeypatch):
    items = rng.normal(size=(5, 4))
    run = mmd(options, items[:3], items[3:].reshape(2, 2, 2))
    drawn = [(sign, np.array(a), np.array(b)) for sign, a, b in DRAWN]
    monkeypatch.setattr(run.layer, "_draw", lambda source, target: drawn)
    run.forward()
    gamma = bandwidth(items)
    np.testing.assert_allclose(run.top[0].data, estimate(items, gamma, num, mul))
    run.top[0].diff[...] = 6
    run.backward([True, True])
    expected = np.zeros_like(items)
    for place in np.ndindex(items.shape):
        step = np.zeros_like(items)
        step[place] = 1e-6
        ends = [estimate(items + sign * step, gamma, num, mul) for sign in (1, -1)]
        expected[place] = (ends[0] - ends[1]) / 2e-6 * 6 / 3
    got = np.concatenate([run.bottom[0].diff, run.bottom[1].diff.reshape(2, 4)])
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-7)


def test_draws_are_of_two_items_of_each_sample(rng):
    layer = mmd("", rng.normal(size=(3, 2)), rng.normal(size=(7, 2))).layer
    for _ in range(20):
        pairs = layer._draw(3, 7)
        assert [sign for sign, _, _ in pairs] == [1, 1, -1, -1]
        (_, s, s2), (_, t, t2), (_, a, b), (_, c, d) = pairs
        assert (s != s2).all()
        assert (t != t2).all()
        assert len(s) == 7
        assert set(s) | set(s2) <= set(range(3))
        assert set(t) | set(t2) <= set(range(3, 10))
        np.testing.assert_array_equal([a, b, c, d], [s, t2, s2, t])


@pytest.mark.parametrize("is_fixed", [False, True])
def test_the_width_follows_the_features_unless_it_is_fixed(is_fixed, rng):
    x = rng.normal(size=(3, 2))
    run = mmd(f"fix_gamma: {str(is_fixed).lower()}", x, x + 1)
    before = run.layer._gamma
    run.bottom[0].data[...] *= 3
    run.forward()
    assert (run.layer._gamma == before) == is_fixed
    other = mmd("fix_gamma: true", x, x + 5)
    other.layer.set_state(run.layer.get_state())
    assert other.layer._gamma == run.layer._gamma


def test_samples_of_one_item_have_no_gradient(rng):
    run = mmd("", rng.normal(size=(1, 2)), rng.normal(size=(4, 2)))
    run.backward([True, True])
    assert not run.bottom[1].diff.any()


def test_bad_settings_and_shapes():
    with pytest.raises(LayerError, match="no kernel"):
        mmd("kernel_num: 0", np.ones((2, 2)), np.ones((2, 2)))
    with pytest.raises(LayerError, match="as many values"):
        mmd("", np.ones((2, 2)), np.ones((2, 3)))
