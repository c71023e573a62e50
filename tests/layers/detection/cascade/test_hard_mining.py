import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer


def mined(scores, images, of_each, num_images):
    """By Caffe's own steps."""
    rows = [[(s, i) for i, s in enumerate(scores) if images[i] == n] for n in range(num_images)]
    rows = [sorted(its, reverse=True) for its in rows]
    kept = [pair for its in rows for pair in its[:of_each]]
    left = sorted((pair for its in rows for pair in its[of_each:]), reverse=True)
    size = min(len(scores), num_images * of_each)
    return sorted(i for _, i in kept + left[: size - len(kept)])


@pytest.mark.parametrize(("of_each", "num_images"), [(1, 3), (3, 3), (4, 4), (50, 3)])
def test_it_is_what_loops_choose(of_each, num_images, rng):
    images = np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2])
    scores = np.round(rng.normal(size=10), 1)
    scores[3] = scores[4] = 9
    rois = np.column_stack([images, rng.uniform(0, 9, (10, 4))])
    labels = rng.normal(size=(10, 1, 1, 1))
    text = (
        f'type: "HardMining" hard_mining_param {{ num_roi_per_image: {of_each} '
        f"num_image: {num_images} }}"
    )
    run = run_layer(text, scores.reshape(10, 1, 1, 1), rois, labels, num_top=2)
    expected = mined(scores.tolist(), images.tolist(), of_each, num_images)
    np.testing.assert_array_equal(run.top[0].data, rois[expected])
    np.testing.assert_array_equal(run.top[1].data, labels[expected])


def test_an_image_out_of_range():
    with pytest.raises(blobnet.LayerError, match="out of range"):
        run_layer('type: "HardMining"', [1.0], [[4, 0, 0, 1, 1]])


@pytest.mark.parametrize(
    ("param", "tops", "match"),
    [("num_image: 0", 1, "no region can be chosen"), ("", 2, "a top for each bottom")],
)
def test_settings_that_make_no_sense(param, tops, match):
    with pytest.raises(blobnet.LayerError, match=match):
        run_layer(
            f'type: "HardMining" hard_mining_param {{ {param} }}',
            [1.0],
            np.zeros((1, 5)),
            num_top=tops,
        )
