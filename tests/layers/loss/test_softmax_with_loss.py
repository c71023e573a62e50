import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import blobnet
from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

FLT_MIN = 1.17549435e-38
NORMALIZATIONS = [
    "",
    "normalization: FULL",
    "normalization: VALID",
    "normalization: BATCH_SIZE",
    "normalization: NONE",
    "normalize: true",
    "normalize: false",
    "normalize: false normalization: FULL",
]
SHAPE_AND_AXIS = [((3, 5), 1), ((3, 5, 2, 2), 1), ((3, 2, 5), -1)]


def prototxt(options="", axis=1, extra=""):
    return f"""
        name: "loss" type: "SoftmaxWithLoss" {extra}
        loss_param {{ {options} }} softmax_param {{ axis: {axis} }}
    """


def random_labels(shape, axis, rng):
    return rng.integers(shape[axis], size=np.delete(shape, axis))


def oracle(x, labels, axis, options):
    """The loss, item by item."""
    rows = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    total, valid = 0.0, 0
    for row, label in zip(rows, labels.ravel(), strict=True):
        if "ignore_label: 2" in options and int(label) == 2:
            continue
        exps = [math.exp(value - max(row)) for value in row]
        total -= math.log(max(exps[int(label)] / sum(exps), FLT_MIN))
        valid += 1
    outer = math.prod(x.shape[: axis % x.ndim])
    if "FULL" in options:
        divisor = len(rows)
    elif "NONE" in options:
        divisor = 1
    elif "BATCH_SIZE" in options or "normalize: false" in options:
        divisor = outer
    else:
        divisor = valid
    return total / max(divisor, 1)


@pytest.mark.parametrize(("shape", "axis"), SHAPE_AND_AXIS)
@pytest.mark.parametrize("ignore", ["", "ignore_label: 2"])
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_loss(shape, axis, ignore, normalization, rng):
    x, labels = rng.normal(size=shape), random_labels(shape, axis, rng)
    labels.flat[1] = 2
    options = f"{ignore} {normalization}"
    run = run_layer(prototxt(options, axis), x, labels)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, axis, options))


@settings(deadline=None, max_examples=50)
@given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    normalization=st.sampled_from(NORMALIZATIONS),
    ignore=st.sampled_from(["", "ignore_label: 2"]),
    weight=st.sampled_from(["", "loss_weight: 2.5"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_combination_of_options(shape, normalization, ignore, weight, seed):
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=shape), random_labels(shape, 1, rng)
    options = f"{ignore} {normalization}"
    run = run_layer(prototxt(options, extra=weight), x, labels)
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, 1, options), atol=1e-12)
    np.testing.assert_allclose(run.forward(), (2.5 if weight else 1) * run.top[0].data)
    check_gradients(run)


def test_the_loss_weight_scales_the_gradient_but_not_the_top(rng):
    x, labels = rng.normal(size=(3, 4)), [0, 1, 3]
    plain, weighted = (
        run_layer(prototxt(extra=extra), x, labels) for extra in ("", "loss_weight: 3")
    )
    for run in (plain, weighted):
        run.backward()
    assert weighted.top[0].data == plain.top[0].data
    np.testing.assert_allclose(weighted.bottom[0].diff, 3 * plain.bottom[0].diff)
    assert weighted.layer.loss(0) == 3


def test_the_second_top_holds_the_probabilities_and_counts_nothing(rng):
    x, labels = rng.normal(size=(3, 4, 2)), rng.integers(4, size=(3, 2))
    run = run_layer(prototxt(), x, labels, num_top=2)
    exps = np.exp(x)
    np.testing.assert_allclose(run.top[1].data, exps / exps.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(run.forward(), run.top[0].data)


def test_the_second_top_keeps_up_with_a_growing_batch(rng):
    run = run_layer(prototxt(), rng.normal(size=(2, 3)), [0, 2], num_top=2)
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = rng.normal(size=(5, 3))
    run.bottom[1].reshape(5)
    run.bottom[1].data[...] = labels = [0, 2, 1, 1, 0]
    run.forward()
    np.testing.assert_allclose(run.top[1].data.sum(axis=1), np.ones(5))
    likelihoods = run.top[1].data[np.arange(5), labels]
    np.testing.assert_allclose(run.top[0].data, -np.log(likelihoods).mean())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shift", [0, 1e4, -1e4])
def test_no_item_loses_more_than_87_3365(dtype, shift):
    x = np.array([[1e4, -1e4], [0, 0]]) + shift
    run = run_layer(prototxt("normalization: NONE"), x, [1, 1], dtype=dtype)
    np.testing.assert_allclose(run.top[0].data, 87.33654 + math.log(2), rtol=1e-6)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[1, -1], [0.5, -0.5]])


def test_minus_infinity_is_a_score_like_another():
    run = run_layer(prototxt(), [[-np.inf, 0, 0]], [1])
    np.testing.assert_allclose(run.top[0].data, math.log(2))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, -0.5, 0.5]])


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_scores_without_a_meaning_make_the_loss_nan_without_a_warning(score):
    run = run_layer(prototxt(), [[score, 0], [0, 0]], [0, 0], dtype=np.float32)
    assert np.isnan(run.top[0].data)
    run.backward()
    assert np.isnan(run.bottom[0].diff[0]).all()
    np.testing.assert_allclose(run.bottom[0].diff[1], [-0.25, 0.25])


def test_scores_without_a_meaning_do_no_harm_where_they_are_ignored():
    x = [[np.nan, 0], [0, 0]]
    run = run_layer(prototxt("ignore_label: 255"), x, [255, 0], dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, math.log(2))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, 0], [-0.5, 0.5]])


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_all_labels_ignored(normalization, rng):
    options = f"ignore_label: -1 {normalization}"
    run = run_layer(prototxt(options), rng.normal(size=(2, 3)), [-1, -1])
    assert run.top[0].data == 0
    run.bottom[0].diff[...] = 77
    run.backward()
    assert not run.bottom[0].diff.any()


def test_an_empty_batch_has_no_loss():
    run = run_layer(prototxt(), np.empty((0, 3)), np.empty(0))
    assert run.top[0].data == 0
    run.backward()
    assert run.bottom[0].diff.shape == (0, 3)


def test_labels_may_have_axes_of_length_1(rng):
    x = rng.normal(size=(3, 4))
    flat, deep = (run_layer(prototxt(), x, np.reshape([0, 1, 3], s)) for s in ((3,), (3, 1, 1, 1)))
    assert flat.top[0].data == deep.top[0].data


def test_the_old_name_is_still_known(rng):
    run = run_layer('type: "SoftmaxLoss"', rng.normal(size=(3, 4)), [0, 1, 3])
    assert isinstance(run.layer, blobnet.layers.SoftmaxWithLoss)


def test_a_net_names_the_loss_that_a_prototxt_leaves_unnamed(rng):
    net = blobnet.Net(
        blobnet.parse_net("""
            layer { type: "Input" name: "in" top: "x" top: "y"
                    input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
            layer { type: "SoftmaxWithLoss" name: "loss" bottom: "x" bottom: "y" }
        """)
    )
    net.forward(x=np.zeros((2, 3)), y=[0, 2])
    np.testing.assert_allclose(net.loss, math.log(3), rtol=1e-6)


@pytest.mark.parametrize("label", [5, -1, np.nan])
def test_a_label_that_is_no_class_is_refused(label, rng):
    with pytest.raises(LayerError, match=r'SoftmaxWithLoss layer "loss".*\n.*0 to 4\n.*sample 2'):
        run_layer(prototxt(), rng.normal(size=(3, 5)), [0, 4, label])


@pytest.mark.parametrize("shape", [(4,), (4, 1), ()])
def test_the_batch_sizes_must_agree(shape, rng):
    with pytest.raises(LayerError, match=r'"loss": The data and label should have the same first'):
        run_layer(prototxt(), rng.normal(size=(3, 5)), np.zeros(shape))


def test_each_item_needs_one_label(rng):
    with pytest.raises(LayerError, match="Number of labels must match"):
        run_layer(prototxt(), rng.normal(size=(3, 5, 2)), np.zeros(3))


def test_the_labels_get_no_gradient(rng):
    run = run_layer(prototxt(), rng.normal(size=(3, 5)), np.zeros(3))
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        run.backward([True, True])


def test_the_axis_must_exist(rng):
    with pytest.raises(LayerError, match=r'"loss": axis 2 is out of range'):
        run_layer(prototxt(axis=2), rng.normal(size=(3, 5)), np.zeros(3))


def test_one_loss_weight_is_not_enough_for_two_tops(rng):
    with pytest.raises(LayerError, match="loss_weight must be unspecified or specified once"):
        run_layer(prototxt(extra="loss_weight: 1"), rng.normal(size=(3, 5)), [0] * 3, num_top=2)


# --- weights of classes (SegNet) ------------------------------------------------------------------

WEIGHTS = (0.5, 2.0, 0.0, 1.5, 3.0)
WEIGHTING = " ".join(f"class_weighting: {weight}" for weight in WEIGHTS)


@pytest.mark.parametrize(
    "options", ["", "ignore_label: 2", "normalize: false", "normalization: NONE"]
)
def test_what_an_item_loses_counts_as_often_as_its_class_says(options, rng):
    x, labels = rng.normal(size=(3, 5, 2, 2)), rng.integers(5, size=(3, 2, 2))
    text = prototxt(f"{options} weight_by_label_freqs: true {WEIGHTING}")
    run = run_layer(text, x, labels)
    total = 0.0
    for n, i, j in np.ndindex(labels.shape):
        scores, label = x[n, :, i, j], labels[n, i, j]
        if not (options == "ignore_label: 2" and label == 2):
            total -= WEIGHTS[label] * math.log(math.exp(scores[label]) / sum(map(math.exp, scores)))
    valid = labels.size - (labels == 2).sum() * (options == "ignore_label: 2")
    divisor = {"normalize: false": 3, "normalization: NONE": 1}.get(options, valid)
    np.testing.assert_allclose(float(run.top[0].data), total / divisor)
    check_gradients(run)


def test_the_weights_have_no_effect_unless_asked_for(rng):
    x, labels = rng.normal(size=(3, 5)), [0, 1, 4]
    plain, weighted = (run_layer(prototxt(options), x, labels) for options in ("", WEIGHTING))
    assert plain.top[0].data == weighted.top[0].data


def test_another_number_of_weights_than_classes_is_refused(rng):
    with pytest.raises(LayerError, match=r"Number of class weight values(.*\n)*.*4 values"):
        run_layer(prototxt(f"weight_by_label_freqs: true {WEIGHTING}"), np.ones((1, 4)), [0])


def test_a_third_top_tells_what_each_item_loses(rng):
    x, labels = rng.normal(size=(3, 4, 2)), np.array([[0, 2], [3, 2], [1, 1]])
    loss, p, losses = run_layer(prototxt("ignore_label: 2"), x, labels, num_top=3).top
    for n, i in np.ndindex(3, 2):
        label = labels[n, i]
        expected = 0 if label == 2 else -math.log(p.data[n, label, i])
        np.testing.assert_allclose(losses.data[n, i], expected, rtol=1e-6)
    np.testing.assert_allclose(loss.data, losses.data.sum() / 4, rtol=1e-6)


def test_a_third_top_goes_with_no_setting_of_another_fork(rng):
    text = 'name: "loss" type: "SoftmaxWithLoss" softmax_param { label_smooth_factor: 0.1 }'
    with pytest.raises(LayerError, match="of another fork"):
        run_layer(text, rng.normal(size=(3, 4)), np.zeros(3), num_top=3)
