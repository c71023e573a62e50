"""SoftmaxWithLoss as forks have it, beside loops over items."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = [[0, 2], [1, 3], [2, 0]]
WEIGHTS = np.array([[1.0, 0.5], [2.0, 0.0], [0.25, 3.0]])
ITEMS = list(np.ndindex(3, 2))


def loss(x, options, *weights, labels=LABELS):
    text = f'name: "loss" type: "SoftmaxWithLoss" {options}'
    run = run_layer(text, x, labels, *weights)
    run.backward()
    return run


@pytest.fixture
def x(rng):
    return rng.normal(size=(3, 4, 2))


@pytest.fixture
def p(x):
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


def targets(of_true, of_others):
    """(3, 4, 2): what each probability is to be."""
    q = np.full((3, 4, 2), of_others)
    for n, i in ITEMS:
        q[n, LABELS[n][i], i] = of_true
    return q


def entropy(p, q, weights=None):
    weights = np.ones((3, 2)) if weights is None else weights
    return -sum(
        weights[n, i] * q[n, c, i] * math.log(p[n, c, i]) for n, i in ITEMS for c in range(4)
    )


def test_caffe_windows_smooths_labels_in_loss_and_gradient(x, p):
    run = loss(x, "softmax_param { label_smooth_factor: 0.375 }")
    q = targets(0.625, 0.125)
    np.testing.assert_allclose(run.top[0].data, entropy(p, q) / 6)
    np.testing.assert_allclose(run.bottom[0].diff, (p - q) / 6)


@pytest.mark.parametrize("kind", ["L1", "L2"])
@pytest.mark.parametrize("stated_by", ["softmax_param", "normalize_param"])
def test_caffe_windows_takes_scores_of_length_1_for_probabilities(kind, stated_by, x):
    older = {"softmax_param": kind, "normalize_param": "L1"}[stated_by]
    options = f"softmax_param {{ normalize_type: '{older}' }}"
    if stated_by == "normalize_param":
        options += f" normalize_param {{ normalize_type: '{kind}' }}"
    x = np.abs(x)
    run = loss(x, options)
    power = 1 if kind == "L1" else 2
    p = x / ((x**power).sum(axis=1, keepdims=True) + 1e-6) ** (1 / power)
    np.testing.assert_allclose(run.top[0].data, entropy(p, targets(1, 0)) / 6)
    np.testing.assert_allclose(run.bottom[0].diff, (p - targets(1, 0)) / 6)  # as of a softmax


def test_intel_smooths_labels_in_the_gradient_alone(x, p):
    run = loss(x, "loss_param { label_smoothing: 0.4 }")
    np.testing.assert_allclose(run.top[0].data, entropy(p, targets(1, 0)) / 6)
    of_true, of_others = 0.6, 0.4 / 8  # 8: the values of an item of the batch
    factor = of_true + 7 * of_others
    np.testing.assert_allclose(run.bottom[0].diff, (factor * p - targets(of_true, of_others)) / 6)


def test_items_have_weights(x, p):
    run = loss(x, "", WEIGHTS)
    q = targets(1, 0)
    np.testing.assert_allclose(run.top[0].data, entropy(p, q, WEIGHTS) / WEIGHTS.sum())
    np.testing.assert_allclose(run.bottom[0].diff, (p - q) * WEIGHTS[:, None] / WEIGHTS.sum())


def test_classes_have_weights_where_items_have(x, p):
    of_class = [1, 2, 4, 8]
    options = "softmax_param { class_weight: [1, 2, 4, 8] }"
    both = WEIGHTS * np.array(of_class)[np.array(LABELS)]
    q = targets(1, 0)
    run = loss(x, options, WEIGHTS)
    np.testing.assert_allclose(run.top[0].data, entropy(p, q, both) / both.sum())
    # the fork divides the gradient by another sum than the loss
    np.testing.assert_allclose(run.bottom[0].diff, (p - q) * both[:, None] / WEIGHTS.sum())
    np.testing.assert_allclose(loss(x, options).top[0].data, entropy(p, q) / 6)


def test_ignored_items_do_not_count_in_a_sum_of_weights(x, p):
    run = loss(x, "loss_param { ignore_label: 2 }", WEIGHTS)
    used = np.where(np.array(LABELS) == 2, 0, WEIGHTS)
    expected = entropy(p, targets(1, 0), used) / used.sum()
    np.testing.assert_allclose(run.top[0].data, expected)
    assert not run.bottom[0].diff[0, :, 1].any()


def test_above_the_cutting_point_an_item_is_certain(x, p):
    of_true = np.array([[p[n, LABELS[n][i], i] for i in range(2)] for n in range(3)])
    point = float(np.sort(of_true, axis=None)[2]) + 1e-6
    run = loss(x, f"softmax_param {{ cutting_point: {point} }}")
    kept = of_true < point
    np.testing.assert_allclose(run.top[0].data, -np.log(of_true[kept]).sum() / 6)
    expected = (p - targets(1, 0)) * kept[:, None] / 6
    np.testing.assert_allclose(run.bottom[0].diff, expected, atol=1e-12)
    only = loss(x, f"softmax_param {{ cutting_point: {point} hard_mining_label: 0 }}")
    kept |= np.array(LABELS) != 0
    np.testing.assert_allclose(only.top[0].data, -np.log(of_true[kept]).sum() / 6)


@pytest.mark.parametrize("label", ["", "hard_mining_label: 2"])
def test_only_the_items_that_lose_most_count_in_the_gradient(label, x, p):
    weights = np.ones((3, 2))
    run = loss(x, f"softmax_param {{ hard_ratio: 0.5 {label} }}", weights)
    of_true = np.array([[p[n, LABELS[n][i], i] for i in range(2)] for n in range(3)])
    np.testing.assert_allclose(run.top[0].data, -np.log(of_true).sum() / 6)
    hard = of_true <= np.sort(of_true, axis=None)[2]  # half of six
    if label:
        hard |= np.array(LABELS) != 2
    expected = (p - targets(1, 0)) * hard[:, None] / hard.sum()
    np.testing.assert_allclose(run.bottom[0].diff, expected)
    np.testing.assert_array_equal(run.bottom[2].data, weights)


def test_deeplab_ignores_several_labels_and_weighs_classes(x, p, tmp_path):
    path = tmp_path / "weights.txt"
    path.write_text("1 2\n4 8")
    param = f'ignore_label: 0 ignore_label: 3 weight_source: "{path.as_posix()}"'
    run = loss(x, f"softmaxloss_param {{ {param} }}")
    weights = np.array([0, 2, 4, 0.0])[np.array(LABELS)]
    q = targets(1, 0)
    np.testing.assert_allclose(run.top[0].data, entropy(p, q, weights) / weights.sum())
    np.testing.assert_allclose(run.bottom[0].diff, (p - q) * weights[:, None] / weights.sum())


def test_where_no_item_counts_there_is_no_loss(x):
    run = loss(x, "softmaxloss_param { ignore_label: 0 ignore_label: 1 ignore_label: 2"
               " ignore_label: 3 }")  # fmt: skip
    assert run.top[0].data == 0
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("softmax_param { hard_ratio: 2 }", "hard_ratio is a share"),
        ("softmax_param { cutting_point: -1 }", "cutting_point is a share"),
        ('softmax_param { normalize_type: "L3" }', "normalize_type is unknown"),
        ("softmax_param { class_weight: [1, 2] }", "Number of class weight values"),
        (
            "softmax_param { label_smooth_factor: 0.1 } loss_param { label_smoothing: 0.1 }",
            "in two ways",
        ),
        ('softmaxloss_param { weight_source: "/nowhere" }', "weight_source.*/nowhere"),
    ],
)
def test_bad_settings(options, words, x):
    with pytest.raises(LayerError, match=words):
        loss(x, options, WEIGHTS)


@pytest.mark.parametrize(
    ("text", "words"), [("1 2 x 3", "no numbers"), ("1 -2 3 4", "cannot be negative")]
)
def test_files_that_hold_no_weights(text, words, x, tmp_path):
    path = tmp_path / "weights.txt"
    path.write_text(text)
    with pytest.raises(LayerError, match=words):
        loss(x, f'softmaxloss_param {{ weight_source: "{path.as_posix()}" }}')


def test_as_many_weights_as_labels(x):
    with pytest.raises(LayerError, match="Number of loss weights"):
        loss(x, "", np.ones(3))
