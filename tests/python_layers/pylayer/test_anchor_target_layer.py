import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

PARAM = "{'feat_stride': 16, 'scales': [1, 2]}"
TRUTH = [[10, 12, 40, 33, 3], [50, 40, 69, 59, 1]]
INFO = [[96, 112, 1]]
IMAGE = np.zeros((1, 3, 2, 2))


def targets(*more, module="pylayer", param=PARAM):
    return run_python(
        f"{module}.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 12, 6, 7)), TRUTH, INFO,
        *more, tops=4, param_str=param,
    )  # fmt: skip


def test_labels_are_those_of_faster_rcnn():
    ours, theirs = targets(IMAGE), targets(IMAGE, module="rpn")
    for a, b in zip(ours.top, theirs.top, strict=True):
        np.testing.assert_array_equal(a.data, b.data)


def test_regions_of_the_next_stage_say_what_their_anchors_are():
    plain = targets(IMAGE).top[0].data.reshape(6, 6, 7).transpose(1, 2, 0).ravel()
    objects, others = np.flatnonzero(plain == 0)[:5], np.flatnonzero(plain == 1)[:1]
    outside = int(np.flatnonzero(plain == -1)[0])  # the first anchor: not within the image
    run = targets(np.append(objects, [outside, -1]), np.append(others, objects[:1]))
    labels = run.top[0].data.reshape(6, 6, 7).transpose(1, 2, 0).ravel()
    expected = plain.copy()
    expected[others], expected[objects] = 0, 1  # what is told to be both is an object
    np.testing.assert_array_equal(labels, expected)
    weights = run.top[3].data.reshape(6, 4, 6, 7).transpose(2, 3, 0, 1).reshape(-1, 4)
    np.testing.assert_allclose(weights[expected >= 0], 1 / (expected >= 0).sum())


def test_three_bottoms_are_too_few():
    with pytest.raises(LayerError, match="wrong number of bottoms"):
        targets()
