import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

MODULE = "caffe.layers.detectnet.clustering"
# a grid of 5 rows and 6 columns of 16 pixels
DETECTIONS, TRUTH = "96, 80, 16, 0.6, 1, 0.1, 5, 2", "96, 80, 16, 2"


@pytest.fixture
def grid():
    """Class 0 has a box that five places agree upon; class 1 a single place."""
    coverage, boxes = np.zeros((2, 2, 5, 6)), np.zeros((2, 4, 5, 6))
    places = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3)]
    for y, x in places:
        coverage[1, 0, y, x] = 0.7
        boxes[1, :, y, x] = np.array([10, 12, 60, 50]) - 16 * np.array([x, y, x, y])
    boxes[1, :, 4, 5] = [0, 0, 5, 7]
    coverage[1, 1, 4, 5] = 0.6
    return coverage, boxes


def test_places_that_agree_are_one_box(grid):
    run = run_python(MODULE, "ClusterDetections", *grid, tops=2, param_str=DETECTIONS)
    assert [blob.shape for blob in run.top] == [(2, 50, 5)] * 2
    expected = np.zeros((2, 50, 5))
    expected[1, 0] = [10, 12, 60, 50, np.float16(np.log(5))]
    np.testing.assert_array_equal(run.top[0].data, expected)
    assert not run.top[1].data.any()  # one place is not more than the threshold


def test_a_threshold_of_0_lists_every_place(grid):
    param = DETECTIONS.replace("0.6, 1,", "0.6, 0,")
    run = run_python(MODULE, "ClusterDetections", *grid, tops=2, param_str=param)
    np.testing.assert_array_equal(run.top[0].data[1, :6, 0], [10, 10, 10, 10, 10, 0])
    np.testing.assert_array_equal(run.top[1].data[1, 0], [80, 64, 85, 71, 0])


def test_boxes_that_are_too_low_are_dropped(grid):
    param = DETECTIONS.replace("0.1, 5,", "0.1, 39,")
    run = run_python(MODULE, "ClusterDetections", *grid, tops=2, param_str=param)
    assert not run.top[0].data.any()


def test_truth_has_every_box_once_in_the_order_of_the_grid(grid):
    coverage, boxes = grid
    coverage[1, 0, 0, 5] = 0.01
    boxes[1, :, 0, 5] = [1.5, 2, 3, 4]
    run = run_python(MODULE, "ClusterGroundtruth", coverage, boxes, tops=2, param_str=TRUTH)
    expected = [[81.5, 2, 83, 4, 0], [10, 12, 60, 50, 0], [0] * 5]
    np.testing.assert_array_equal(run.top[0].data[1, :3], expected)
    np.testing.assert_array_equal(run.top[1].data[1, 0], [80, 64, 85, 71, 0])
    assert not run.top[0].data[0].any()


def test_numbers_are_those_of_half_precision():
    boxes = np.full((1, 4, 1, 1), 0.1) * [[[[1]], [[1]], [[30000]], [[1]]]]
    run = run_python(
        MODULE, "ClusterGroundtruth", np.ones((1, 1, 1, 1)), boxes, param_str="16,16,16"
    )
    np.testing.assert_array_equal(run.top[0].data[0, 0, :4], np.float16([0.1, 0.1, 3000, 0.1]))


def test_of_more_than_fifty_the_first_stay(rng, warnings):
    boxes = rng.integers(0, 9, size=(1, 4, 8, 8)).astype(float)
    arguments = MODULE, "ClusterGroundtruth", np.ones((1, 1, 8, 8)), boxes
    assert warnings(run_python, *arguments, param_str="128,128,16") == [
        'Python layer "py": of 64 boxes the first 50 are kept'
    ]
    run = run_python(*arguments, param_str="128,128,16")
    np.testing.assert_array_equal(run.top[0].data[0, 0, :4], boxes[0, :, 0, 0])
    assert run.top[0].data[0, 49].any()


def test_what_lies_beyond_the_image_is_not_read(grid):
    coverage, boxes = (np.pad(part, ((0, 0), (0, 0), (0, 2), (0, 3))) for part in grid)
    coverage[:, :, 5:] = coverage[:, :, :, 6:] = 1
    boxes[:, :, 5:] = boxes[:, :, :, 6:] = 7
    param = TRUTH
    first = run_python(MODULE, "ClusterGroundtruth", *grid, tops=2, param_str=param)
    same = run_python(MODULE, "ClusterGroundtruth", coverage, boxes, tops=2, param_str=param)
    np.testing.assert_array_equal(first.top[0].data, same.top[0].data)


def test_nothing_goes_back(grid):
    run = run_python(MODULE, "ClusterGroundtruth", *grid, tops=2, param_str=TRUTH)
    run.bottom[0].diff[...] = np.nan
    run.backward([True, False])
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize(
    "param",
    ["", "1,2", "96,80,x,2", "96,80,0,2", "8,8,16,2", "96,80,16,0", "96,80,16.5,2", "inf,1,1,2"],
)
def test_settings_that_are_none(param, grid):
    with pytest.raises(LayerError, match="param_str"):
        run_python(MODULE, "ClusterGroundtruth", *grid, tops=2, param_str=param)


@pytest.mark.parametrize(
    ("coverage", "boxes", "tops", "told"),
    [
        ((1, 2, 5, 6), (1, 4, 5, 6), 1, "numbers of blobs"),
        ((1, 3, 5, 6), (1, 4, 5, 6), 2, "no grid"),
        ((1, 2, 5, 6), (1, 4, 5, 5), 2, "no grid"),
        ((1, 2, 5, 6), (2, 4, 5, 6), 2, "no grid"),
        ((1, 2, 5), (1, 4, 5), 2, "no grid"),
    ],
)
def test_shapes_that_are_none(coverage, boxes, tops, told):
    bottoms = np.zeros(coverage), np.zeros(boxes)
    with pytest.raises(LayerError, match=told):
        run_python(MODULE, "ClusterGroundtruth", *bottoms, tops=tops, param_str=TRUTH)
