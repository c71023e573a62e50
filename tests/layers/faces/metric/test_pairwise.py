import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

A, B = [[1.0, 2.0], [3.0, -1.0]], [[2.0, 2.0], [0.0, 5.0], [-1.0, 1.0]]


@pytest.mark.parametrize(
    ("options", "of_two"),
    [
        ("", lambda a, b: a + b),
        ("coeff: 3 coeff: -1", lambda a, b: 3 * a - b),
        ("operation: PROD", lambda a, b: a * b),
        ("operation: MAX", max),
    ],
)
def test_all_pairs(options, of_two):
    run = run_layer(f'type: "Pairwise" pairwise_param {{ {options} }}', A, B)
    assert run.top[0].shape == (2, 3, 2)
    for m, n, k in np.ndindex(2, 3, 2):
        assert run.top[0].data[m, n, k] == of_two(A[m][k], B[n][k])


def test_of_equal_values_the_second_has_the_gradient():
    run = run_layer('type: "Pairwise" pairwise_param { operation: MAX }', A, B)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[2, 1], [3, 0]])
    np.testing.assert_array_equal(run.bottom[1].diff, [[1, 2], [0, 2], [0, 1]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("coeff: 1", "one coefficient per bottom"),
        ("operation: PROD coeff: 1 coeff: 2", "only takes coefficients for summation"),
    ],
)
def test_wrong_coefficients_are_refused(options, message):
    with pytest.raises(LayerError, match=message):
        run_layer(f'type: "Pairwise" pairwise_param {{ {options} }}', A, B)


@pytest.mark.parametrize("shape", [(3, 3), (3, 2, 2)])
def test_vectors_of_other_lengths_are_refused(shape):
    with pytest.raises(LayerError, match="vectors of one length"):
        run_layer('type: "Pairwise"', A, np.zeros(shape))
