import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def counts(options, labels):
    text = f'name: "h" type: "Histogram" histogram_param {{ {options} }}'
    return run_layer(text, np.array(labels, float)[:, None]).top[0].data[:, :, 0, 0]


LABELS = [[[0, 1, 1], [3, 255, 1]], [[2, 2, 2], [2, 2, 255]]]


def test_labels_are_counted_image_by_image():
    found = counts("num_labels: 4 ignore_label: 255", LABELS)
    np.testing.assert_array_equal(found, [[1, 3, 0, 1], [0, 0, 5, 0]])


def test_several_labels_are_ignored():
    found = counts("num_labels: 4 ignore_label: 255 ignore_label: 1", LABELS)
    np.testing.assert_array_equal(found, [[1, 0, 0, 1], [0, 0, 5, 0]])


@pytest.mark.parametrize("label", [4, -1, 0.5, np.nan])
def test_what_is_no_label_is_refused(label):
    with pytest.raises(LayerError, match=r"Unexpected label\n.*from 0 to 3"):
        counts("num_labels: 4", [[[label]]])


def test_no_labels_and_two_channels_are_refused():
    with pytest.raises(LayerError, match="num_labels needs to be positive"):
        counts("", LABELS)
    with pytest.raises(LayerError, match="a bottom does not fit"):
        run_layer('type: "Histogram" histogram_param { num_labels: 2 }', np.ones((1, 2, 3, 3)))
