import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPES = [(5, 6), (1, 3), (3, 2, 2, 2), (4, 1), (3,)]
NORMS = ["", "norm: L1", "norm: L2"]


def hinge(options: str, x, labels, extra="", **more):
    prototxt = f'name: "loss" type: "HingeLoss" {extra} hinge_loss_param {{ {options} }}'
    return run_layer(prototxt, x, labels, **more)


def oracle(x, labels, options):
    """Score by score."""
    total = 0.0
    for scores, label in zip(x.reshape(len(x), -1), labels, strict=True):
        for index, score in enumerate(scores):
            missed = max(0, 1 - score if index == label else 1 + score)
            total += missed**2 if "L2" in options else missed
    return total / len(x)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("options", NORMS)
@pytest.mark.parametrize("weight", ["", "loss_weight: 2.5"])
def test_loss(shape, options, weight, rng):
    x = 2 * rng.normal(size=shape)
    labels = rng.integers(np.prod(shape[1:], dtype=int), size=shape[0])
    run = hinge(options, x, labels, weight)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, options))
    np.testing.assert_allclose(run.forward(), (2.5 if weight else 1) * run.top[0].data)


@pytest.mark.parametrize(("options", "expected"), [("", [[2, 0, 0]]), ("norm: L2", [[4, 0, 0]])])
def test_at_the_margin_nothing_is_missed(options, expected):
    """Label 1 has score 1, a wrong class has -1: both just keep their distance."""
    run = hinge(options, [[0, 1, -1]], [1], "loss_weight: 2")
    assert run.top[0].data == 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_labels_may_have_axes_of_length_1(rng):
    x = rng.normal(size=(3, 4))
    flat, deep = (hinge("", x, np.reshape([0, 1, 3], shape)) for shape in ((3,), (3, 1, 1, 1)))
    assert flat.top[0].data == deep.top[0].data


def test_a_new_batch_size_is_fine(rng):
    run = hinge("", rng.normal(size=(2, 3)), [0, 2])
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = x = rng.normal(size=(5, 3))
    run.bottom[1].reshape(5)
    run.bottom[1].data[...] = labels = [0, 2, 1, 1, 0]
    run.forward()
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, ""))


@pytest.mark.parametrize("options", NORMS)
def test_an_empty_batch_has_no_loss(options):
    run = hinge(options, np.empty((0, 3)), np.empty(0))
    assert run.top[0].data == 0
    run.backward()
    assert run.bottom[0].diff.shape == (0, 3)


@pytest.mark.parametrize("options", NORMS)
def test_extreme_values_raise_no_warning(options):
    x = [[3e38, 0, 0], [np.inf, 0, 0], [-np.inf, 0, 0]]
    run = hinge(options, x, [1, 1, 1], dtype=np.float32)
    assert run.top[0].data == np.inf
    run.backward()


@pytest.mark.parametrize("options", NORMS)
def test_a_score_of_nan_misses_by_nothing(options):
    run = hinge(options, [[np.nan, 0.5], [0, np.nan]], [1, 1], dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, (0.25 if "L2" in options else 0.5) / 2 + 0.5)
    run.backward()
    assert run.bottom[0].diff[0, 0] == run.bottom[0].diff[1, 1] == 0


def test_forward_leaves_the_diff_alone(rng):
    run = hinge("", rng.normal(size=(2, 3)), [0, 2])
    run.bottom[0].diff[...] = 77
    run.forward()
    np.testing.assert_array_equal(run.bottom[0].diff, 77)


@pytest.mark.parametrize("label", [6, -1, np.nan])
def test_a_label_that_is_no_class_is_refused(label, rng):
    with pytest.raises(LayerError, match=r'HingeLoss layer "loss".*\n.*0 to 5\n.*sample 2'):
        hinge("", rng.normal(size=(3, 2, 3)), [0, 4, label])


def test_each_item_needs_one_label(rng):
    with pytest.raises(LayerError, match="Number of labels must match"):
        hinge("", rng.normal(size=(3, 5)), np.zeros((3, 2)))


def test_the_batch_sizes_must_agree(rng):
    with pytest.raises(LayerError, match=r'"loss": The data and label should have the same first'):
        hinge("", rng.normal(size=(3, 5)), np.zeros(4))


def test_the_labels_get_no_gradient(rng):
    run = hinge("", rng.normal(size=(3, 5)), np.zeros(3))
    assert run.propagate_down() == [True, False]
    with pytest.raises(LayerError, match="HingeLoss Layer cannot backpropagate to label inputs"):
        run.backward([True, True])
