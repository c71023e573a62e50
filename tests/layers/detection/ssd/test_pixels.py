"""DetectionOutput with regions in pixels, as OpenVINO specifies `normalized: false`."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SIZE = "input_width: 80 input_height: 40"
OF_TARGET = "variance_encoded_in_target: true"


def found(options, *bottoms, target=OF_TARGET):
    text = f"detection_output_param {{ num_classes: 2 code_type: CENTER_SIZE {target} {options} }}"
    return run_layer(f'name: "o" type: "DetectionOutput" {text}', *bottoms).top[0].data[0, 0]


@pytest.mark.parametrize("shape", [(3, 5), (1, 1, 15), (1, 15, 1, 1)])
def test_they_are_divided_by_the_size_of_the_image(shape, rng):
    corners = np.array([[8.0, 4, 24, 20], [40, 8, 72, 36], [16, 12, 20, 28]])
    moves, scores = rng.normal(size=(1, 12)) * 0.2, rng.uniform(0.1, 1, size=(1, 6))
    regions = np.column_stack([np.zeros(3), corners])
    shares = corners / [80, 40, 80, 40]
    priors = np.stack([shares.ravel(), np.ones(12)])[None]
    rows = found(f"normalized: false {SIZE}", moves, scores, regions.reshape(shape))
    np.testing.assert_allclose(rows, found("", moves, scores, priors), rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("normalized: false", "divided by the size"),
        ("normalized: false input_width: 80", "divided by the size"),
        (SIZE, "are for boxes in pixels"),
    ],
)
def test_settings_that_do_not_go_together(options, words):
    with pytest.raises(LayerError, match=words):
        found(options, np.zeros((1, 4)), np.zeros((1, 2)), np.ones((1, 5)))


def test_variances_are_in_the_target():
    bottoms = np.zeros((1, 4)), np.zeros((1, 2)), np.ones((1, 5))
    with pytest.raises(LayerError, match="have no variances"):
        found(f"normalized: false {SIZE}", *bottoms, target="")


def test_a_region_may_have_no_area():
    rows = found(f"normalized: false {SIZE}", np.full((1, 4), 0.5), [[0.1, 0.9]], [[0, 8, 4, 8, 4]])
    np.testing.assert_allclose(rows, [[0, 1, 0.9, 0.1, 0.1, 0.1, 0.1]])


def test_no_regions():
    with pytest.raises(LayerError, match="has no regions"):
        found(f"normalized: false {SIZE}", np.zeros((1, 4)), np.zeros((1, 2)), np.ones((1, 4)))
