import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.pylayer.test_masks import painted
from tests.python_layers.running import run_python


def mask_layer(*bottom, tops=2, **more):
    return run_python("pylayer.mask_layer", "MaskLayer", *bottom, tops=tops, **more)


def test_in_detection_rows_become_squares(rng):
    masks = rng.random((3, 49))
    run = mask_layer(masks, tops=1, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, masks.reshape(3, 1, 7, 7))


def test_a_mask_has_the_label_of_an_object_that_it_meets(rng):
    truth = np.zeros((2, 12, 9))
    truth[0, :8, :9] = rng.random((8, 9)) < 0.8
    truth[1, :12, :6] = 1
    boxes = [(10, 5, 18, 12), (3, 20, 8, 31)]
    info, expected, masks = [], [], rng.random((30, 100)) * 0.9
    for row in range(30):
        index = row % 2
        x1, y1 = np.array(boxes[index][:2]) + rng.integers(-3, 4, size=2)
        region = (x1, y1, x1 + 9, y1 + 9)  # as large as the masks: nothing is mixed
        is_there = painted(boxes[index], truth[index][: (8, 12)[index], : (9, 6)[index]])
        if row % 3:  # most follow their object
            near = is_there[y1 : y1 + 10, x1 : x1 + 10].ravel()
            masks[row] = np.where(near, 0.6, 0.2) + rng.random(100) * 0.15
        drawn = painted(region, masks[row].reshape(10, 10) >= np.float32(0.4))
        share = (drawn & is_there).sum() / (drawn | is_there).sum()
        label = 5 + index
        expected.append(label if share >= 0.5 else 0)
        info.append((index, *((8, 9), (12, 6))[index], label, *region, *boxes[index]))
    info.append([-1] * 12)
    run = mask_layer(np.append(masks, np.ones((1, 100)), axis=0), truth, info)
    assert {0, 5, 6} == set(expected)
    np.testing.assert_array_equal(run.top[1].data[:, 0], [*expected, 0])

    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward([True, False, False])
    is_object = np.array([*expected, 0]) > 0
    diff = run.top[0].diff.reshape(31, 100) * is_object[:, None]
    np.testing.assert_array_equal(run.bottom[0].diff, diff)


def test_masks_are_made_as_large_as_their_regions():
    # a mask of 2 x 2 over 4 x 4 pixels, whose left half is the object
    info = [[0, 4, 2, 7, 0, 0, 3, 3, 0, 0, 1, 3]]
    truth = np.ones((1, 4, 2))
    assert mask_layer([[1, 0, 1, 0]], truth, info).top[1].data == 7
    assert mask_layer([[0, 1, 0, 1]], truth, info).top[1].data == 0


INFO = [0, 2, 2, 7, 0, 0, 3, 3, 0, 0, 1, 3]
BAD = {
    "no square": (np.ones((1, 5)), np.ones((1, 2, 2)), [INFO], "no masks"),
    "object": (np.ones((1, 4)), np.ones((1, 2, 2)), [[3, *INFO[1:]]], "names no mask"),
    "rows": (np.ones((1, 4)), np.ones((1, 2, 2)), [[0, -1, *INFO[2:]]], "names no mask"),
    "region": (
        np.ones((1, 4)),
        np.ones((1, 2, 2)),
        [[*INFO[:4], 9, 9, 0, 0, *INFO[8:]]],
        "no size",
    ),
    "number": (np.ones((1, 4)), np.ones((1, 2, 2)), [[*INFO[:4], np.nan, *INFO[5:]]], "no size"),
    "short": (np.ones((2, 4)), np.ones((1, 2, 2)), [INFO], "too short"),
    "columns": (np.ones((1, 4)), np.ones((1, 2, 2)), [INFO[:8]], "no list"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_suit(name):
    *bottom, told = BAD[name]
    with pytest.raises(LayerError, match=told):
        mask_layer(*bottom)


def test_training_needs_the_truth():
    with pytest.raises(LayerError, match="wrong number of bottoms"):
        mask_layer(np.ones((1, 4)), tops=1)
