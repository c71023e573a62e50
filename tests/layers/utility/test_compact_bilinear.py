import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.c_random import c_random
from blobnet.testing import check_gradients, run_layer


def bilinear(options, *x):
    return run_layer(f'type: "CompactBilinear" compact_bilinear_param {{ {options} }}', *x)


def oracle(a, b, length):
    """The sketch of all products, one by one, with the C library's numbers in the fork's order."""
    drawn = c_random(1, 2 * (a.shape[1] + b.shape[1])).tolist()
    places, signs = [], []
    for count in (a.shape[1], b.shape[1]):
        places.append([drawn.pop(0) % length for _ in range(count)])
        signs.append([2 * (drawn.pop(0) % 2) - 1 for _ in range(count)])
    y = np.zeros((a.shape[0], length, *a.shape[2:]))
    for i in range(a.shape[1]):
        for j in range(b.shape[1]):
            place = (places[0][i] + places[1][j]) % length
            y[:, place] += signs[0][i] * signs[1][j] * a[:, i] * b[:, j]
    return y


@pytest.mark.parametrize("length", [8, 5, 1])
@pytest.mark.parametrize("is_summed", [True, False])
def test_all_products_are_sketched(length, is_summed, rng):
    a, b = rng.normal(size=(2, 6, 3, 2)), rng.normal(size=(2, 4, 3, 2))
    options = f"num_output: {length}" + ("" if is_summed else " sum_pool: false")
    run = bilinear(options, a, b)
    expected = oracle(a, b, length)
    if is_summed:
        expected = expected.sum(axis=(2, 3), keepdims=True)
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)
    check_gradients(run)


def test_a_new_number_of_channels_draws_anew(rng):
    run = bilinear("num_output: 4", rng.normal(size=(1, 6, 1, 1)), rng.normal(size=(1, 4, 1, 1)))
    run.bottom[0].reshape((1, 3, 1, 1))
    run.bottom[0].data[...] = rng.normal(size=(1, 3, 1, 1))
    run.forward()
    expected = oracle(run.bottom[0].data, run.bottom[1].data, 4)
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)


def test_bad_settings_and_shapes():
    with pytest.raises(LayerError, match="num_output should be positive"):
        bilinear("", np.ones((1, 2, 1, 1)), np.ones((1, 2, 1, 1)))
    for other in (np.ones((1, 2, 1, 2)), np.ones((1, 2))):
        with pytest.raises(LayerError, match="not compatible"):
            bilinear("num_output: 2", np.ones((1, 2, 1, 1)), other)
