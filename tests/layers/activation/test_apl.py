import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("in_place", [False, True])
def test_hinges_of_every_value(in_place, rng):
    x = rng.normal(size=(3, 2, 4))
    run = run_layer('type: "APL" apl_param { sums: 3 }', x, in_place=in_place)
    assert [blob.shape for blob in run.layer.blobs_] == [(1, 1, 3, 8)] * 2
    slopes, places = (blob.data.ravel() for blob in run.layer.blobs_)
    assert abs(slopes).max() <= 0.5 / 3 < 0.5 < abs(places).max()
    if in_place:
        run.bottom[0].data[...] = x
    run.forward()
    for n in range(3):
        for k in range(8):
            value = x[n].ravel()[k]
            y = max(value, 0)
            for s in range(3):
                y += slopes[3 * k + s] * max(places[3 * k + s] - value, 0)
            np.testing.assert_allclose(run.top[0].data[n].ravel()[k], y)


def test_gradients_are_added_to_those_of_the_weights(rng):
    x = rng.normal(size=(2, 3))
    run = run_layer('type: "APL" apl_param { sums: 2 }', x)
    slopes, places = (blob.data.ravel() for blob in run.layer.blobs_)
    dy = run.top[0].diff[...] = rng.normal(size=x.shape)
    da, db, dx = np.full(6, 5.0), np.full(6, 5.0), np.where(x > 0, dy, 0)
    for blob in run.layer.blobs_:
        blob.diff[...] = 5
    run.backward([True])
    for n, k, s in np.ndindex(2, 3, 2):
        beyond = places[2 * k + s] - x[n, k]
        if beyond > 0:
            da[2 * k + s] += dy[n, k] * beyond
            db[2 * k + s] += dy[n, k] * slopes[2 * k + s]
            dx[n, k] -= dy[n, k] * slopes[2 * k + s]
    np.testing.assert_allclose(run.layer.blobs_[0].diff.ravel(), da)
    np.testing.assert_allclose(run.layer.blobs_[1].diff.ravel(), db)
    np.testing.assert_allclose(run.bottom[0].diff, dx)


def test_fillers():
    fillers = "slope_filler { value: 2 } offset_filler { value: 3 }"
    run = run_layer(f'type: "APL" apl_param {{ sums: 1 {fillers} }}', np.ones((1, 2)))
    assert [blob.data.ravel().tolist() for blob in run.layer.blobs_] == [[2, 2], [3, 3]]


def test_what_does_not_fit():
    with pytest.raises(LayerError, match="there must be a hinge"):
        run_layer('type: "APL"', np.ones((2, 3)))
    with pytest.raises(LayerError, match="Number of axes of bottom blob must be >=2"):
        run_layer('type: "APL" apl_param { sums: 1 }', np.ones(3))
    run = run_layer('type: "APL" apl_param { sums: 1 }', np.ones((2, 3)))
    run.bottom[0].reshape((2, 4))
    with pytest.raises(LayerError, match="no longer fits the weights"):
        run.forward()
