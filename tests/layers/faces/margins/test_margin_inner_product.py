import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

KINDS = {"SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}
SCHEDULE = "base: 10 gamma: 0.5 power: 2 iteration: 1 lambda_min: 0.7"


def sphere(x, labels, options="", weight=None, **more):
    run = run_layer(
        'name: "it" type: "MarginInnerProduct" margin_inner_product_param '
        f'{{ num_output: 3 weight_filler {{ type: "xavier" }} {options} }}',
        x,
        labels,
        **more,
    )
    if weight is not None:
        run.layer.blobs_[0].data[...] = weight
        run.forward()
    return run


def psi(kind, angle):
    """The cosine of k angles, continued by its definition: the part of the half circle counts."""
    part = min(int(angle / (math.pi / kind)), kind - 1)
    return (-1) ** part * math.cos(kind * angle) - 2 * part


def draw(rng, items=40):
    return rng.normal(size=(items, 4)), rng.integers(0, 3, items), rng.normal(size=(3, 4))


@pytest.mark.parametrize("kind", KINDS)
def test_the_true_class_has_the_cosine_of_a_multiple_of_its_angle(kind, rng):
    x, labels, weight = draw(rng)
    run = sphere(x, labels, f"type: {kind} base: 0", weight)
    for i, j in np.ndindex(40, 3):
        length = math.sqrt(sum(x[i] ** 2))
        cosine = sum(x[i] * weight[j]) / length / math.sqrt(sum(weight[j] ** 2))
        expected = length * cosine
        if j == labels[i]:
            expected = length * psi(KINDS[kind], math.acos(cosine))
        np.testing.assert_allclose(run.top[0].data[i, j], expected, rtol=1e-9)


def test_lambda_mixes_the_plain_score_in(rng):
    x, labels, weight = draw(rng)
    plain, margin, mixed = (
        sphere(x, labels, options, weight).top[0].data
        for options in ("", "type: TRIPLE base: 0", "type: TRIPLE base: 3")
    )
    np.testing.assert_allclose(mixed, (margin + 3 * plain) / 4)


def test_lambda_falls_with_every_forward(rng):
    x, labels, _ = draw(rng)
    run = sphere(x, labels, f"type: DOUBLE {SCHEDULE}", num_top=2, phase="TEST")
    seen = [float(run.top[1].data[0])]
    for _ in range(3):
        run.forward()
        seen.append(float(run.top[1].data[0]))
    np.testing.assert_allclose(seen, [10 / 4, 10 / 6.25, 10 / 9, 10 / 12.25])
    for _ in range(3):
        run.forward()
    np.testing.assert_allclose(run.top[1].data, [0.7])


def test_the_state_keeps_the_count(rng):
    x, labels, _ = draw(rng)
    run = sphere(x, labels, f"type: DOUBLE {SCHEDULE}", num_top=2)
    other = sphere(x, labels, f"type: DOUBLE {SCHEDULE}", num_top=2)
    run.forward()
    other.layer.set_state(run.layer.get_state())
    for each in (run, other):
        each.forward()
    np.testing.assert_allclose(other.top[1].data, [10 / 9])
    assert other.top[1].data == run.top[1].data


def test_weights_are_made_1_long_in_place(rng):
    x, labels, weight = draw(rng)
    weight[1] = 0
    run = sphere(x, labels, "type: DOUBLE", weight)
    lengths = np.linalg.norm(run.layer.blobs_[0].data, axis=1)
    np.testing.assert_allclose(lengths, [1, 0, 1])
    np.testing.assert_allclose(run.layer.blobs_[0].data[0], weight[0] / np.linalg.norm(weight[0]))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_follow_the_rule_of_the_fork(kind, rng):
    x, labels, weight = draw(rng, 9)
    run = sphere(x, labels, f"type: {kind} base: 0.8", weight)
    w, dy = run.layer.blobs_[0].data, rng.normal(size=(9, 3))
    run.top[0].diff[...] = dy
    run.layer.blobs_[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.layer.blobs_[0].diff, 1 + dy.T @ x)
    for i in range(9):
        expected = np.zeros(4)
        length = math.sqrt(sum(x[i] ** 2))
        for j in range(3):
            if j != labels[i] or kind == "SINGLE":
                expected += dy[i, j] * w[j]
                continue
            cosine, step = sum(x[i] * w[j]) / length, 1e-6
            value = psi(KINDS[kind], math.acos(cosine))
            above, below = (psi(KINDS[kind], math.acos(cosine + s)) for s in (step, -step))
            slope = (above - below) / (2 * step)
            along = np.array([slope, (value - cosine * slope) / length])
            along /= math.hypot(*along)
            expected += dy[i, j] * (along[0] * w[j] + along[1] * x[i] + 0.8 * w[j]) / 1.8
        np.testing.assert_allclose(run.bottom[0].diff[i], expected, rtol=1e-5, atol=1e-7)


def test_without_margin_the_items_get_the_true_derivative(rng):
    x, labels, weight = draw(rng, 4)
    run = sphere(x, labels, "", weight)
    before = run.layer.blobs_[0].data.copy()
    run.layer.param_propagate_down_ = [False]
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.tile(before.sum(0), (4, 1)))


def test_an_item_of_0_has_no_score_and_a_finite_gradient():
    run = sphere([[0, 0, 0, 0]], [1], "type: QUADRUPLE", np.eye(3, 4))
    np.testing.assert_array_equal(run.top[0].data, 0)
    run.top[0].diff[...] = 1
    run.backward()
    assert np.isfinite(run.bottom[0].diff).all()


def test_items_may_have_more_axes(rng):
    x, labels, weight = draw(rng, 6)
    flat = sphere(x, labels, "type: DOUBLE", weight)
    deep = sphere(x.reshape(2, 3, 4, 1), labels.reshape(2, 3), "type: DOUBLE axis: 2", weight)
    assert deep.top[0].shape == (2, 3, 3)
    np.testing.assert_array_equal(deep.top[0].data.reshape(6, 3), flat.top[0].data)


@pytest.mark.parametrize("label", [-1, 3, np.nan])
def test_a_label_that_is_no_class_is_refused(label):
    with pytest.raises(LayerError, match=r'"it": a label in bottom\[1\] is no class\n.*0 to 2\n'):
        sphere(np.ones((2, 4)), [0, label])


def test_labels_must_be_as_many_as_items():
    with pytest.raises(LayerError, match=r"Number of labels must match(.*\n)*.*2 labels"):
        sphere(np.ones((2, 4)), [0, 1, 2])


def test_no_classes_are_refused():
    with pytest.raises(LayerError, match="num_output must be at least 1"):
        run_layer('type: "MarginInnerProduct"', np.ones((2, 4)), [0, 0])


def test_labels_get_no_gradient():
    with pytest.raises(LayerError, match="cannot backpropagate to label"):
        sphere(np.ones((2, 4)), [0, 1]).backward([True, True])


def test_no_check_of_differences_would_pass(rng):
    x, labels, weight = draw(rng, 4)
    with pytest.raises(AssertionError):
        check_gradients(sphere(x, labels, "type: DOUBLE", weight))
