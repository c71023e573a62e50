import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize(
    ("a", "b"),
    [((2, 3), (2, 3)), ((2, 3, 4, 4), (2, 3, 1, 1)), ((3, 1), (2, 1, 4)), ((), (3,)), ((2,), ())],
)
def test_products(a, b, rng):
    a, b = rng.normal(size=a), rng.normal(size=b)
    run = run_layer('name: "m" type: "Mul"', a, b)
    np.testing.assert_allclose(run.top[0].data, a * b, rtol=1e-12)
    dy = rng.normal(size=run.top[0].shape)
    run.top[0].diff[...] = dy
    run.backward()
    expected = np.zeros(a.shape)
    for place in np.ndindex(dy.shape):
        behind = place[len(place) - a.ndim :]
        at = tuple(i if n > 1 else 0 for i, n in zip(behind, a.shape, strict=True))
        expected[at] += dy[place] * np.broadcast_to(b, dy.shape)[place]
    np.testing.assert_allclose(run.bottom[0].diff, expected, rtol=1e-10, atol=1e-12)


def test_shapes_that_do_not_fit():
    with pytest.raises(LayerError, match="Dimensions must be equal or 1 in the bottoms!"):
        run_layer('name: "m" type: "Mul"', np.ones((2, 3)), np.ones((2, 4)))
