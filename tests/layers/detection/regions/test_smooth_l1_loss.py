import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

TYPE = 'type: "SmoothL1Loss" '
SIGMA = TYPE + "smooth_l1_loss_param { sigma: 3 }"


def drawn(rng, count=2, shape=(3, 4, 2, 2)):
    return [rng.normal(scale=1.5, size=shape) for _ in range(count)]


def loss_and_gradient(text, *bottoms, weight=1.0):
    run = run_layer(text + f" loss_weight: {weight}", *bottoms)
    loss = run.forward()
    run.top[0].diff[...] = weight
    run.backward()
    return float(run.top[0].data), run.bottom[0].diff, run.bottom[1].diff, loss


def curve(d, sigma2):
    return 0.5 * sigma2 * d * d if abs(d) < 1 / sigma2 else abs(d) - 0.5 / sigma2


def slope(d, sigma2):
    return sigma2 * d if abs(d) < 1 / sigma2 else np.sign(d)


def each(function, d, *more):
    return np.array([function(one, *more) for one in d.reshape(-1)]).reshape(d.shape)


def test_two_bottoms(rng):
    a, b = drawn(rng)
    loss, da, db, weighted = loss_and_gradient(TYPE, a, b, weight=2.5)
    assert loss == pytest.approx(each(curve, a - b, 1).sum() / 3)
    assert weighted == pytest.approx(2.5 * loss)
    np.testing.assert_allclose(da, each(slope, a - b, 1) * 2.5 / 3)
    np.testing.assert_allclose(db, -da)


def test_three_bottoms_count_weights_once_as_ssd_does(rng):
    a, b, w = drawn(rng, 3)
    loss, da, db, _ = loss_and_gradient(TYPE, a, b, w)
    assert loss == pytest.approx(each(curve, w * (a - b), 1).sum() / 3)
    np.testing.assert_allclose(da, each(slope, w * (a - b), 1) / 3)
    np.testing.assert_allclose(db, -da)


@pytest.mark.parametrize("sigma", [1, 3, 0.5])
def test_four_bottoms_of_faster_rcnn(sigma, rng):
    a, b, inside, outside = drawn(rng, 4)
    text = f"{TYPE} smooth_l1_loss_param {{ sigma: {sigma} }}"
    loss, da, _, _ = loss_and_gradient(text, a, b, inside, outside)
    d = inside * (a - b)
    assert loss == pytest.approx((outside * each(curve, d, sigma**2)).sum() / 3)
    np.testing.assert_allclose(da, each(slope, d, sigma**2) * inside * outside / 3)


@pytest.mark.parametrize(("mode", "divisor"), [("NONE", 1), ("FULL", 3), ("BATCH_SIZE", 3)])
def test_with_four_bottoms_only_none_counts(mode, divisor, rng):
    bottoms = drawn(rng, 4)
    plain = loss_and_gradient(SIGMA, *bottoms)[0] * 3
    loss = loss_and_gradient(f"{SIGMA} loss_param {{ normalization: {mode} }}", *bottoms)[0]
    assert loss == pytest.approx(plain / divisor)


@pytest.mark.parametrize("turn", [1, 0.4, 2])
def test_a_turn_point(turn, rng):
    a, b = drawn(rng)
    loss, da, _, _ = loss_and_gradient(f"{TYPE} smoothl1_param {{ turn_point: {turn} }}", a, b)
    d = a - b
    losses = np.where(np.abs(d) < turn, d * d / 2, np.abs(d) - turn + turn**2 / 2)
    assert loss == pytest.approx(losses.sum() / 3)
    np.testing.assert_allclose(da, np.where(np.abs(d) < turn, d, np.sign(d)) / 3)


@pytest.mark.parametrize(
    ("text", "divisor"),
    [
        ("normalization: FULL", 12),
        ("normalization: VALID", 12),
        ("normalization: BATCH_SIZE", 3),
        ("normalization: PRE_FIXED pre_fixed_normalizer: 128", 128),
        ("normalization: PRE_FIXED pre_fixed_normalizer: 0.5", 1),
        ("normalization: NONE", 1),
        ("normalize: true", 12),
        ("normalize: false", 3),
    ],
)
def test_normalization_is_that_of_rfcn(text, divisor, rng):
    a, b = drawn(rng)
    loss, da, _, _ = loss_and_gradient(f"{TYPE} loss_param {{ {text} }}", a, b)
    assert loss == pytest.approx(each(curve, a - b, 1).sum() / divisor)
    np.testing.assert_allclose(da, each(slope, a - b, 1) / divisor)


def test_a_second_top_has_the_sum_of_each_position(rng):
    a, b = drawn(rng)
    run = run_layer(TYPE, a, b, num_top=2)
    losses = each(curve, a - b, 1)
    np.testing.assert_allclose(run.top[1].data, losses.sum(1, keepdims=True))
    assert float(run.top[0].data) == pytest.approx(losses.sum() / 12)


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        (SIGMA, [(2, 3)] * 3, "both inside and outside weights"),
        (TYPE + "smoothl1_param { turn_point: 1 }", [(2, 3)] * 4, "another loss"),
        (SIGMA + " smoothl1_param { turn_point: 1 }", [(2, 3)] * 2, "another loss"),
        (TYPE + "smooth_l1_loss_param { sigma: 0 }", [(2, 3)] * 2, "sigma must not be 0"),
        (TYPE, [(2, 3), (2, 4)], "the same shape"),
        (TYPE, [(2, 3), (2, 3), (2, 3, 2)], "the same shape"),
        (TYPE, [(2, 3, 1, 1, 1, 1)] * 2, "too many axes"),
        (TYPE, [(2, 3), (3, 3)], "same first dimension"),
    ],
)
def test_bad_input_is_refused(text, shapes, message):
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(text, *map(np.zeros, shapes))
