import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.pylayer._masks import mask_within
from tests.python_layers.rpn.test_proposal_layer import overlap
from tests.python_layers.rpn.test_proposal_target_layer import expected_row
from tests.python_layers.running import run_python

SCALE = 2.0
TRUTH = np.array([[10.0, 10, 59, 59, 2], [100, 20, 139, 99, 4]])
SIZES = np.array([[25, 25], [40, 20]])  # of the masks: boxes by scale
INFO = [[200, 300, SCALE]]


@pytest.fixture
def masks(rng):
    """Both masks in the corner of their arrays."""
    values = np.zeros((2, 41, 30))
    for its, (rows, columns) in zip(values, SIZES, strict=True):
        its[:rows, :columns] = rng.random((rows, columns)) < 0.7
    return values


@pytest.fixture
def regions(rng):
    near = TRUTH[rng.integers(2, size=30), :4] + rng.integers(-9, 10, size=(30, 4))
    begin = rng.integers(0, 100, size=(30, 2))
    far = np.concatenate([begin, begin + rng.integers(5, 80, size=(30, 2))], axis=1)
    return np.concatenate([np.zeros((60, 1)), np.concatenate([near, far])], axis=1).astype(float)


def target_layer(*bottom, param="", tops=10):
    return run_python(
        "pylayer.proposal_target_layer", "ProposalTargetLayer", *bottom, tops=tops,
        param_str=f"{{'num_classes': 5{param}}}",
    )  # fmt: skip


def everything(regions, masks, **more):
    anchors = 1000 + np.arange(len(regions))[None]
    return target_layer(regions, TRUTH, INFO, masks, SIZES, anchors, **more)


def test_each_region_is_told_what_a_plain_loop_tells(regions, masks):
    run = everything(regions, masks)
    rois, labels, changes, inside, outside, targets, weights, infos, objects, others = (
        blob.data for blob in run.top
    )
    count = int((labels > 0).sum())
    assert count == 19  # 0.3 * 64, rounded
    low = [max(overlap(row[1:], box) for box in TRUTH) < 0.1 for row in rois]
    assert 0 < sum(low) <= round(0.15 * (64 - 19))
    for index, row in enumerate(rois):
        shares = [overlap(row[1:], box) for box in TRUTH]
        nearest, is_object = int(np.argmax(shares)), index < count
        assert max(shares) >= 0.5 if is_object else max(shares) <= 0.5
        label, its, its_weights = expected_row(row[1:], TRUTH, 5, is_object)
        assert labels[index] == label
        np.testing.assert_allclose(changes[index], its, atol=1e-12)
        np.testing.assert_array_equal(inside[index], its_weights)
        region, box = np.rint(row[1:] / SCALE), np.rint(TRUTH[nearest, :4] / SCALE)
        if is_object:
            rows, columns = SIZES[nearest]
            shown = mask_within(
                region.astype(int), box.astype(int), masks[nearest, :rows, :columns], 21, 0.4
            )
            np.testing.assert_array_equal(targets[index, 0], shown)
            np.testing.assert_array_equal(
                infos[index], [nearest, rows, columns, label, *region, *box]
            )
        else:
            np.testing.assert_array_equal(infos[index], -1)
            assert not targets[index].any()
    np.testing.assert_array_equal(weights[:, 0, 0, 0], np.arange(len(rois)) < count)
    np.testing.assert_array_equal(outside, inside > 0)
    by_box = {tuple(row): 1000 + index for index, row in enumerate(regions)}
    told = [by_box[tuple(row)] for row in rois[:count] if tuple(row) in by_box]
    np.testing.assert_array_equal(objects, told)
    np.testing.assert_array_equal(others, [by_box[tuple(row)] for row in rois[count:]])


def test_without_masks_there_are_five_tops(regions):
    run = target_layer(regions, TRUTH, INFO, tops=5, param=", 'batch_size': 128")
    assert [blob.shape[1:] for blob in run.top] == [(5,), (), (20,), (20,), (20,)]


@pytest.mark.parametrize("bp_all", [0, 1])
def test_gradients_go_to_the_regions_that_were_drawn(bp_all, regions, masks, rng):
    run = everything(regions, masks, param=f", 'bp_all': {bp_all}")
    rois, labels = run.top[0].data, run.top[1].data
    run.top[0].diff[...] = rng.normal(size=rois.shape)
    run.backward([True, False, False, False, False, False])
    expected = np.zeros_like(regions)
    for row, label, diff in zip(rois, labels, run.top[0].diff, strict=True):
        for index, region in enumerate(regions):
            if (region == row).all() and (bp_all or label > 0):
                expected[index] = diff
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_without_a_box_no_region_is_an_object(regions):
    run = target_layer(
        regions, np.zeros((0, 5)), INFO, np.zeros((0, 1, 1)), np.zeros((0, 2)),
        np.zeros((1, 60)),
    )  # fmt: skip
    assert not run.top[1].data.any()
    assert run.top[8].shape == (0,)


BAD = {
    "masks": ((np.zeros((1, 5)), TRUTH, INFO, np.zeros((1, 4, 4)), SIZES, [[0]]), "fit together"),
    "sizes": (
        (np.zeros((1, 5)), TRUTH, INFO, np.zeros((2, 4, 4)), SIZES[:, :1], [[0]]), "fit together",
    ),
    "anchors": (
        (np.zeros((1, 5)), TRUTH, INFO, np.zeros((2, 4, 4)), SIZES, [[0, 1]]), "another size",
    ),
    "bottoms": ((np.zeros((1, 5)), TRUTH, INFO), "wrong number of bottoms"),
    "image": (
        (np.ones((1, 5)), TRUTH, INFO, np.zeros((2, 4, 4)), SIZES, [[0]]), "one image at a time",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_suit(name):
    bottom, told = BAD[name]
    with pytest.raises(LayerError, match=told):
        target_layer(*bottom)


def test_ranges_must_be_equally_many(regions, masks):
    with pytest.raises(LayerError, match="shares and ranges"):
        everything(regions, masks, param=", 'fg_fraction': [0.1, 0.2]")
