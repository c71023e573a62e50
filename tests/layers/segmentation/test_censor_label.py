import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def censored(labels, allowed, options="ignore_label: 255"):
    text = f'name: "c" type: "CensorLabel" censor_label_param {{ {options} }}'
    return run_layer(text, np.array(labels, float)[:, None], np.array(allowed)[:, :, None, None])


def test_only_labels_of_the_image_stay():
    labels = [[[0, 1, 2], [-1, 1, 5]], [[0, 1, 2], [-1, 1, 5]]]
    y = censored(labels, [[0, 1, -1], [5, -1, -1]]).top[0].data
    expected = [[[0, 1, 255], [255, 1, 255]], [[255, 255, 255], [255, 255, 5]]]
    np.testing.assert_array_equal(y[:, 0], expected)


def test_the_default_is_0():
    np.testing.assert_array_equal(censored([[[3]]], [[-1]], "").top[0].data, [[[[0]]]])


@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (2, 1, 2, 2), (2, 3)])
def test_lists_of_another_shape_are_refused(shape):
    with pytest.raises(LayerError, match=r"a bottom does not fit\n.*\(2, L, 1, 1\)"):
        run_layer('type: "CensorLabel"', np.ones((2, 1, 3, 3)), np.ones(shape))
