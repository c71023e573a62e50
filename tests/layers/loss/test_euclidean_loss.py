import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LOSS = 'name: "loss" type: "EuclideanLoss"'
SHAPES = [((3, 4), (3, 4)), ((3, 4), (3, 2, 2)), ((3,), (3, 1)), ((2, 1, 2, 1, 2), (2, 4))]


@pytest.mark.parametrize(("first", "second"), SHAPES)
@pytest.mark.parametrize("weight", ["", "loss_weight: 2.5"])
def test_half_the_mean_squared_distance(first, second, weight, rng):
    a, b = rng.normal(size=first), rng.normal(size=second)
    run = run_layer(f"{LOSS} {weight}", a, b)
    squares = [(x - y) ** 2 for x, y in zip(a.ravel(), b.ravel(), strict=True)]
    np.testing.assert_allclose(run.top[0].data, sum(squares) / len(a) / 2)
    assert run.top[0].shape == ()


@pytest.mark.parametrize("wanted", [[True, False], [False, True]])
def test_either_gradient_alone(wanted, rng):
    run = run_layer(LOSS, rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))
    for blob in run.bottom:
        blob.diff[...] = 77
    run.backward(wanted)
    assert [not (blob.diff == 77).all() for blob in run.bottom] == wanted


def test_both_bottoms_may_be_forced_to_have_a_gradient(rng):
    run = run_layer(LOSS, rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))
    assert run.propagate_down() == [True, True]


def test_a_new_batch_size_is_fine():
    run = run_layer(LOSS, np.zeros((2, 3)), np.zeros((2, 3)))
    for blob, value in zip(run.bottom, (1, 3), strict=True):
        blob.reshape(5, 3)
        blob.data[...] = value
    run.forward()
    np.testing.assert_allclose(run.top[0].data, 3 * 2**2 / 2)


def test_an_empty_batch_has_no_loss():
    run = run_layer(LOSS, np.empty((0, 3)), np.empty((0, 3)))
    assert run.top[0].data == 0
    run.backward()


@pytest.mark.parametrize("pair", [(np.inf, np.inf), (3e38, -3e38), (np.nan, 0)])
def test_extreme_values_raise_no_warning(pair):
    run = run_layer(LOSS, [[pair[0]]], [[pair[1]]], dtype=np.float32)
    assert not np.isfinite(run.top[0].data)
    run.top[0].diff[...] = 0
    run.backward()


def test_the_values_per_item_must_be_as_many(rng):
    with pytest.raises(LayerError, match=r'"loss": Inputs must have the same dim.*\n.*4 values'):
        run_layer(LOSS, rng.normal(size=(3, 4)), rng.normal(size=(3, 5)))


def test_the_batch_sizes_must_agree(rng):
    with pytest.raises(LayerError, match=r"same first dimension.*\n.*\n.*\(3, 4\) and .*\(4, 3\)"):
        run_layer(LOSS, rng.normal(size=(3, 4)), rng.normal(size=(4, 3)))


# --- of DeepLab v1 --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["L2", "L2sqrt", ""])
def test_deeplab_averages_over_all_values(kind, rng):
    a, b = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    options = f"euclidean_loss_param {{ {kind and 'type: ' + kind} }}"
    run = run_layer(f"{LOSS} {options}", a, b)
    mean = sum((x - y) ** 2 for x, y in zip(a.ravel(), b.ravel(), strict=True)) / 24
    root = mean**0.5
    np.testing.assert_allclose(run.top[0].data, root if kind == "L2sqrt" else mean / 2)
    run.backward()
    expected = (a - b) / 24 / (root if kind == "L2sqrt" else 1)
    np.testing.assert_allclose(run.bottom[0].diff, expected)
    np.testing.assert_allclose(run.bottom[1].diff, -expected)


def test_equal_values_have_no_distance_and_no_gradient():
    run = run_layer(f"{LOSS} euclidean_loss_param {{ type: L2sqrt }}", [[1.0]], [[1.0]])
    run.backward()
    assert run.top[0].data == run.bottom[0].diff == 0


def test_factors_weigh_the_differences_as_in_the_opencl_branch(rng):
    a, b, w = rng.normal(size=(3, 2, 3, 4))
    run = run_layer('type: "EuclideanLoss"', a, b, w)
    assert run.top[0].data == pytest.approx(((w * (a - b)) ** 2).sum() / 24 / 2)
    run.top[0].diff[...] = 3
    run.layer.backward(run.top, [True, True, False], run.bottom)
    np.testing.assert_allclose(run.bottom[0].diff, 3 * w * (a - b) / 24, rtol=1e-12)
    np.testing.assert_array_equal(run.bottom[1].diff, -run.bottom[0].diff)


def test_factors_have_no_gradient_and_fit(rng):
    run = run_layer('type: "EuclideanLoss"', *rng.normal(size=(3, 2, 3)))
    with pytest.raises(LayerError, match="cannot backpropagate to the factors"):
        run.layer.backward(run.top, [True, True, True], run.bottom)
    with pytest.raises(LayerError, match="a factor for each difference"):
        run_layer('type: "EuclideanLoss"', *rng.normal(size=(2, 2, 3)), np.ones((2, 2)))
