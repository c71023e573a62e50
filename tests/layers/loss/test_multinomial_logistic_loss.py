import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPES = [(5, 6), (1, 3), (3, 2, 2, 2), (4, 1), (3,)]


def multinomial(p, labels, extra="", **more):
    return run_layer(f'name: "loss" type: "MultinomialLogisticLoss" {extra}', p, labels, **more)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("weight", ["", "loss_weight: 2.5"])
def test_loss(shape, weight, rng):
    p = rng.uniform(0.1, 1, size=shape)
    labels = rng.integers(np.prod(shape[1:], dtype=int), size=shape[0])
    run = multinomial(p, labels, weight)
    rows = zip(p.reshape(len(p), -1), labels, strict=True)
    expected = -sum(math.log(row[label]) for row, label in rows) / len(p)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, expected)
    np.testing.assert_allclose(run.forward(), (2.5 if weight else 1) * run.top[0].data)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("probability", [0, 1e-30, -1])
def test_no_probability_counts_as_less_than_1e_20(probability, dtype):
    run = multinomial([[probability, 1], [0.5, 0.5]], [0, 1], dtype=dtype)
    expected = (20 * math.log(10) + math.log(2)) / 2
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[-0.5e20, 0], [0, -1]], rtol=1e-6)


@pytest.mark.parametrize("probability", [np.nan, np.inf])
def test_probabilities_without_a_meaning_raise_no_warning(probability):
    run = multinomial([[probability, 0], [0, 1]], [0, 1], dtype=np.float32)
    assert not np.isfinite(run.top[0].data)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff[1], [0, -0.5])


def test_labels_may_have_axes_of_length_1(rng):
    p = rng.uniform(0.1, 1, size=(3, 4))
    flat, deep = (multinomial(p, np.reshape([0, 1, 3], shape)) for shape in ((3,), (3, 1, 1, 1)))
    assert flat.top[0].data == deep.top[0].data


def test_a_new_batch_size_is_fine():
    run = multinomial(np.full((2, 3), 0.5), [0, 2])
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = 0.25
    run.bottom[1].reshape(5)
    run.bottom[1].data[...] = [0, 2, 1, 1, 0]
    run.forward()
    np.testing.assert_allclose(run.top[0].data, math.log(4))


def test_an_empty_batch_has_no_loss():
    run = multinomial(np.empty((0, 3)), np.empty(0))
    assert run.top[0].data == 0
    run.backward()
    assert run.bottom[0].diff.shape == (0, 3)


@pytest.mark.parametrize("label", [6, -1, np.nan])
def test_a_label_that_is_no_class_is_refused(label, rng):
    with pytest.raises(
        LayerError, match=r'MultinomialLogisticLoss layer "loss".*\n.*0 to 5\n.*sample 2'
    ):
        multinomial(rng.normal(size=(3, 2, 3)), [0, 4, label])


def test_each_item_needs_one_label(rng):
    with pytest.raises(LayerError, match="Number of labels must match"):
        multinomial(rng.normal(size=(3, 5)), np.zeros((3, 2)))


def test_the_batch_sizes_must_agree(rng):
    with pytest.raises(LayerError, match=r'"loss": The data and label should have the same first'):
        multinomial(rng.normal(size=(3, 5)), np.zeros(4))


def test_the_labels_get_no_gradient(rng):
    run = multinomial(rng.normal(size=(3, 5)), np.zeros(3))
    assert run.propagate_down() == [True, False]
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        run.backward([True, True])
