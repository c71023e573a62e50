import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

VERSIONS = ["", "margin: 3", "legacy_version: true", "margin: 3 legacy_version: true"]
SHAPES = [(8, 3), (8, 3, 1), (8, 3, 1, 1), (8,), (1, 3)]


def contrastive(options: str, a, b, similar, extra="", **more):
    prototxt = (
        f'name: "loss" type: "ContrastiveLoss" {extra} contrastive_loss_param {{ {options} }}'
    )
    return run_layer(prototxt, a, b, similar, **more)


def oracle(a, b, similar, options, weight=1.0):
    """Loss, da and db, pair by pair."""
    margin, legacy = (3 if "margin: 3" in options else 1), "legacy" in options
    total, gradient = 0.0, np.zeros((len(a), int(a.size / len(a))))
    for n, is_similar in enumerate(similar):
        difference = a[n].ravel() - b[n].ravel()
        squared = sum(value**2 for value in difference)
        distance = math.sqrt(squared)
        if is_similar:
            total += squared
            gradient[n] = difference
        elif legacy:
            total += max(margin - squared, 0)
            gradient[n] = -difference if margin > squared else 0
        else:
            total += max(margin - distance, 0) ** 2
            if margin > distance:
                gradient[n] = -(margin - distance) / (distance + 1e-4) * difference
    gradient = gradient.reshape(a.shape) * weight / len(a)
    return total / len(a) / 2, gradient, -gradient


def pairs(shape, rng):
    """Some near, some far away; similar and not."""
    a = rng.normal(size=shape)
    b = a + rng.normal(size=shape) * np.resize([0.1, 0.5, 1.2, 4], shape[0]).reshape(
        -1, *[1] * (len(shape) - 1)
    )
    return a, b, np.resize([0, 0, 0, 0, 1, 1, 1, 1], shape[0])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("options", VERSIONS)
@pytest.mark.parametrize("weight", ["", "loss_weight: 2.5"])
def test_loss_and_gradients(shape, options, weight, rng):
    a, b, similar = pairs(shape, rng)
    run = contrastive(options, a, b, similar, weight)
    loss, da, db = oracle(a, b, similar, options, 2.5 if weight else 1)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, loss)
    np.testing.assert_allclose(run.forward(), loss * (2.5 if weight else 1))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, da, atol=1e-15)
    np.testing.assert_allclose(run.bottom[1].diff, db, atol=1e-15)


@pytest.mark.parametrize("options", ["margin: 3 legacy_version: true", "legacy_version: true"])
def test_gradients_of_the_legacy_version(options, rng):
    check_gradients(contrastive(options, *pairs((8, 3), rng)))


@pytest.mark.parametrize("margin", [1, 3])
def test_gradients_are_right_but_for_what_guards_against_distance_0(margin, rng):
    check_gradients(contrastive(f"margin: {margin}", *pairs((8, 3), rng)), rtol=1e-2)


def test_equal_vectors_that_should_differ_stay_where_they_are(rng):
    run = contrastive("", [[1, 2]], [[1, 2]], [0])
    assert run.top[0].data == 0.5
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[0, 0]])


def test_near_vectors_are_pushed_apart_with_bounded_force():
    run = contrastive("", [[1e-4, 0]], [[0, 0]], [0])
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[-(1 - 1e-4) / 2, 0]])


def test_a_label_is_similar_unless_it_is_0_without_its_fraction():
    labels = [0, 0.9, -0.9, 1, 1.5, 2, -1]
    run = contrastive("margin: 0", np.ones((7, 1)), np.zeros((7, 1)), labels)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff.ravel() * 7, [0, 0, 0, 1, 1, 1, 1])


@pytest.mark.parametrize("shape", [(8,), (8, 1), (8, 1, 1, 1)])
def test_labels_may_have_axes_of_length_1(shape, rng):
    a, b, similar = pairs((8, 3), rng)
    run = contrastive("", a, b, similar.reshape(shape))
    np.testing.assert_allclose(run.top[0].data, oracle(a, b, similar, "")[0])


def test_the_vectors_may_have_different_numbers_of_axes(rng):
    a, b, similar = pairs((8, 3), rng)
    run = contrastive("", a, b.reshape(8, 3, 1, 1), similar)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, -run.bottom[1].diff[:, :, 0, 0])


@pytest.mark.parametrize("wanted", [[True, False, False], [False, True, False]])
def test_either_gradient_alone(wanted, rng):
    run = contrastive("", *pairs((8, 3), rng))
    for blob in run.bottom:
        blob.diff[...] = 77
    run.backward(wanted)
    assert [not (blob.diff == 77).all() for blob in run.bottom] == wanted


def test_the_labels_get_no_forced_gradient_and_otherwise_0(rng):
    run = contrastive("", *pairs((8, 3), rng))
    assert run.propagate_down() == [True, True, False]
    run.bottom[2].diff[...] = 77
    run.backward([True, True, True])
    np.testing.assert_array_equal(run.bottom[2].diff, 0)


def test_a_new_batch_size_is_fine(rng):
    run = contrastive("", *pairs((8, 3), rng))
    for size in (16, 2):
        values = pairs((size, 3), rng)
        for blob, value in zip(run.bottom, values, strict=True):
            blob.reshape(value.shape)
            blob.data[...] = value
        run.forward()
        run.backward()
        loss, da, _ = oracle(*values, "")
        np.testing.assert_allclose(run.top[0].data, loss)
        np.testing.assert_allclose(run.bottom[0].diff, da)


@pytest.mark.parametrize("options", VERSIONS)
def test_an_empty_batch_has_no_loss(options):
    run = contrastive(options, np.empty((0, 3)), np.empty((0, 3)), np.empty(0))
    assert run.top[0].data == 0
    run.backward()
    assert run.bottom[0].diff.shape == (0, 3)


@pytest.mark.parametrize("options", VERSIONS)
@pytest.mark.parametrize("value", [3e38, np.inf, np.nan])
def test_extreme_values_raise_no_warning(options, value):
    a = np.array([[value, 0], [value, 0], [0.5, 0]])
    run = contrastive(options, a, np.zeros((3, 2)), [0, 1, 1], dtype=np.float32)
    assert not np.isfinite(run.top[0].data)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff[0], [0, 0])  # beyond the margin
    np.testing.assert_allclose(run.bottom[0].diff[2], [0.5 / 3, 0])


@pytest.mark.parametrize(
    ("first", "second"), [((4, 3), (4, 2)), ((4, 3, 2), (4, 3, 2)), ((4, 1), (4, 1, 1, 3))]
)
def test_the_vectors_must_have_one_length(first, second):
    with pytest.raises(LayerError, match=r'"loss": the two bottoms must hold vectors of one len'):
        contrastive("", np.zeros(first), np.zeros(second), np.zeros(4))


def test_the_batch_sizes_must_agree():
    with pytest.raises(LayerError, match=r"same first dimension.*\n.*\n.*\(3, 4\) and .*\(4, 4\)"):
        contrastive("", np.zeros((3, 4)), np.zeros((4, 4)), np.zeros(3))


@pytest.mark.parametrize("shape", [(5,), (4, 2), (1, 4)])
def test_each_pair_needs_one_label(shape):
    with pytest.raises(LayerError, match=r"tell for each pair(.*\n)*.*4 values(.*\n)*.*shape"):
        contrastive("", np.zeros((4, 3)), np.zeros((4, 3)), np.zeros(shape))


def test_more_than_four_axes_are_refused():
    with pytest.raises(LayerError, match=r'"loss": .*at most 4 axes'):
        contrastive("", np.zeros((4, 3, 1, 1, 1)), np.zeros((4, 3)), np.zeros(4))


@pytest.mark.parametrize("label", [np.nan, np.inf])
def test_a_label_that_is_no_number_is_refused(label):
    with pytest.raises(LayerError, match=rf'"loss": .*similar\n.*\n.*{label:g} for pair 2'):
        contrastive("", np.zeros((3, 1)), np.zeros((3, 1)), [0, 1, label])


def test_two_bottoms_are_not_enough():
    with pytest.raises(LayerError, match=r"ContrastiveLoss Layer takes at least 3 bottom"):
        run_layer('type: "ContrastiveLoss"', np.zeros((3, 1)), np.zeros((3, 1)))


def test_a_fourth_bottom_makes_labels_of_the_third(rng):
    a, b, similar = pairs((8, 3), rng)
    first = np.array([0, 1, 2, 3, 4, 5, 6, 7.5])
    second = np.where(similar == 1, np.trunc(first), first + 1)
    text = 'type: "ContrastiveLoss"'
    run = run_layer(text, a, b, first, second)
    loss, da, db = oracle(a, b, similar, "")
    np.testing.assert_allclose(run.top[0].data, loss)
    run.backward([True, True, True, True])
    np.testing.assert_allclose(run.bottom[0].diff, da, atol=1e-15)
    np.testing.assert_allclose(run.bottom[1].diff, db, atol=1e-15)
    assert not run.bottom[3].diff.any()
    with pytest.raises(LayerError, match=r"bottom\[3\] must tell"):
        run_layer(text, a, b, first, second[:4])
