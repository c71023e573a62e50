import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan


def abs_val(x, **more):
    return run_layer('name: "abs" type: "AbsVal"', x, **more)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_sign_is_dropped(dtype):
    run = abs_val([[-INF, -2.5, -0.0], [0.0, 3.5, INF]], dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [[INF, 2.5, 0], [0, 3.5, INF]])
    assert not np.signbit(run.top[0].data).any()
    assert run.top[0].data.dtype == dtype


def test_nothing_flows_back_at_zero():
    run = abs_val([-2.0, 0.0, 3.0])
    run.top[0].diff[...] = [5, 6, 7]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [-5, 0, 7])


def test_nan_and_infinite_gradients_come_without_a_warning():
    run = abs_val([NAN, 0.0, -1.0])
    run.top[0].diff[...] = [1, INF, INF]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [NAN, NAN, -INF])


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape):
    run = abs_val(np.full(shape, -2.0))
    run.top[0].diff[...] = 3
    run.backward()
    np.testing.assert_array_equal(run.top[0].data, np.full(shape, 2))
    np.testing.assert_array_equal(run.bottom[0].diff, np.full(shape, -3))


def test_another_batch_size_is_fine(rng):
    run = abs_val(rng.normal(size=(2, 3)))
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = -4
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, np.full((5, 3), 4))


def test_it_cannot_work_in_place():
    with pytest.raises(LayerError, match='"abs": AbsVal Layer does not allow in-place computation'):
        abs_val([1.0], in_place=True)


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"AbsVal Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "AbsVal"', [1.0], [2.0])
