import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_rows_and_columns_are_appended(rng):
    x = rng.normal(size=(2, 3, 2, 4))
    run = run_layer('type: "Slope"', x)
    np.testing.assert_array_equal(run.top[0].data[:, :3], x)
    for image in run.top[0].data:
        np.testing.assert_array_equal(image[3], [[0] * 4, [0.5] * 4])
        np.testing.assert_array_equal(image[4], [[0, 0.25, 0.5, 0.75]] * 2)
    run.top[0].diff[...] = rng.normal(size=(2, 5, 2, 4))
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, run.top[0].diff[:, :3])


def test_what_is_no_image_is_refused():
    with pytest.raises(LayerError, match="must have 4 axes"):
        run_layer('type: "Slope"', np.zeros((2, 3)))
