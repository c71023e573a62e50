import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.ops.segmentation.test_domain_transform import plain

TYPES = ["DomainTransform", "DomainTransformForwardOnly"]


def smoothed(options, *bottoms, type_name="DomainTransform"):
    text = f'name: "d" type: "{type_name}" domain_transform_param {{ {options} }}'
    return run_layer(text, *bottoms)


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize(
    ("options", "num_iter", "spatial", "colors", "least"),
    [
        ("", 3, 50, 5, 0),
        ("num_iter: 2 spatial_sigma: 4 range_sigma: 0.5", 2, 4, 0.5, 0),
        ("spatial_sigma: 2 min_weight: 0.4", 3, 2, 5, 0.4),
    ],
)
def test_iterations_with_their_own_weights(
    options, num_iter, spatial, colors, least, type_name, rng
):
    x, edges = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 1, 4, 5))
    sizes = np.array([[4, 5], [3, 2]])
    expected = x
    for index in range(num_iter):
        sigma = spatial * math.sqrt(3) * 2 ** (num_iter - index - 1) / math.sqrt(4**num_iter - 1)
        weight = np.exp(-math.sqrt(2) / sigma * (1 + edges[:, 0] * spatial / colors))
        expected = plain(expected, np.clip(weight, least, 1), sizes)
    run = smoothed(options, x, edges, sizes, type_name=type_name)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-6)


def test_it_stops_at_edges(rng):
    x = np.zeros((1, 1, 6, 10)) + (np.arange(10) > 4) + rng.normal(size=(1, 1, 6, 10)) * 0.2
    edges = np.where(np.arange(10) == 5, 1e3, 0) * np.ones((1, 1, 6, 1))
    y = smoothed("", x, edges, [[6, 10]]).top[0].data[0, 0]
    assert np.ptp(y[:, :5]) < 0.3
    assert np.ptp(y[:, 5:]) < 0.3
    assert y[0, 5] - y[0, 4] > 0.6


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("spatial_sigma: 0", "spatial_sigma needs to be positive"),
        ("range_sigma: -1", "range_sigma needs to be positive"),
        ("num_iter: 0", "num_iter needs to be positive"),
        ("num_iter: 501", "num_iter is too large"),
        ("min_weight: -1", "min_weight needs to be non-negative"),
    ],
)
def test_bad_settings_are_refused(options, words, type_name):
    x = np.ones((1, 1, 2, 2))
    with pytest.raises(LayerError, match=f'{type_name} layer "d": {words}'):
        smoothed(options, x, x, [[2, 2]], type_name=type_name)


@pytest.mark.parametrize("sizes", [[[2, 3]], [[-1, 2]], [[np.nan, 1]]])
def test_sizes_beyond_the_image_are_refused(sizes):
    x = np.ones((1, 1, 2, 2))
    with pytest.raises(LayerError, match="not within the images"):
        smoothed("", x, x, sizes)


def test_edges_of_two_channels_are_refused():
    x = np.ones((1, 2, 2, 2))
    with pytest.raises(LayerError, match="only one channel"):
        smoothed("", x, x, [[2, 2]])


def test_the_sizes_get_no_gradient():
    x = np.ones((1, 1, 2, 2))
    run = smoothed("", x, x, [[2, 2]])
    with pytest.raises(LayerError, match="image dimension"):
        run.backward([True, True, True])
