import numpy as np
import pytest

from blobnet.ops.jit import available
from blobnet.ops.segmentation.permutohedral import filter_points, make_lattice
from tests.ops.plain_lattice import plain


def filtered(x, features, **more):
    out = np.empty_like(x)
    filter_points(x, make_lattice(features), out, **more)
    return out


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("points", [1, 4, 30])
def test_it_is_the_lattice_of_the_paper(d, points, rng):
    features = rng.normal(size=(points, d)).astype("f4") * 2
    x = rng.normal(size=(2, points))
    for values, result in zip(x, filtered(x, features), strict=True):
        np.testing.assert_allclose(result, plain(values, features), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("d", "bound"), [(2, 0.06), (5, 0.12)])
def test_it_is_near_a_gaussian_filter(d, bound, rng):
    """Every pair of points, as the lattice is to be without."""
    rows, columns = np.mgrid[:20, :24]
    image = 2 * (rows > 9) + rng.normal(size=(3, 20, 24)) * 0.1
    features = np.stack([rows / 3, columns / 3, *image][:d], axis=-1).reshape(480, d)
    x = np.stack([(columns > 11).ravel(), (rows > 9).ravel(), rng.random(480)]).astype(float)
    distances = ((features[:, None] - features) ** 2).sum(axis=2)
    gaussian = np.exp(-distances / 2)
    features = features.astype("f4")
    found = filtered(x, features) / filtered(np.ones((1, 480)), features)
    assert abs(found - x @ gaussian / gaussian.sum(axis=0)).max() < bound


def test_backward_is_the_transpose(rng):
    features = rng.normal(size=(50, 5)).astype("f4")
    x, dy = rng.normal(size=(2, 1, 50))
    forward, backward = (x @ filtered(dy, features, backward=True).T, filtered(x, features) @ dy.T)
    np.testing.assert_allclose(forward, backward, rtol=1e-5)


@pytest.mark.skipif(not available(), reason="nothing can be compiled here")
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_kernel_computes_what_numpy_does(dtype, backward, rng):
    lattice = make_lattice(rng.normal(size=(301, 3)).astype("f4") * 3)
    x = rng.normal(size=(4, 301)).astype(dtype)
    both = np.empty((2, *x.shape), dtype)
    for function, out in zip((filter_points, filter_points.__wrapped__), both, strict=True):
        function(x, lattice, out, backward=backward)
    np.testing.assert_allclose(*both, rtol=1e-5, atol=1e-5)


def test_no_points():
    assert filtered(np.empty((3, 0)), np.empty((0, 2), "f4")).shape == (3, 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30, 3e38])
def test_what_is_no_place_is_refused(value):
    features = np.zeros((4, 2), "f4")
    features[2, 1] = value
    with pytest.raises(ValueError, match="coordinates of a lattice"):
        make_lattice(features)


def test_places_too_far_apart_are_refused():
    features = np.zeros((4, 5), "f4")
    features[1:3] = [[1e5] * 5, [-1e5, 1e5] * 2 + [1e5]]
    with pytest.raises(ValueError, match="too far apart"):
        make_lattice(features)
