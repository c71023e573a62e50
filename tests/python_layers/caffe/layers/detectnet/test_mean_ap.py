import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

MODULE = "caffe.layers.detectnet.mean_ap"


def listed(*boxes, rows=50):
    found = np.zeros((1, rows, 5))
    for row, box in zip(found[0], boxes, strict=False):
        row[:4] = box
    return found


def test_each_true_box_takes_the_first_that_overlaps_enough():
    truth = listed((0, 0, 10, 10), (0, 0, 10, 9), (50, 50, 60, 60), (80, 0, 90, 10))
    # 0.9 of the first; all of the first; beside the third by 0.6; nowhere
    found = listed((0, 0, 10, 9), (0, 0, 10, 10), (52.5, 50, 62.5, 60), (200, 0, 300, 10))
    run = run_python(MODULE, "ScoreDetections", truth, found)
    expected = [
        [0, 0, 10, 9, 1], [0, 0, 10, 10, 1],
        [52.5, 50, 62.5, 60, 2], [200, 0, 300, 10, 2],
        [50, 50, 60, 60, 3], [80, 0, 90, 10, 3], [0] * 5,
    ]  # fmt: skip
    np.testing.assert_array_equal(run.top[0].data[0, :7], expected)
    assert run.top[0].shape == (1, 50, 5)


def test_seven_tenths_are_enough():
    truth, found = listed((0, 0, 10, 10)), listed((0, 0, 10, 7))
    assert run_python(MODULE, "ScoreDetections", truth, found).top[0].data[0, 0, 4] == 1
    found = listed((0, 0, 10, 6.99))
    assert run_python(MODULE, "ScoreDetections", truth, found).top[0].data[0, 0, 4] == 2


def test_there_is_room_for_all():
    truth = listed(*[(i, 0, i + 1, 1) for i in range(50)])
    found = listed(*[(i, 20, i + 1, 30) for i in range(50)])
    data = run_python(MODULE, "ScoreDetections", truth, found).top[0].data
    assert data.shape == (1, 100, 5)
    assert list(data[0, :, 4]) == [2] * 50 + [3] * 50


def test_images_without_boxes():
    run = run_python(MODULE, "ScoreDetections", np.zeros((3, 50, 5)), np.zeros((3, 50, 5)))
    assert run.top[0].shape == (3, 50, 5)
    assert not run.top[0].data.any()


def test_precision_and_recall():
    scored = np.zeros((2, 50, 5))
    scored[0, :4, 4] = [1, 1, 1, 2]
    scored[1, :5, 4] = [2, 3, 3, 3, 1]
    run = run_python(MODULE, "mAP", scored, tops=3, param_str="1248, 352, 16")
    # 4 right, 2 wrong, 3 missed
    expected = [100 * 4 / 6 * 4 / 7, 100 * 4 / 6, 100 * 4 / 7]
    np.testing.assert_allclose([blob.data[0] for blob in run.top], expected)


def test_nothing_found_and_nothing_there():
    run = run_python(MODULE, "mAP", np.zeros((2, 50, 5)), tops=3)
    assert [blob.data[0] for blob in run.top] == [0, 0, 0]


@pytest.mark.parametrize(
    ("layer", "shapes", "tops"),
    [
        ("ScoreDetections", [(1, 50, 5), (2, 50, 5)], 1),
        ("ScoreDetections", [(1, 50, 3), (1, 50, 5)], 1),
        ("ScoreDetections", [(1, 50, 5)], 1),
        ("mAP", [(1, 50, 4)], 3),
        ("mAP", [(1, 50, 5)], 1),
    ],
)
def test_blobs_that_do_not_suit(layer, shapes, tops):
    with pytest.raises(LayerError, match=f'Python layer "py", {layer}: '):
        run_python(MODULE, layer, *map(np.zeros, shapes), tops=tops)
