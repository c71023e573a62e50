import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan


def threshold(x, limit=0.0, **more):
    text = f'name: "thr" type: "Threshold" threshold_param {{ threshold: {limit} }}'
    return run_layer(text, x, **more)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("limit", [0, 0.5, -1.25])
def test_what_lies_above_the_limit_is_one(limit, in_place, dtype, rng):
    x = rng.normal(size=(2, 3, 4)).astype(dtype)
    run = threshold(x, limit, in_place=in_place, dtype=dtype)
    expected = [1 if value > limit else 0 for value in x.flat]
    np.testing.assert_array_equal(run.top[0].data.ravel(), expected)
    assert run.top[0].data.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_limit_itself_is_zero(dtype):
    limit = np.float32(0.3)  # as the message holds it
    x = [limit, np.nextafter(limit, np.float32(1))]
    np.testing.assert_array_equal(threshold(x, 0.3, dtype=dtype).top[0].data, [0, 1])


def test_infinity_and_nan():
    np.testing.assert_array_equal(threshold([-INF, INF, NAN]).top[0].data, [0, 1, 0])


def test_the_limit_is_zero_unless_stated():
    run = run_layer('type: "Threshold"', [-1.0, 0.0, 0.1])
    np.testing.assert_array_equal(run.top[0].data, [0, 0, 1])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place):
    run = threshold(np.full(shape, 0.5), in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, np.ones(shape))


def test_another_batch_size_is_fine(rng):
    run = threshold(rng.normal(size=(2, 3)))
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = [-1, 0, 1]
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, [[0, 0, 1]] * 5)


def test_a_gradient_is_refused_unless_nobody_wants_it():
    run = threshold([1.0])
    run.backward([False])
    assert not run.layer.allow_force_backward(0)
    with pytest.raises(LayerError, match='"thr": this layer type cannot compute gradients'):
        run.backward([True])


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Threshold Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Threshold"', [1.0], [2.0])
