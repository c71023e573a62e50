import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import anchors_at
from tests.python_layers.running import run_python

PARAM = "{'feat_stride': 16, 'scales': [1, 2], 'rpn_min_size': 4, 'rpn_nms_thresh': 0.5}"
INFO = [[70, 90, 1]]


def proposals(scores, changes, param=PARAM, tops=2, module="pylayer", **more):
    return run_python(
        f"{module}.proposal_layer", "ProposalLayer", scores, changes, INFO, tops=tops,
        param_str=param, **more,
    )  # fmt: skip


@pytest.fixture
def blobs(rng):
    scores = rng.permutation(12 * 20).reshape(1, 12, 4, 5) / 360.0
    return scores, rng.normal(size=(1, 24, 4, 5)) * 0.2


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_regions_are_those_of_faster_rcnn(phase, blobs):
    found = proposals(*blobs, phase=phase, tops=1).top[0].data
    np.testing.assert_array_equal(
        found, proposals(*blobs, phase=phase, tops=1, module="rpn").top[0].data
    )


def test_each_region_knows_its_anchor(blobs):
    run = proposals(*blobs)
    scores, changes = blobs
    regions, numbers = run.top[0].data[:, 1:], run.top[1].data[0].astype(int)
    assert run.top[1].shape == (1, len(regions))
    anchors = anchors_at(4, 5, 16, (1, 2))
    for region, number in zip(regions, numbers, strict=True):
        y, x, a = np.unravel_index(number, (4, 5, 6))
        dx, dy, dw, dh = changes[0, 4 * a : 4 * a + 4, y, x]
        x1, y1, x2, y2 = anchors[number]
        w, h = x2 - x1 + 1, y2 - y1 + 1
        cx, cy = x1 + w / 2 + dx * w, y1 + h / 2 + dy * h
        w, h = w * np.exp(dw), h * np.exp(dh)
        box = np.array([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
        np.testing.assert_allclose(region, box.clip(0, [89, 69, 89, 69]))
    its = scores[0, 6:].transpose(1, 2, 0).ravel()[numbers]
    assert (np.diff(its) < 0).all()


def test_gradients_are_those_of_differences_with_ends_less_begins_for_sides(blobs, rng):
    run = proposals(*blobs)
    count = run.top[0].shape[0]
    run.top[0].diff[...] = rng.normal(size=(count, 5))
    run.backward([False, True, False])
    found = run.bottom[1].diff
    anchors, numbers = anchors_at(4, 5, 16, (1, 2)), run.top[1].data[0].astype(int)
    expected, inner = np.zeros_like(found), 0
    for row, number in enumerate(numbers):
        anchor, region = anchors[number], run.top[0].data[row, 1:]
        limits = np.array([89, 69, 89, 69])
        if not ((anchor >= 0) & (anchor <= limits) & (region > 0) & (region < limits)).all():
            continue
        inner += 1
        y, x, a = np.unravel_index(number, (4, 5, 6))
        for axis in range(4):
            at = 0, 4 * a + axis, y, x
            ends = []
            for step in (1e-6, -1e-6):
                changed = blobs[1].copy()
                changed[at] += step
                other = proposals(blobs[0], changed).top[0].data[row, 1:]
                ends.append((other * run.top[0].diff[row, 1:]).sum())
            side = anchor[2 + axis % 2] - anchor[axis % 2]
            expected[at] = (ends[0] - ends[1]) / 2e-6 * side / (side + 1)
    assert inner > 2
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_gradients_may_be_cut(blobs, rng):
    run = proposals(*blobs, param=PARAM[:-1] + ", 'use_clip': 1, 'clip_base': 50}")
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.bottom[0].diff[...] = np.nan
    run.backward([True, True, False])
    assert abs(run.bottom[1].diff).max() == 0.02
    assert (run.bottom[0].diff == 0).all()


def test_where_nothing_stays_there_is_the_whole_image():
    run = proposals(np.ones((1, 12, 1, 1)), np.full((1, 24, 1, 1), -20.0))
    np.testing.assert_array_equal(run.top[0].data, [[0, 0, 0, 89, 69]])
    np.testing.assert_array_equal(run.top[1].data, [[-1]])
    run.top[0].diff[...] = 1
    run.backward([False, True, False])
    assert not run.bottom[1].diff.any()


@pytest.mark.parametrize(
    ("param", "told"),
    [
        ("'clip_base': 0", "clip_base"),
        ("'use_clipp': 1", "means nothing"),
        ("'scales': 'x'", "one"),
    ],
)
def test_settings_that_do_not_suit(param, told):
    with pytest.raises(LayerError, match=told):
        proposals(np.ones((1, 12, 1, 1)), np.zeros((1, 24, 1, 1)), param=param)
