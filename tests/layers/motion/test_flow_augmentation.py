import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.motion._coefficients import NAMES
from blobnet.testing import run_layer


def flow_augmentation(options, *bottoms):
    return run_layer(
        f'name: "f" type: "FlowAugmentation" augmentation_param {{ {options} }}', *bottoms
    )


def row(**values):
    found = np.zeros((1, 42, 1, 1))
    for name, value in values.items():
        found[0, NAMES.index(name)] = value
    return found


def test_the_same_move_of_both_images_changes_only_the_place(rng):
    flow = rng.normal(size=(1, 2, 8, 8))
    run = flow_augmentation("crop_width: 4 crop_height: 6", flow, row(dx=0.25), row(dx=0.25))
    np.testing.assert_allclose(run.top[0].data, flow[:, :, 1:7, 3:7], atol=1e-9)


def test_a_move_of_the_second_image_is_a_flow():
    run = flow_augmentation(
        "crop_width: 4 crop_height: 4", np.zeros((1, 2, 8, 8)), row(), row(dx=0.5, dy=-0.25)
    )
    np.testing.assert_allclose(run.top[0].data[0, 0], -2, atol=1e-12)
    np.testing.assert_allclose(run.top[0].data[0, 1], 1, atol=1e-12)


def test_a_flow_follows_its_images(rng):
    """Turned and enlarged: a pixel, its partner, and where both are in the crops."""
    flow = rng.normal(size=(1, 2, 9, 9))
    first, second = row(angle=0.3, zoom_x=0.2), row(angle=-0.2, zoom_x=0.1, zoom_y=-0.1, dx=0.1)
    run = flow_augmentation("crop_width: 4 crop_height: 5", flow, first, second)

    def there(u, v, angle, zoom_x, zoom_y, dx):
        u, v = u - 2, v - 2.5
        u, v = (
            math.cos(angle) * u - math.sin(angle) * v,
            math.sin(angle) * u + math.cos(angle) * v,
        )
        return (u + dx * 4) / math.exp(zoom_x) + 4.5, v / math.exp(zoom_y) + 4.5

    for v in range(5):
        for u in range(4):
            a, b = there(u, v, 0.3, 0.2, 0, 0)
            i, j = min(max(int(b + 0.5), 0), 8), min(max(int(a + 0.5), 0), 8)
            partner = np.array([a, b]) + flow[0, :, i, j]
            moved = np.array([u, v]) + run.top[0].data[0, :, v, u]
            np.testing.assert_allclose(there(*moved, -0.2, 0.1, -0.1, 0.1), partner, rtol=1e-9)


def test_what_is_refused():
    flow = np.zeros((1, 2, 8, 8))
    for options, bottoms, words in (
        ("", (flow, row(), row()), "enter crop width"),
        ("crop_width: 4 crop_height: 4", (np.zeros((1, 3, 8, 8)), row(), row()), "2 channels"),
        ("crop_width: 4 crop_height: 4", (flow, row(), row()[:, 1:]), "42 coefficients"),
        ("crop_width: 4 crop_height: 4", (flow, row(), row(zoom_x=-800)), "so small or large"),
    ):
        with pytest.raises(LayerError, match=words):
            flow_augmentation(options, *bottoms)
