"""Rotated boxes from polygons that are rectangles already."""

import math

import numpy as np
import pytest

from blobnet.ops.detection.rotated_boxes import rotated_from_polygons


@pytest.mark.parametrize("angle", [0, 0.3, -1.2])
def test_a_rectangle_keeps_its_upper_side_and_height(angle):
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    corners = np.array([[-2, -1], [2, -1], [2, 1], [-2, 1]]) @ turn + 5
    found = rotated_from_polygons(corners.reshape(1, 8))[0]
    np.testing.assert_allclose(found[:4], corners[:2].reshape(-1), atol=1e-5)
    assert found[4] == pytest.approx(2, abs=1e-5)
