import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import accuracy_of, anchor_labels, norm

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
SIDES = ((40, 30), (30, 64))
PARAM = "field_w: 40 field_h: 30 field_w: 30 field_h: 64 stride: 8 field_xyr: 2 field_whr: 4"


def run_of(*bottoms, options):
    text = (
        f'type: "DetectionGroupAccuracy" detection_group_accuracy_param {{ {PARAM} {options} }} '
        f"{norm(MEAN, STD)}"
    )
    return run_layer(text, *bottoms, num_top=2)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("cls_num: 4 bg_threshold: 0.25", {"bg_threshold": 0.25}),
        ("cls_num: 2 objectness: true", {"objectness": True}),
    ],
)
def test_it_is_what_loops_count(options, settings, rng):
    classes = 2 if "objectness" in settings else 4
    labels = anchor_labels(rng, 4, (5, 6), SIDES, 8, 4)
    scores = np.round(rng.normal(size=(4, classes, 5, 6)))
    deltas = rng.normal(size=(4, 4, 5, 6))
    run = run_of(scores, deltas, labels, options=options)
    *expected, overlap = accuracy_of(
        scores, deltas, labels, SIDES, 8, MEAN, STD, last_is_best=False, **settings
    )
    assert 0 < expected[1] < 1
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-12)
    np.testing.assert_allclose(run.top[1].data.ravel(), [overlap], rtol=1e-12)


@pytest.mark.parametrize(
    ("shapes", "match"),
    [
        (((3, 2, 2, 2), (3, 4, 2, 2), (3, 6, 2, 2)), "no map for each anchor"),
        (((2, 2, 2, 2), (2, 3, 2, 2), (2, 6, 2, 2)), "four deltas"),
        (((2, 2, 2, 2), (2, 4, 2, 2), (2, 6, 2, 3)), "same places"),
    ],
)
def test_bottoms_that_do_not_fit(shapes, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_of(*map(np.zeros, shapes), options="cls_num: 2")
