import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = np.arange(12).reshape(1, 2, 2, 3)


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ("", [[2, 1, 0], [5, 4, 3]]),
        ("flip_height: true", [[5, 4, 3], [2, 1, 0]]),
        ("flip_height: true flip_width: false", [[3, 4, 5], [0, 1, 2]]),
        ("flip_width: false", [[0, 1, 2], [3, 4, 5]]),
    ],
)
def test_images_are_turned_round(options, first):
    run = run_layer(f'type: "Flip" flip_param {{ {options} }}', X)
    np.testing.assert_array_equal(run.top[0].data, [[first, np.array(first) + 6]])
    run.top[0].diff[...] = run.top[0].data
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, X)


def test_what_is_no_image_is_refused():
    with pytest.raises(LayerError, match="must have 4 axes"):
        run_layer('type: "Flip"', X[0])
