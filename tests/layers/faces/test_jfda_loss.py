import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = np.array([0, 0, 0, 1, 1, 2, 3, 3.0])
WEIGHTS = "loss_weight: [1, 0.5, 2, 0, 0]"


def jfda(bottoms, options="", **more):
    text = f'name: "loss" type: "JfdaLoss" {WEIGHTS} jfda_loss_param {{ {options} }}'
    return run_layer(text, *bottoms, num_top=5, **more)


@pytest.fixture
def bottoms(rng):
    shapes = [(8, 2, 1, 1), (8, 4), (8, 10), (8, 4), (8, 10)]
    return [*(rng.normal(size=shape) for shape in shapes), LABELS]


def probability(scores, label):
    a, b = scores.ravel()
    return math.exp((a, b)[label]) / (math.exp(a) + math.exp(b))


def test_each_loss_is_of_its_part_of_the_batch(bottoms):
    scores, boxes, landmarks, true_boxes, true_landmarks, _ = bottoms
    tops = [float(blob.data) for blob in jfda(bottoms).top]
    of_scores = [-math.log(probability(scores[i], int(LABELS[i]))) for i in range(5)]
    assert tops[0] == pytest.approx(sum(of_scores) / 8)
    of_boxes = sum((boxes[i, k] - true_boxes[i, k]) ** 2 for i in (3, 4, 5) for k in range(4))
    assert tops[1] == pytest.approx(of_boxes / 16)
    of_landmarks = sum(
        (landmarks[i, k] - true_landmarks[i, k]) ** 2 for i in (6, 7) for k in range(10)
    )
    assert tops[2] == pytest.approx(of_landmarks / 16)
    right = [probability(scores[i], int(LABELS[i])) > 0.5 for i in range(5)]
    assert tops[3:] == pytest.approx([sum(right[:3]) / 3, sum(right[3:]) / 2])


def test_gradients_are_those_of_the_hardest(bottoms):
    run = jfda(bottoms, "drop_loss_rate: 0.4")  # of five, three are left
    for top, weight in zip(run.top, (1, 0.5, 2), strict=False):
        top.diff[...] = weight
    run.backward([True, True, True, False, False, False])
    scores = bottoms[0].reshape(8, 2)
    order = sorted(range(5), key=lambda i: probability(scores[i], int(LABELS[i])))
    for i in range(8):
        expected = [0.0, 0.0]
        if i in order[:3]:
            expected = [(probability(scores[i], k) - (k == int(LABELS[i]))) / 8 for k in range(2)]
        np.testing.assert_allclose(run.bottom[0].diff[i].ravel(), expected)
    for index, rows, weight in ((1, (3, 4, 5), 0.5), (2, (6, 7), 2)):
        difference = bottoms[index] - bottoms[index + 2]
        for i in range(8):
            expected = weight * difference[i] / 8 if i in rows else 0 * difference[i]
            np.testing.assert_allclose(run.bottom[index].diff[i], expected)


@pytest.mark.parametrize(("rate", "left"), [(-1, 5), (0.3, 3), (0.8, 0), (2, 0)])
def test_the_rate_is_brought_into_its_limits(rate, left, bottoms):
    """0.8 leaves none: in float, 5 times (1 - 0.8) is a little less than 1."""
    run = jfda(bottoms, f"drop_loss_rate: {rate}", dtype=np.float32)
    run.top[0].diff[...] = 1
    run.backward([True] + [False] * 5)
    assert run.bottom[0].diff.reshape(8, 2).any(axis=1).sum() == left


def test_without_faces_their_share_is_undefined(bottoms):
    bottoms[5] = np.zeros(8)
    tops = [float(blob.data) for blob in jfda(bottoms).top]
    assert tops[1] == tops[2] == 0
    assert math.isnan(tops[4])


def test_another_batch(bottoms):
    run = jfda(bottoms)
    fewer = [bottom[[0, 3, 6]] for bottom in bottoms]
    for blob, values in zip(run.bottom, fewer, strict=True):
        blob.reshape(values.shape)
        blob.data[...] = values
    run.forward()
    for top, other in zip(run.top, jfda(fewer).top, strict=True):
        np.testing.assert_array_equal(top.data, other.data)


def test_what_does_not_fit(bottoms):
    with pytest.raises(LayerError, match=r"bottom\[0\] does not fit.*\n.*shape \(8, 2\)"):
        jfda([np.ones((8, 3)), *bottoms[1:]])
    with pytest.raises(LayerError, match=r"bottom\[3\] does not fit.*\n.*shape \(8, 4\)"):
        jfda([*bottoms[:3], np.ones((8, 5)), *bottoms[4:]])
    with pytest.raises(LayerError, match=r"bottom\[1\] does not fit"):
        jfda([bottoms[0], np.ones((7, 4)), *bottoms[2:]])
    with pytest.raises(LayerError, match="targets and labels have no gradient"):
        jfda(bottoms).backward([True] * 6)
