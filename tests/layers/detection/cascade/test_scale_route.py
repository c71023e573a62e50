import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

SIDES = [10, 50, 100, 150, 300, 20]
ROIS = np.array([[i, 5, 5, 5 + side - 1, 5 + side - 1] for i, side in enumerate(SIDES)], float)


@pytest.mark.parametrize(
    ("limits", "chosen"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("low_scale: 50 high_scale: 150", [1, 2]),
        ("low_scale: 50", [1, 2, 3, 4]),
        ("high_scale: 50", [0, 5]),
        ("low_scale: 151 high_scale: 299", [4]),  # none: their middle is 212
        ("low_scale: 151 high_scale: 200", [3]),
        ("low_scale: 1000", [4]),
        ("high_scale: 2", [0]),
    ],
)
def test_regions_of_a_scale_or_the_nearest(limits, chosen, rng):
    more = rng.normal(size=(6, 2, 3))
    text = f'type: "ScaleRoute" scale_route_param {{ {limits} }}'
    run = run_layer(text, ROIS.reshape(6, 5, 1, 1), more, num_top=2)
    np.testing.assert_array_equal(run.top[0].data, ROIS[chosen].reshape(-1, 5, 1, 1))
    np.testing.assert_array_equal(run.top[1].data, more[chosen])


def test_a_region_that_is_turned_over_has_no_scale():
    rois = [[0, 30, 30, 10, 10], [0, 0, 0, 9, 9]]
    run = run_layer('type: "ScaleRoute" scale_route_param { low_scale: 100 }', rois)
    assert run.top[0].data.tolist() == [[0, 0, 0, 9, 9]]


@pytest.mark.parametrize("limits", ["low_scale: 9 high_scale: 8", "low_scale: 0", "high_scale: -1"])
def test_limits_without_a_scale_between(limits):
    with pytest.raises(blobnet.LayerError, match="no scale is between"):
        run_layer(f'type: "ScaleRoute" scale_route_param {{ {limits} }}', ROIS)


def test_bottoms_of_other_regions():
    with pytest.raises(blobnet.LayerError, match="same regions"):
        run_layer('type: "ScaleRoute"', ROIS, np.zeros((5, 2)), num_top=2)
