import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import anchors_at
from tests.python_layers.running import run_python


def proposals(scores, changes, info, *, tops=2, param="'feat_stride': 16", **more):
    return run_python(
        "rpn.proposal_layer", "ProposalLayer", scores, changes, info,
        tops=tops, param_str=param, **more,
    )  # fmt: skip


def by_loops(scores, changes, info, stride, scales, most, limit, threshold, least):
    """What Faster R-CNN's README says, one anchor after the other."""
    _, channels, rows, columns = scores.shape
    count = channels // 2
    anchors = anchors_at(rows, columns, stride, scales).reshape(rows, columns, count, 4)
    found = []
    for y in range(rows):
        for x in range(columns):
            for a in range(count):
                x1, y1, x2, y2 = anchors[y, x, a]
                w, h = x2 - x1 + 1, y2 - y1 + 1
                dx, dy, dw, dh = changes[0, 4 * a : 4 * a + 4, y, x]
                cx, cy = x1 + w / 2 + dx * w, y1 + h / 2 + dy * h
                w, h = w * np.exp(dw), h * np.exp(dh)
                box = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
                box = [min(max(v, 0), info[1 - i % 2] - 1) for i, v in enumerate(box)]
                sides = box[2] - box[0] + 1, box[3] - box[1] + 1
                if min(sides) >= least * info[2]:
                    found.append((scores[0, count + a, y, x], box))
    found.sort(key=lambda item: -item[0])
    kept = []
    for score, box in found[:most]:
        if all(overlap(box, other) <= threshold for _, other in kept):
            kept.append((score, box))
    return kept[:limit]


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return 0
    areas = [(c[2] - c[0] + 1) * (c[3] - c[1] + 1) for c in (a, b)]
    return width * height / (sum(areas) - width * height)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_proposals_are_those_of_plain_loops(phase, rng):
    scores = rng.permutation(18 * 20).reshape(1, 18, 4, 5) / 360.0
    changes = rng.normal(size=(1, 36, 4, 5)) * 0.3
    info = np.array([60, 77, 1.25])
    param = (
        "'feat_stride': 16\n'scales': [1, 2, 4]\n'rpn_pre_nms_top_n': 90\n"
        "'rpn_post_nms_top_n': 25\n'rpn_nms_thresh': 0.5\n'rpn_min_size': 12"
    )
    run = proposals(scores, changes, info[None], param=param, phase=phase)
    kept = by_loops(scores, changes, info, 16, (1, 2, 4), 90, 25, 0.5, 12)
    assert 5 < len(kept) <= 25
    assert run.top[0].shape == (len(kept), 5)
    np.testing.assert_allclose(run.top[0].data[:, 1:], [box for _, box in kept])
    np.testing.assert_array_equal(run.top[0].data[:, 0], 0)
    np.testing.assert_allclose(run.top[1].data[:, 0], [score for score, _ in kept])


def test_the_phase_says_how_many(rng):
    scores, changes = rng.random((1, 18, 20, 20)), rng.normal(size=(1, 36, 20, 20)) * 0.5
    info = [[320, 320, 0.1]]
    param = "'feat_stride': 16\n'scales': [1, 2, 3]\n'rpn_nms_thresh': 0.9"
    found = {
        phase: proposals(scores, changes, info, param=param, phase=phase).top[0].shape[0]
        for phase in ("TRAIN", "TEST")
    }
    assert found["TEST"] == 300 < found["TRAIN"] <= 2000


def test_of_equal_scores_the_last_counts_first():
    scores, changes = np.ones((1, 2, 1, 3)), np.zeros((1, 4, 1, 3))
    param = "'feat_stride': 100\n'scales': 2\n'ratios': 1\n'rpn_min_size': 1"
    run = proposals(scores, changes, [[300, 300, 1]], param=param)
    np.testing.assert_array_equal(run.top[0].data[:, 1], [192, 92, 0])


def test_changes_are_normalized_where_rfcn_says_so(rng):
    scores, changes = rng.random((1, 18, 3, 3)), rng.normal(size=(1, 36, 3, 3))
    info, least = [[100, 100, 1]], "'feat_stride': 16\n'scales': [1, 2, 4]\n'rpn_min_size': 1"
    stds = np.tile([0.1, 0.1, 0.2, 0.2], 9)[None, :, None, None]
    plain = proposals(scores, changes * stds, info, param=least)
    turned = proposals(scores, changes, info, param=least + "\n'rpn_normalize_targets': True")
    np.testing.assert_allclose(turned.top[0].data, plain.top[0].data)


def test_where_nothing_stays_there_is_the_whole_image():
    run = proposals(np.ones((1, 18, 1, 1)), np.full((1, 36, 1, 1), -20.0), [[30, 40, 1]])
    np.testing.assert_array_equal(run.top[0].data, [[0, 0, 0, 39, 29]])
    np.testing.assert_array_equal(run.top[1].data, [[0]])


def test_numbers_that_are_none_do_no_harm():
    changes = np.full((1, 36, 2, 2), np.nan)
    changes[:, :18] = 1e30
    run = proposals(np.full((1, 18, 2, 2), np.nan), changes, [[30, 40, 1]], dtype=np.float32)
    assert np.isfinite(run.top[0].data).all()


def test_the_map_may_change_its_size(rng):
    run = proposals(np.ones((1, 18, 2, 2)), np.zeros((1, 36, 2, 2)), [[100, 100, 1]], tops=1)
    for blob, channels in zip(run.bottom, (18, 36), strict=False):
        blob.reshape(1, channels, 3, 5)
        blob.data[...] = rng.normal(size=blob.shape) * 0.1
    run.layer.reshape(run.bottom, run.top)
    run.forward()
    kept = by_loops(
        run.bottom[0].data, run.bottom[1].data, (100, 100, 1), 16, (8, 16, 32), 12000, 2000, 0.7, 16
    )
    np.testing.assert_allclose(run.top[0].data[:, 1:], [box for _, box in kept])


def test_nothing_goes_back():
    run = proposals(np.ones((1, 18, 1, 1)), np.zeros((1, 36, 1, 1)), [[30, 40, 1]])
    for blob in run.bottom:
        blob.diff[...] = np.nan
    run.backward([True, True, False])
    assert [float(abs(blob.diff).sum()) for blob in run.bottom[:2]] == [0, 0]


BAD = {
    "two images": (np.ones((2, 18, 1, 1)), np.zeros((2, 36, 1, 1)), "one image"),
    "channels": (np.ones((1, 16, 1, 1)), np.zeros((1, 36, 1, 1)), r"\(1, 18, H, W\)"),
    "changes": (np.ones((1, 18, 1, 1)), np.zeros((1, 18, 1, 1)), r"\(1, 36, H, W\)"),
    "sizes": (np.ones((1, 18, 1, 2)), np.zeros((1, 36, 1, 1)), "another size"),
    "info": (np.ones((1, 18, 1, 1)), np.zeros((1, 36, 1, 1)), "im_info"),
}


@pytest.mark.parametrize("name", BAD)
def test_blobs_that_do_not_suit(name):
    scores, changes, told = BAD[name]
    info = [[30, 40]] if name == "info" else [[30, 40, 1]]
    with pytest.raises(LayerError, match=f'Python layer "py", ProposalLayer: .*(.*\n)*.*{told}'):
        proposals(scores, changes, info)
