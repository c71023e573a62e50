import numpy as np
import pytest

from blobnet.ops.segmentation.components import connected_components


def flooded(labels):
    """Area by area, pixel by pixel."""
    numbers, count = np.zeros(labels.shape, int), 0
    for start in np.ndindex(labels.shape):
        if labels[start] == 0 or numbers[start]:
            continue
        count += 1
        todo = [start]
        while todo:
            y, x = todo.pop()
            inside = 0 <= y < labels.shape[0] and 0 <= x < labels.shape[1]
            if inside and labels[y, x] == labels[start] and not numbers[y, x]:
                numbers[y, x] = count
                todo += [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
    return numbers


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (12, 17)])
@pytest.mark.parametrize("below", [1, 2, 3])
def test_areas_are_those_of_a_flood(shape, below, rng):
    for _ in range(20):
        labels = rng.integers(below, size=shape).astype("f4")
        np.testing.assert_array_equal(connected_components(labels), flooded(labels))


def test_a_winding_area_is_one():
    labels = np.ones((31, 31))
    labels[1::4, :-1] = labels[3::4, 1:] = 0
    np.testing.assert_array_equal(connected_components(labels), labels)


def test_a_map_without_pixels():
    assert connected_components(np.zeros((0, 3))).shape == (0, 3)
