import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

MAPS = np.array([[[[3, 1, 3], [0, 1, 255]]], [[[5, 5, 5], [5, 5, 5]]]], float)


def unique(options, maps=MAPS):
    text = f'name: "u" type: "UniqueLabel" unique_label_param {{ {options} }}'
    return run_layer(text, maps).top[0].data


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("max_labels: 4", [[0, 1, 3, 255], [5, -1, -1, -1]]),
        ("max_labels: 4 ignore_label: 255", [[0, 1, 3, -1], [5, -1, -1, -1]]),
        ("max_labels: 5 force_label: 2 force_label: 3", [[0, 1, 2, 3, 255], [2, 3, 5, -1, -1]]),
        ("max_labels: 4 force_label: 5 ignore_label: 5", [[0, 1, 3, 5], [5, -1, -1, -1]]),
    ],
)
def test_each_label_comes_once(options, expected):
    if "ignore_label: 5" in options:
        options += " ignore_label: 255"
    np.testing.assert_array_equal(unique(options)[:, :, 0, 0], expected)


def test_too_many_labels_are_refused():
    with pytest.raises(LayerError, match=r"Too many unique elements.*\n.*3\n.*4 in image 0"):
        unique("max_labels: 3")


@pytest.mark.parametrize("options", ["", "max_labels: 1 force_label: 1"])
def test_room_for_more_than_the_forced_ones_is_needed(options):
    with pytest.raises(LayerError, match="At least one label more"):
        unique(options)


def test_two_channels_are_refused():
    with pytest.raises(LayerError, match="one channel"):
        unique("max_labels: 3", np.ones((1, 2, 3, 3)))
