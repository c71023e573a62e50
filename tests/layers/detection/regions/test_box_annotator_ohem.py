import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

PARAM = 'type: "BoxAnnotatorOHEM" box_annotator_ohem_param {{ {} }}'


def chosen(images, losses, most):
    """One after the other, the largest loss first."""
    left, found = {}, []
    for index in sorted(range(len(losses)), key=lambda i: -losses[i]):
        tickets = left.setdefault(images[index], most)
        if tickets:
            left[images[index]] -= 1
            found.append(index)
    return sorted(found)


@pytest.mark.parametrize("most", [1, 3, 100])
@pytest.mark.parametrize("places", [(), (2, 3)])
def test_the_hardest_of_each_image_are_chosen(most, places, rng):
    num, more = 12, (places or (1, 1))
    rois = rng.uniform(0, 9, (num, 5, *places))
    rois[:, 0] = rng.integers(0, 3, (num, *places)) + 0.3  # cut off, as C++ does
    losses = np.round(rng.uniform(size=(num, 1, *places)), 1)  # some are equal
    labels, weights = rng.integers(0, 9, losses.shape), rng.uniform(1, 2, (num, 8, *places))
    run = run_layer(
        PARAM.format(f"roi_per_img: {most} ignore_label: -5"), rois, losses, labels, weights
    )
    expected = chosen(rois[:, 0].astype(int).reshape(-1), losses.reshape(-1), most)
    found = run.top[0].data.reshape(-1)
    assert np.flatnonzero(found != -5).tolist() == expected
    np.testing.assert_array_equal(found[expected], labels.reshape(-1)[expected])
    mask = (found != -5).reshape(num, 1, *more)
    np.testing.assert_array_equal(run.top[1].data, weights.reshape(num, 8, *more) * mask)


def test_it_ignores_with_minus_one_unless_told():
    rois = [[0, 1, 2, 3, 4]] * 3
    run = run_layer(PARAM.format("roi_per_img: 1"), rois, [1, 9, 5], [4, 5, 6], np.ones((3, 4)))
    assert run.top[0].data.reshape(-1).tolist() == [-1, 5, -1]
    assert run.top[1].data.sum(1).reshape(-1).tolist() == [0, 4, 0]


@pytest.mark.parametrize(
    ("text", "rois", "labels", "message"),
    [
        ("", np.zeros((2, 5)), (2,), "roi_per_img must be > 0"),
        ("roi_per_img: 1", np.zeros((2, 4)), (2,), "does not tell of regions"),
        ("roi_per_img: 1", np.zeros((2, 5)), (2, 2), "does not tell of regions"),
        ("roi_per_img: 1", np.zeros((2, 5)), (3,), "the same regions"),
        ("roi_per_img: 1", -np.ones((2, 5)), (2,), "of no image"),
        ("roi_per_img: 1", np.full((2, 5), np.nan), (2,), "of no image"),
    ],
)
def test_bad_input_is_refused(text, rois, labels, message):
    with pytest.raises(blobnet.LayerError, match=message):
        run_layer(PARAM.format(text), rois, np.zeros(2), np.zeros(labels), np.zeros((2, 4)))
