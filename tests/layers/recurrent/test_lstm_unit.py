import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.ops.test_lstm import one_gradient, one_value

CONTS = [[[0, 1]], [[1, 1]], [[0.5, -2]]]


def unit(rng, cont=((0, 1),), **options):
    N, D = np.shape(cont)[1], 3
    c_prev, gates = rng.normal(size=(1, N, D)), rng.normal(size=(1, N, 4 * D))
    return run_layer('name: "unit" type: "LSTMUnit"', c_prev, gates, cont, **options)


@pytest.mark.parametrize("cont", CONTS)
def test_cells_and_hidden_values(cont, rng):
    run = unit(rng, cont)
    c_prev, x, cont = (blob.data for blob in run.bottom)
    c, h = (blob.data for blob in run.top)
    assert c.shape == h.shape == (1, 2, 3)
    for _, n, d in np.ndindex(c.shape):
        expected = one_value(*x[0, n, d::3], c_prev[0, n, d], cont[0, n])
        np.testing.assert_allclose((c[0, n, d], h[0, n, d]), expected, rtol=1e-13)


@pytest.mark.parametrize("cont", CONTS)
def test_gradients_for_every_cont_are_those_of_caffe(cont, rng):
    run = unit(rng, cont)
    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)
    run.backward()
    c_prev, x, cont = (blob.data for blob in run.bottom)
    for _, n, d in np.ndindex(c_prev.shape):
        values = (*x[0, n, d::3], c_prev[0, n, d], cont[0, n], run.top[0].data[0, n, d])
        expected = one_gradient(*values, *(top.diff[0, n, d] for top in run.top))
        dc_prev, dx = (blob.diff[0, n] for blob in run.bottom[:2])
        np.testing.assert_allclose((*dx[d::3], dc_prev[d]), expected, rtol=1e-12)


def test_the_gradient_does_not_depend_on_what_later_layers_make_of_the_tops(rng):
    run = unit(rng)
    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)
    run.backward()
    expected = [blob.diff.copy() for blob in run.bottom[:2]]
    for top in run.top:
        top.data[...] = 77  # as a layer that works in place does
    run.backward()
    for blob, diff in zip(run.bottom, expected, strict=False):
        np.testing.assert_array_equal(blob.diff, diff)


def test_the_indicators_get_no_gradient(rng):
    run = unit(rng)
    assert run.propagate_down() == [True, True, False]
    with pytest.raises(LayerError, match=r'"unit": Cannot backpropagate to sequence indicators\.'):
        run.backward([True, True, True])


@pytest.mark.parametrize("streams", [0, 1, 5])
def test_a_new_number_of_streams_is_fine(streams, rng):
    N = streams
    run = unit(rng, dtype=np.float32)
    for blob, shape in zip(run.bottom, [(1, N, 3), (1, N, 12), (1, N)], strict=True):
        blob.reshape(shape)
        blob.data[...] = rng.normal(size=shape)
    run.forward()
    run.backward()
    assert run.top[0].shape == run.top[1].shape == run.bottom[0].shape == (1, N, 3)
    assert run.bottom[1].diff.shape == (1, N, 12)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(2, 3), (1, 2, 12), (1, 2)], r"one timestep.*\n.*\(1, N, D\).*\n.*\(2, 3\)"),
        ([(2, 2, 3), (1, 2, 12), (1, 2)], r"one timestep.*\n.*\n.*\(2, 2, 3\)"),
        ([(1, 2, 3), (1, 2, 9), (1, 2)], r"bottom\[1\].*\n.*\(1, 2, 12\)\n.*\(1, 2, 9\)"),
        ([(1, 2, 3), (1, 2, 12), (1, 2, 1)], r"bottom\[2\].*\n.*\(1, 2\)\n.*\(1, 2, 1\)"),
        ([(1, 2, 3), (1, 2, 12), (1, 3)], r"bottom\[2\].*\n.*\(1, 2\)\n.*\(1, 3\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes, message):
    with pytest.raises(LayerError, match=rf'LSTMUnit layer "unit": .*{message}'):
        run_layer('name: "unit" type: "LSTMUnit"', *map(np.zeros, shapes))


def test_it_does_not_work_in_place(rng):
    run = unit(rng)
    with pytest.raises(LayerError, match="does not allow in-place computation"):
        run.layer.initialize(run.bottom, [run.bottom[0], run.top[1]])
