import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def split(x, num_top, **more):
    return run_layer('name: "sp" type: "Split"', x, num_top=num_top, **more)


@pytest.mark.parametrize("num_top", [1, 2, 3])
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3, 4)])
def test_every_top_is_the_bottom(num_top, shape, rng):
    x = rng.normal(size=shape)
    run = split(x, num_top)
    for top in run.top:
        np.testing.assert_array_equal(top.data, x)
        assert not x.size or np.shares_memory(top.data, run.bottom[0].data)


def test_the_gradients_are_their_own(rng):
    run = split(rng.normal(size=(2, 3)), 3)
    for value, top in enumerate(run.top, start=1):
        top.diff[...] = 10**value
    run.backward()
    assert [top.diff[0, 0] for top in run.top] == [10, 100, 1000]
    np.testing.assert_array_equal(run.bottom[0].diff, 1110)


def test_it_follows_the_bottom_into_new_memory(rng):
    run = split(rng.normal(size=(2, 3)), 2)
    run.bottom[0].reshape(20, 3)
    run.bottom[0].data[...] = rng.normal(size=(20, 3))
    run.forward()
    np.testing.assert_array_equal(run.top[1].data, run.bottom[0].data)


def test_no_gradient_where_none_is_wanted(rng):
    run = split(rng.normal(size=(2, 3)), 2)
    run.top[0].diff[...] = 1
    run.backward([False])
    assert not run.bottom[0].diff.any()


def test_it_cannot_work_in_place(rng):
    with pytest.raises(LayerError, match=r'"sp".*Split Layer does not allow in-place'):
        split(rng.normal(size=(2, 3)), 1, in_place=True)
