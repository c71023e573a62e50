import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

KINDS = {"SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}


def large_margin(x, labels, options="", weight=None, *more_bottoms, **more):
    run = run_layer(
        'name: "it" type: "LargeMarginInnerProduct" largemargin_inner_product_param '
        f"{{ num_output: 3 {options} }}",
        x,
        labels,
        *more_bottoms,
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
@pytest.mark.parametrize("base", [0, 2.5])
def test_the_true_class_has_the_cosine_of_a_multiple_of_its_angle(kind, base, rng):
    x, labels, weight = draw(rng)
    run = large_margin(x, labels, f"type: {kind} base: {base}", weight)
    for i, j in np.ndindex(40, 3):
        expected = sum(x[i] * weight[j])
        if j == labels[i]:
            lengths = math.sqrt(sum(x[i] ** 2)) * math.sqrt(sum(weight[j] ** 2))
            margin = lengths * psi(KINDS[kind], math.acos(expected / lengths))
            expected = (margin + base * expected) / (1 + base)
        np.testing.assert_allclose(run.top[0].data[i, j], expected, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_derivatives(kind, rng):
    x, labels, weight = draw(rng, 8)
    check_gradients(large_margin(x, labels, f"type: {kind} base: 0.5", weight), rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_may_come_from_elsewhere(kind, rng):
    x, labels, weight = draw(rng, 8)
    own = large_margin(x, labels, f"type: {kind}", weight)
    given = large_margin(x, labels, f"type: {kind}", None, weight)
    assert not given.layer.blobs_
    np.testing.assert_array_equal(given.top[0].data, own.top[0].data)
    for run in (own, given):
        run.top[0].diff[...] = np.arange(24).reshape(8, 3)
        run.backward()
    np.testing.assert_array_equal(given.bottom[2].diff, own.layer.blobs_[0].diff)
    np.testing.assert_array_equal(given.bottom[0].diff, own.bottom[0].diff)


def test_lambda_falls_and_the_state_keeps_the_count(rng):
    x, labels, _ = draw(rng)
    schedule = "type: DOUBLE base: 10 gamma: 0.5 power: 2 iteration: 1 lambda_min: 2"
    run, other = (large_margin(x, labels, schedule, num_top=2) for _ in range(2))
    np.testing.assert_allclose(run.top[1].data, [2.5])
    other.layer.set_state({**other.layer.get_state(), "iteration": 1})
    for expected in (2.5, 2):
        other.forward()
        np.testing.assert_allclose(other.top[1].data, [expected])


def test_zeros_give_no_nan():
    run = large_margin(np.zeros((2, 4)), [0, 1], "type: TRIPLE", np.zeros((3, 4)))
    run.top[0].diff[...] = 1
    run.backward()
    for array in (run.top[0].data, run.bottom[0].diff, run.layer.blobs_[0].diff):
        assert np.isfinite(array).all()


@pytest.mark.parametrize("shape", [(3, 5), (), (0, 4)])
def test_weights_that_do_not_fit_are_refused(shape):
    with pytest.raises(LayerError, match=r'"it": bottom\[2\] holds no weights'):
        large_margin(np.ones((2, 4)), [0, 1], "", None, np.ones(shape))


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(LayerError, match=r"no class\n.*0 to 2\n.*label 7 for item 1"):
        large_margin(np.ones((3, 4)), [0, 7, 1])
