import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

CUTS = np.array([[0, 20, 3, 5], [1, 20, 2, 1]], float)
PARTNERS = np.array([3, 2, 1, 77], float)


def test_points_move_with_their_images(rng):
    x = rng.normal(size=(2, 6))
    run = run_layer('type: "AlignDataTransform"', x, CUTS.reshape(2, 4, 1, 1), PARTNERS)
    assert run.top[0].shape == (2, 6, 1, 1)
    y = run.top[0].data.reshape(2, 3, 2)
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward([True, False, False])
    dx = run.bottom[0].diff.reshape(2, 3, 2)
    for point in range(3):
        np.testing.assert_allclose(y[0, point], x[0, 2 * point : 2 * point + 2] - [5, 3])
        partner = 2 - point
        column, row = x[1, 2 * partner : 2 * partner + 2]
        np.testing.assert_allclose(y[1, point], [20 - 1 - (column - 1), row - 2])
        np.testing.assert_allclose(dx[0, point], dy.reshape(2, 3, 2)[0, point])
        np.testing.assert_allclose(dx[1, point], dy.reshape(2, 3, 2)[1, partner] * [-1, 1])


@pytest.mark.parametrize(
    ("points", "cuts", "partners", "message"),
    [
        ((2, 5), CUTS, PARTNERS, "two values each"),
        ((2, 6), CUTS[:1], PARTNERS, "a cut has four values"),
        ((2, 6), CUTS[:, :3], PARTNERS, "a cut has four values"),
        ((2, 6), CUTS, PARTNERS[:2], "each point has a partner"),
        ((2, 8), CUTS, PARTNERS, "a partner is none of the points"),
        ((2, 6), CUTS, np.zeros(3), "a partner is none of the points"),
        ((2, 6), CUTS, np.array([1, np.nan, 2]), "a partner is none of the points"),
    ],
)
def test_what_does_not_fit(points, cuts, partners, message):
    with pytest.raises(LayerError, match=message):
        run_layer('type: "AlignDataTransform"', np.ones(points), cuts, partners)


def test_cuts_have_no_gradient():
    run = run_layer('type: "AlignDataTransform"', np.ones((2, 6)), CUTS, PARTNERS)
    with pytest.raises(LayerError, match="have a gradient"):
        run.backward([True, True, False])
