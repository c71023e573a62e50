import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(("shape", "temperature"), [((2, 3, 4, 2), 1), ((3, 4), 0.25)])
def test_each_map_becomes_probabilities(shape, temperature, in_place, rng):
    x = rng.normal(size=shape)
    text = f'type: "SpatialSoftmax" spatial_softmax_param {{ temperature: {temperature} }}'
    run = run_layer(text, x, in_place=in_place)
    for outer in np.ndindex(shape[:-2]):
        powers = [math.exp(v / temperature) for v in x[outer].flat]
        expected = np.reshape([p / sum(powers) for p in powers], shape[-2:])
        np.testing.assert_allclose(run.top[0].data[outer], expected)


def test_large_values_do_not_overflow():
    y = run_layer('type: "SpatialSoftmax"', [[1e4, 1e4], [-1e4, 0]]).top[0].data
    np.testing.assert_array_equal(y, [[0.5, 0.5], [0, 0]])


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("temperature: 0", np.ones((2, 2)), "cannot be 0"),
        ("", np.ones(3), r"(?s)two axes.*\(3,\)"),
    ],
)
def test_what_makes_no_sense(text, x, words):
    with pytest.raises(LayerError, match=words):
        run_layer(f'type: "SpatialSoftmax" spatial_softmax_param {{ {text} }}', x)
