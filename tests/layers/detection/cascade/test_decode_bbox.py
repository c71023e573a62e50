import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer
from tests.layers.detection.cascade.oracle import norm, refined

MEAN, STD = [0.125, -0.125, 0, 0.25], [0.125, 0.25, 0.5, 0.25]
TEXT = f'type: "DecodeBBox" {norm(MEAN, STD)}'


def regions(rng, count=9):
    first = rng.uniform(0, 40, (count, 2))
    return np.hstack([np.arange(count)[:, None] % 2, first, first + rng.uniform(1, 30, (count, 2))])


@pytest.mark.parametrize("more", [(), (1, 1)])
def test_regions_are_moved_and_stretched_by_the_last_four_numbers(more, rng):
    deltas, rois = rng.normal(size=(9, 8)), regions(rng)
    run = run_layer(TEXT, deltas.reshape(9, 8, *more), rois.reshape(9, 5, *more), phase="TEST")
    expected = [
        [roi[0], *refined(roi[1:], its[4:], MEAN, STD)]
        for roi, its in zip(rois, deltas, strict=True)
    ]
    np.testing.assert_allclose(run.top[0].data.reshape(9, 5), expected, rtol=1e-12)


def test_without_a_normalization_deltas_are_as_they_are():
    run = run_layer('type: "DecodeBBox"', [[9, 9, 9, 9, 0.5, 0, 0, 0]], [[0, 0, 0, 9, 19]])
    np.testing.assert_allclose(run.top[0].data.reshape(-1), [0, 5, 0, 14, 19])


def test_in_training_objects_themselves_and_boxes_that_are_turned_over_are_left_out():
    """Widths are e^-40 of what they were: the second corner is before the first by nearly 1."""
    deltas = np.zeros((4, 8))
    deltas[1, 6] = -40
    rois = np.tile([0.0, 10, 10, 30, 30], (4, 1))
    rois[:, 0] = range(4)
    matches = np.zeros((4, 6))
    matches[:, 5] = 0.5, 0.5, 0.95, 0.94
    text = 'type: "DecodeBBox" decode_bbox_param { gt_iou_thr: 0.95 }'
    run = run_layer(text, deltas, rois, matches.astype(np.float32), dtype="float32")
    assert run.top[0].data[:, 0].ravel().tolist() == [0, 3]
    tested = run_layer(text, deltas, rois, phase="TEST")
    assert tested.top[0].shape == (4, 5, 1, 1)


def test_none_left_is_an_error():
    matches = np.ones((1, 6))
    with pytest.raises(blobnet.LayerError, match="no region is left"):
        run_layer('type: "DecodeBBox"', np.zeros((1, 8)), [[0, 0, 0, 9, 9]], matches)


def test_matches_are_for_training():
    with pytest.raises(blobnet.LayerError, match="for training"):
        run_layer(TEXT, np.zeros((1, 8)), np.zeros((1, 5)), np.zeros((1, 6)), phase="TEST")


@pytest.mark.parametrize(
    ("deltas", "rois", "match"),
    [
        ((2, 4), (2, 5), "bottom.0. does not have"),
        ((2, 8), (2, 4), "bottom.1. does not have regions"),
        ((2, 8), (3, 5), "same regions"),
    ],
)
def test_shapes_that_do_not_fit(deltas, rois, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(TEXT, np.zeros(deltas), np.zeros(rois))


def test_a_normalization_of_three_numbers():
    with pytest.raises(blobnet.LayerError, match="does not normalize"):
        run_layer(f'type: "DecodeBBox" {norm(MEAN[:3], STD)}', np.zeros((1, 8)), np.zeros((1, 5)))


def test_there_is_no_gradient():
    run = run_layer(TEXT, np.zeros((1, 8)), [[0, 0, 0, 9, 9]])
    with pytest.raises(blobnet.LayerError, match="propagate_down: false"):
        run.layer.backward(run.top, [True, False], run.bottom)
