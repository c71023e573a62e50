"""FrcnnProposal, against loops over what frcnn_proposal_layer.cpp does."""

import json
import math

import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.layers.detection.regions._frcnn_settings import FrcnnProposals
from blobnet.testing import run_layer
from tests.python_layers.running import run_python

ANCHORS = [(-8, -4, 19, 11), (-4, -12, 11, 23)]


def proposed(scores, deltas, image, config="", **more):
    text = f'name: "p" type: "FrcnnProposal" window_data_param {{ config: "{config}" }}'
    return run_layer(text, scores, deltas, [image], num_top=2, **more)


@pytest.fixture
def config(tmp_path):
    """A file as the fork has them: all values are strings."""

    def write(**more):
        stated = {
            "rpn_nms_thresh": "0.6",
            "test_rpn_nms_thresh": "0.4",
            "rpn_pre_nms_top_n": "15",
            "test_rpn_pre_nms_top_n": "30",
            "test_rpn_post_nms_top_n": "6",
            "test_rpn_min_size": "6",
            "feat_stride": "8",
            "anchors": ",\n ".join(str(row)[1:-1] for row in ANCHORS),
            **more,
        }
        path = tmp_path / "config.json"
        path.write_text(json.dumps(stated).replace("\\n", "\n"))
        return path.as_posix()

    return write


def iou(a, b):
    sides = [min(a[2 + i], b[2 + i]) - max(a[i], b[i]) + 1 for i in (0, 1)]
    both = max(sides[0], 0) * max(sides[1], 0)
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (a, b)]
    return both / (sum(areas) - both)


def by_hand(scores, deltas, image, least, most, limit, overlap):
    found = []
    for row, column, k in np.ndindex(*scores.shape[2:], len(ANCHORS)):
        x1, y1, x2, y2 = (side + 8 * (column, row)[i % 2] for i, side in enumerate(ANCHORS[k]))
        w, h = x2 - x1 + 1, y2 - y1 + 1
        dx, dy, dw, dh = deltas[0, 4 * k : 4 * k + 4, row, column]
        x, y = x1 + w / 2 + dx * w, y1 + h / 2 + dy * h
        w, h = w * math.exp(dw), h * math.exp(dh)
        ends = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
        box = [max(0, min(end, image[1 - i % 2] - 1)) for i, end in enumerate(ends)]
        if min(box[2] - box[0], box[3] - box[1]) + 1 >= least * image[2]:
            found.append((scores[0, len(ANCHORS) + k, row, column], box))
    kept = []
    for score, box in sorted(found, key=lambda one: one[0], reverse=True)[:most]:
        if len(kept) < limit and all(iou(box, other) <= overlap for _, other in kept):
            kept.append((score, box))
    return kept


@pytest.mark.parametrize(
    ("phase", "limits"), [("TEST", (6, 30, 6, 0.4)), ("TRAIN", (16, 15, 2000, 0.6))]
)
def test_the_best_that_do_not_overlap_much(phase, limits, config, rng):
    scores = rng.uniform(size=(1, 4, 4, 5))
    deltas, image = rng.normal(scale=0.4, size=(1, 8, 4, 5)), (31, 38, 0.9)
    kept = by_hand(scores, deltas, image, *limits)
    run = proposed(scores, deltas, image, config(), phase=phase)
    assert run.top[0].shape == (len(kept), 5, 1, 1)
    np.testing.assert_allclose(run.top[0].data[:, 1:, 0, 0], [box for _, box in kept], rtol=1e-12)
    np.testing.assert_array_equal(run.top[1].data[:, 0, 0, 0], [score for score, _ in kept])


def test_without_a_file_it_is_what_faster_rcnn_has(rng):
    scores, deltas = rng.uniform(size=(1, 18, 5, 6)), rng.normal(scale=0.3, size=(1, 36, 5, 6))
    image = (80, 96, 1)
    run = proposed(scores, deltas, image, phase="TEST")
    other = run_python("rpn.proposal_layer", "ProposalLayer", scores, deltas, [image],
                       param_str="'feat_stride': 16", tops=2, phase="TEST")  # fmt: skip
    np.testing.assert_allclose(run.top[0].data[..., 0, 0], other.top[0].data, rtol=1e-12)
    assert FrcnnProposals().pre_nms_top_n == 6000


def test_nothing_may_be_large_enough():
    run = proposed(np.zeros((1, 18, 1, 1)), np.full((1, 36, 1, 1), -9.0), (40, 40, 1))
    assert [blob.shape for blob in run.top] == [(0, 5, 1, 1), (0, 1, 1, 1)]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"anchors": "1, 2, 3"}, "four corners"),
        ({"anchors": "a, 2, 3, 4"}, "numbers in a string"),
        ({"feat_stride": None}, "numbers in a string"),
    ],
)
def test_settings_that_mean_nothing(stated, words, config):
    with pytest.raises(DataError, match=words):
        proposed(np.zeros((1, 4, 1, 1)), np.zeros((1, 8, 1, 1)), (9, 9, 1), config(**stated))


def test_what_is_no_file_of_settings(tmp_path):
    path = tmp_path / "config.json"
    for text, words in (("[", "no JSON"), ("[]", "no settings")):
        path.write_text(text)
        with pytest.raises(DataError, match=words):
            proposed(np.zeros((1, 4, 1, 1)), np.zeros((1, 8, 1, 1)), (9, 9, 1), path.as_posix())


def test_blobs_that_do_not_fit(config):
    with pytest.raises(LayerError, match="do not fit the anchors"):
        proposed(np.zeros((1, 4, 1, 1)), np.zeros((1, 36, 1, 1)), (9, 9, 1))
    with pytest.raises(LayerError, match="too little of the image"):
        proposed(np.zeros((1, 18, 1, 1)), np.zeros((1, 36, 1, 1)), (9, 9))
    with pytest.raises(LayerError, match="must be above 0"):
        proposed(np.zeros((1, 4, 1, 1)), np.zeros((1, 8, 1, 1)), (9, 9, 1),
                 config(rpn_pre_nms_top_n="0"))  # fmt: skip
    run = proposed(np.zeros((1, 18, 1, 1)), np.zeros((1, 36, 1, 1)), (9, 9, 1))
    with pytest.raises(LayerError, match="no gradient"):
        run.backward([True, False, False])
