import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_areas_count_from_behind_the_largest_label_of_their_map():
    labels = np.array([[[[1, 1, 0], [0, 2.7, 1], [2, 2, 1]]], [[[0, 0, 0], [1, 0, 1], [0, 0, 0]]]])
    y = run_layer('type: "ConnectedComponent"', labels).top[0].data
    assert y[0, 0].tolist() == [[3, 3, 0], [0, 4, 5], [4, 4, 5]]
    assert y[1, 0].tolist() == [[0, 0, 0], [2, 0, 3], [0, 0, 0]]


def test_only_maps_are_taken():
    with pytest.raises(LayerError, match="labels should be maps"):
        run_layer('type: "ConnectedComponent"', np.ones((2, 3)))
