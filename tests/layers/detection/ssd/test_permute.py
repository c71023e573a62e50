import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def permute(order, x, **more):
    orders = " ".join(f"order: {axis}" for axis in order)
    return run_layer(f'name: "p" type: "Permute" permute_param {{ {orders} }}', x, **more)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_value_moves_with_its_indices(order, rng):
    x = rng.normal(size=(2, 3, 4))
    run = permute(order, x)
    assert run.top[0].shape == tuple(x.shape[axis] for axis in order)
    for index in np.ndindex(*x.shape):
        assert run.top[0].data[tuple(index[axis] for axis in order)] == x[index]
    run.top[0].diff[...] = run.top[0].data
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, x)


def test_axes_that_are_left_out_follow_in_their_order(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    assert permute([2], x).top[0].shape == (4, 2, 3, 5)
    np.testing.assert_array_equal(permute([2, 1], x).top[0].data, x.transpose(2, 1, 0, 3))


def test_ssd_writes_channels_last(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(permute([0, 2, 3, 1], x).top[0].data, x.transpose(0, 2, 3, 1))


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([0, 3], "order should be less than the input dimension."),
        ([1, 1], "there are duplicate orders"),
    ],
)
def test_orders_that_are_none_are_refused(order, message):
    with pytest.raises(LayerError, match=f'Permute layer "p": {message}'):
        permute(order, np.zeros((2, 3, 4)))


def test_fewer_axes_later_are_refused():
    run = permute([0, 2, 1], np.zeros((2, 3, 4)))
    run.bottom[0].reshape(2, 3)
    with pytest.raises(LayerError, match="less than the input dimension"):
        run.forward()


def test_it_cannot_work_in_place():
    with pytest.raises(LayerError, match=r'"p".*does not allow in-place'):
        permute([1, 0], np.zeros((2, 2)), in_place=True)
