import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

NORMALIZATIONS = [
    "",
    "normalization: FULL",
    "normalization: VALID",
    "normalization: BATCH_SIZE",
    "normalization: NONE",
    "normalize: true",
    "normalize: false",
    "normalize: true normalization: FULL",
]
IGNORES = ["", "ignore_label: -1", "ignore_label: 1", "ignore_label: 0"]


def cross_entropy(options: str, x, target, extra="", **more):
    prototxt = f'name: "loss" type: "SigmoidCrossEntropyLoss" {extra} loss_param {{ {options} }}'
    return run_layer(prototxt, x, target, **more)


def oracle(x, target, ignore, normalization):
    """The loss, score by score."""
    ignored = int(ignore.removeprefix("ignore_label: ")) if ignore else None
    total, valid = 0.0, 0
    for score, t in zip(x.ravel(), np.ravel(target), strict=True):
        if int(t) == ignored:
            continue
        p = 1 / (1 + math.exp(-score))
        total -= t * math.log(p) + (1 - t) * math.log(1 - p)
        valid += 1
    if "FULL" in normalization:
        divisor = x.size
    elif "NONE" in normalization:
        divisor = 1
    elif "VALID" in normalization or "normalize: true" in normalization:
        divisor = valid
    else:
        divisor = len(x)
    return total / max(divisor, 1)


@settings(deadline=None, max_examples=150)
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    normalization=st.sampled_from(NORMALIZATIONS),
    ignore=st.sampled_from(IGNORES),
    weight=st.sampled_from(["", "loss_weight: 2.5"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_combination_of_options(shape, normalization, ignore, weight, seed):
    rng = np.random.default_rng(seed)
    x, target = 3 * rng.normal(size=shape), rng.choice([-1, 0, 0.3, 0.8, 1], size=shape)
    run = cross_entropy(f"{ignore} {normalization}", x, target, weight)
    assert run.top[0].shape == ()
    expected = oracle(x, target, ignore, normalization)
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)
    np.testing.assert_allclose(run.forward(), (2.5 if weight else 1) * run.top[0].data)
    check_gradients(run)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("ignore", IGNORES)
def test_loss(normalization, ignore, rng):
    x, target = rng.normal(size=(3, 2, 2)), rng.choice([-1, 0, 0.3, 1], size=(3, 2, 2))
    run = cross_entropy(f"{ignore} {normalization}", x, target)
    expected = oracle(x, target, ignore, normalization)
    np.testing.assert_allclose(run.top[0].data, expected)


def test_the_fraction_of_a_target_does_not_protect_it_from_being_ignored():
    run = cross_entropy("ignore_label: 0 normalization: VALID", [[0, 9, 9]], [[1, 0.5, -0.5]])
    np.testing.assert_allclose(run.top[0].data, math.log(2))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[-0.5, 0, 0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_scores_keep_their_loss(dtype):
    x = [[1e4, -1e4, 1e4, -1e4, 3e38]]
    run = cross_entropy("", x, [[0, 1, 1, 0, 1]], dtype=dtype)
    np.testing.assert_allclose(run.top[0].data, 2e4)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[1, -1, 0, 0, 0]], atol=1e-30)


def test_small_losses_keep_their_digits_in_float32():
    run = cross_entropy("", [[20]], [[1]], dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, 2.0611536e-9, rtol=1e-5)


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
def test_scores_without_a_meaning_raise_no_warning(score):
    run = cross_entropy("", [[score, 0], [0, 0]], [[0.5, 1], [1, 0]], dtype=np.float32)
    assert not np.isfinite(run.top[0].data)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff[1], [-0.25, 0.25])


def test_scores_without_a_meaning_do_no_harm_where_they_are_ignored():
    run = cross_entropy("ignore_label: -1", [[np.nan, 0]], [[-1, 1]], dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, math.log(2))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, -0.5]])


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_all_targets_ignored(normalization, rng):
    run = cross_entropy(
        f"ignore_label: -1 {normalization}", rng.normal(size=(2, 3)), -np.ones((2, 3))
    )
    assert run.top[0].data == 0
    run.bottom[0].diff[...] = 77
    run.backward()
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_an_empty_batch_has_no_loss(normalization):
    run = cross_entropy(f"ignore_label: 1 {normalization}", np.empty((0, 3)), np.empty((0, 3)))
    assert run.top[0].data == 0
    run.backward()
    assert run.bottom[0].diff.shape == (0, 3)


def test_a_new_batch_size_is_fine(rng):
    run = cross_entropy("ignore_label: -1", rng.normal(size=(2, 3)), -np.ones((2, 3)))
    for blob, value in zip(run.bottom, (0, 1), strict=True):
        blob.reshape(5, 3)
        blob.data[...] = value
    run.forward()
    np.testing.assert_allclose(run.top[0].data, 3 * math.log(2))


def test_targets_may_have_another_shape(rng):
    x, target = rng.normal(size=(3, 4)), rng.uniform(size=(3, 4))
    flat, deep = (cross_entropy("", x, target.reshape(s)) for s in ((3, 4), (3, 2, 2)))
    assert flat.top[0].data == deep.top[0].data
    check_gradients(deep)


def test_each_score_needs_a_target(rng):
    with pytest.raises(
        LayerError,
        match=r'"loss": SIGMOID_CROSS_ENTROPY_LOSS layer inputs must have the same count.*\n'
        r".*12 targets.*\n.*\(3, 4\) and .*\(3, 5\)",
    ):
        cross_entropy("", rng.normal(size=(3, 4)), rng.normal(size=(3, 5)))


def test_the_batch_sizes_must_agree(rng):
    with pytest.raises(LayerError, match=r'"loss": The data and label should have the same first'):
        cross_entropy("", rng.normal(size=(3, 4)), rng.normal(size=(4, 3)))


def test_the_targets_get_no_gradient(rng):
    run = cross_entropy("", rng.normal(size=(3, 4)), rng.uniform(size=(3, 4)))
    assert run.propagate_down() == [True, False]
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        run.backward([True, True])


@pytest.mark.parametrize("ignore", ["", "ignore_label: 1"])
def test_weights_count_score_by_score(ignore, rng):
    x, target = rng.normal(size=(3, 4)), rng.integers(2, size=(3, 4))
    weights = rng.integers(3, size=(3, 4)).astype(float)
    run = run_layer(
        f'name: "loss" type: "SigmoidCrossEntropyLoss" loss_param {{ {ignore} }}',
        x,
        target,
        weights,
    )
    total = counted = 0.0
    slopes = np.zeros_like(x)
    for at in np.ndindex(3, 4):
        if ignore and target[at] == 1:
            continue
        p = 1 / (1 + math.exp(-x[at]))
        total -= weights[at] * math.log(p if target[at] else 1 - p)
        counted += weights[at]
        slopes[at] = weights[at] * (p - target[at])
    np.testing.assert_allclose(run.top[0].data, total / counted)
    run.top[0].diff[...] = 3
    run.backward([True, False, False])
    np.testing.assert_allclose(run.bottom[0].diff, 3 * slopes / counted)


def test_without_any_weight_there_is_no_loss():
    run = run_layer('name: "loss" type: "SigmoidCrossEntropyLoss"', [[1.0, -5]], [[1, 0]], [[0, 0]])
    run.top[0].diff[...] = 1
    run.backward([True, False, False])
    assert run.top[0].data == 0
    assert not run.bottom[0].diff.any()


def test_weights_that_do_not_suit():
    loss = 'name: "loss" type: "SigmoidCrossEntropyLoss"'
    with pytest.raises(LayerError, match="weight must be the same count"):
        run_layer(loss, np.zeros((2, 3)), np.zeros((2, 3)), np.ones((2, 1)))
    with pytest.raises(LayerError, match="normalization"):
        run_layer(f"{loss} loss_param {{ normalization: FULL }}", *np.zeros((3, 2, 3)))
    with pytest.raises(LayerError, match="cannot backpropagate to weights"):
        run_layer(loss, *np.zeros((3, 2, 3))).backward([True, False, True])
