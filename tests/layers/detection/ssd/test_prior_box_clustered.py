import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SIDES = "width: 9.4 width: 25.1 height: 15 height: 39.6"


def clustered(options):
    return run_layer(
        f'name: "p" type: "PriorBoxClustered" prior_box_param {{ {options} }}',
        np.zeros((2, 4, 2, 3)),
        np.zeros((2, 3, 30, 40)),
    )


def boxes(options):
    return clustered(options).top[0].data[0, 0].reshape(-1, 4)


def test_boxes_and_variances_of_opencv():
    """Recorded with OpenCV 4.14, which reads this type; the first three boxes of the twelve."""
    run = clustered(
        f"{SIDES} step: 16 variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 clip: false"
    )
    found = run.top[0].data.reshape(2, -1, 4)
    assert found.shape == (2, 12, 4)
    recorded = [
        [0.0825, 0.01666667, 0.3175, 0.51666665],
        [-0.11375, -0.39333332, 0.51374996, 0.9266666],
        [0.4825, 0.01666667, 0.71750003, 0.51666665],
    ]
    np.testing.assert_allclose(found[0, :3], recorded, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found[1], np.tile([0.1, 0.1, 0.2, 0.2], (12, 1)), rtol=1e-7)


def test_fractions_of_sides_count_and_the_step_is_the_grids():
    found = boxes("width: 9.5 height: 3.25 offset: 0")
    np.testing.assert_allclose(
        found[1],
        [(40 / 3 - 4.75) / 40, -1.625 / 30, (40 / 3 + 4.75) / 40, 1.625 / 30],
        rtol=1e-6,
    )


def test_clip():
    found = boxes(f"{SIDES} step: 16 clip: true")
    np.testing.assert_allclose(found, np.clip(boxes(f"{SIDES} step: 16"), 0, 1), rtol=1e-7)
    assert found.min() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "width and height belong together, one to one"),
        ("min_size: 8", "width and height belong together, one to one"),
        ("width: 8 width: 9 height: 8", "width and height belong together, one to one"),
        ("width: 8 height: 0", "width and height must be positive"),
        ("width: nan height: 8", "width and height must be positive"),
    ],
)
def test_sides_that_are_none(options, message):
    with pytest.raises(LayerError, match=message):
        clustered(options)
