import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LOSS = 'name: "loss" type: "L1Loss"'


@pytest.mark.parametrize(
    ("first", "second"), [((3, 4), (3, 4)), ((3, 4), (3, 2, 2)), ((0, 2),) * 2]
)
def test_the_sum_of_distances_by_the_batch_size(first, second, rng):
    a, b = rng.normal(size=first), rng.normal(size=second)
    run = run_layer(LOSS, a, b)
    distances = [abs(x - y) for x, y in zip(a.ravel(), b.ravel(), strict=True)]
    np.testing.assert_allclose(run.top[0].data, sum(distances) / max(len(a), 1))


def test_equal_values_have_no_gradient():
    run = run_layer(LOSS, [[1.0, 2, 3]], [[1.0, 1, 4]])
    run.top[0].diff[...] = 2
    run.backward()
    assert run.bottom[0].diff.tolist() == [[0, 2, -2]]
    assert run.bottom[1].diff.tolist() == [[0, -2, 2]]


def test_other_numbers_of_values_are_refused():
    with pytest.raises(LayerError, match="same dimension"):
        run_layer(LOSS, np.zeros((2, 3)), np.zeros((2, 4)))
