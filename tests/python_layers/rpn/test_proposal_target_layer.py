import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.rpn.test_proposal_layer import overlap
from tests.python_layers.running import run_python

TRUTH = np.array([[10.0, 10, 59, 59, 2], [100, 20, 139, 99, 4]])


def target_layer(regions, truth=TRUTH, param="'num_classes': 5", tops=5, **more):
    return run_python(
        "rpn.proposal_target_layer", "ProposalTargetLayer", regions, truth,
        tops=tops, param_str=param, **more,
    )  # fmt: skip


@pytest.fixture
def regions(rng):
    """40 around the boxes and 60 anywhere."""
    near = TRUTH[rng.integers(2, size=40), :4] + rng.integers(-12, 13, size=(40, 4))
    begin = rng.integers(0, 150, size=(60, 2))
    far = np.concatenate([begin, begin + rng.integers(5, 80, size=(60, 2))], axis=1)
    boxes = np.concatenate([near, far]).astype(float)
    return np.concatenate([np.zeros((100, 1)), boxes], axis=1)


def expected_row(region, truth, classes, is_object):
    """Label, changes and inside weights of one region."""
    shares = [overlap(region, box) for box in truth]
    label, box = 0, truth[int(np.argmax(shares))]
    changes, weights = np.zeros((2, classes, 4))
    if is_object:
        label = int(box[4])
        w, h = region[2] - region[0] + 1, region[3] - region[1] + 1
        bw, bh = box[2] - box[0] + 1, box[3] - box[1] + 1
        column = label if classes > 2 else 1
        changes[column] = [
            (box[0] + bw / 2 - region[0] - w / 2) / w / 0.1,
            (box[1] + bh / 2 - region[1] - h / 2) / h / 0.1,
            np.log(bw / w) / 0.2,
            np.log(bh / h) / 0.2,
        ]
        weights[column] = 1
    return label, changes.ravel(), weights.ravel()


@pytest.mark.parametrize("classes", [5, 2])
def test_each_region_is_told_what_a_plain_loop_tells(classes, regions):
    run = target_layer(regions, param=f"'num_classes': {classes}\n'batch_size': 48")
    rois, labels, changes, inside, outside = (blob.data for blob in run.top)
    assert [blob.shape for blob in run.top] == [
        (48, 5, 1, 1), (48, 1, 1, 1), *[(48, 4 * classes, 1, 1)] * 3,
    ]  # fmt: skip
    objects = (labels > 0).sum()
    assert objects == 12  # a quarter of 48, and there are more
    candidates = {tuple(row) for row in np.concatenate([regions[:, 1:], TRUTH[:, :4]])}
    for index, row in enumerate(rois[:, :, 0, 0]):
        assert row[0] == 0
        assert tuple(row[1:]) in candidates
        most = max(overlap(row[1:], box) for box in TRUTH)
        assert most >= 0.5 if index < objects else most < 0.5
        label, its_changes, weights = expected_row(row[1:], TRUTH, classes, index < objects)
        assert labels[index] == label
        np.testing.assert_allclose(changes[index, :, 0, 0], its_changes, atol=1e-12)
        np.testing.assert_array_equal(inside[index, :, 0, 0], weights)
    np.testing.assert_array_equal(outside, inside > 0)


def test_no_region_is_drawn_twice_and_all_can_be(regions):
    run = target_layer(regions, param="'num_classes': 5\n'batch_size': -1")
    rois = run.top[0].data[:, 1:, 0, 0]
    everything = np.concatenate([regions[:, 1:], TRUTH[:, :4]])
    assert sorted(map(tuple, rois)) == sorted(map(tuple, everything))


def test_background_may_have_to_be_near_an_object(regions):
    param = "'num_classes': 5\n'batch_size': -1\n'bg_thresh_lo': 0.1"
    rois = target_layer(regions, param=param).top[0].data[:, 1:, 0, 0]
    shares = [max(overlap(row, box) for box in TRUTH) for row in rois]
    assert min(shares) >= 0.1
    assert len(rois) < len(regions)


def test_a_class_agnostic_net_with_all_classes(regions):
    param = "'num_classes': 5\n'agnostic': True\n'batch_size': 20"
    run = target_layer(regions, param=param)
    assert run.top[2].shape == (20, 20, 1, 1)
    assert set(run.top[1].data[:5].ravel()) <= {2, 4}
    assert not run.top[3].data[:, 8:].any()
    assert run.top[3].data[:5, 4:8].all()


def test_weights_means_and_deviations(regions):
    param = "'num_classes': 5\n'batch_size': 20\n"
    turned = (
        "'bbox_inside_weights': [1, 2, 0, 4]\n'bbox_normalize_means': [1, 1, 1, 1]\n"
        "'bbox_normalize_stds': [1, 1, 2, 2]"
    )
    run = target_layer(regions, param=param + turned)
    raw = target_layer(regions, param=param + "'bbox_normalize_targets_precomputed': False")
    np.testing.assert_array_equal(run.top[0].data, raw.top[0].data)
    first = slice(4 * int(run.top[1].data[0, 0, 0, 0]), None)
    np.testing.assert_array_equal(run.top[3].data[0, first, 0, 0][:4], [1, 2, 0, 4])
    np.testing.assert_array_equal(run.top[4].data[0, first, 0, 0][:4], [1, 1, 0, 1])
    np.testing.assert_allclose(
        run.top[2].data[0, first, 0, 0][:4],
        (raw.top[2].data[0, first, 0, 0][:4] - 1) / [1, 1, 2, 2],
    )


def test_without_a_box_all_is_background(regions):
    run = target_layer(regions, np.zeros((0, 5)), param="'num_classes': 5\n'batch_size': 16")
    assert run.top[0].shape == (16, 5, 1, 1)
    assert not any(blob.data.any() for blob in run.top[1:])


def test_attributes_are_those_of_the_objects(regions, rng):
    attributes = np.zeros((2, 16))
    attributes[0, :3], attributes[1, :1] = [7, 0, 9], [5]
    truth = np.concatenate([TRUTH, attributes], axis=1)
    param = "'num_classes': 5\n'num_attr_classes': 10\n'ignore_label': -1\n'batch_size': 400"
    run = target_layer(regions, truth, param, tops=6)
    labels, found = run.top[1].data.ravel(), run.top[5].data
    assert found.shape == (100, 16)  # a quarter of 400
    for label, row in zip(labels, found, strict=False):
        first = {2: [7, -1, 9], 4: [5, -1, -1], 0: [-1, -1, -1]}[int(label)]
        np.testing.assert_array_equal(row, [*first, *[-1] * 13])


def test_relations_are_those_between_the_objects(regions):
    truth = np.concatenate([TRUTH, np.zeros((2, 16)), [[0, 6], [0, 0]]], axis=1)
    param = "'num_classes': 5\n'num_rel_classes': 9\n'batch_size': 40"
    run = target_layer(regions, truth, param, tops=6)
    labels, found = run.top[1].data[:10].ravel(), run.top[5].data
    assert found.shape == (100, 1, 1, 1)
    pairs = found.reshape(10, 10)
    related = (labels[:, None] == 2) & (labels[None] == 4)
    np.testing.assert_array_equal(pairs == 6, related)
    assert (pairs == 0).sum() == min(related.sum(), (~related).sum())
    assert set(pairs.ravel()) == {6, 0, -1}


def test_before_the_first_forward_there_is_room_for_a_batch():
    """A Slice behind it, as in bottom-up attention, wants that many."""
    run = target_layer(np.zeros((1, 5)), param="'num_classes': 5")
    layer = type(run.layer.instance)(run.layer.layer_param_)
    layer.param_str = "'num_classes': 5\n'batch_size': 64"
    layer.setup(run.bottom, run.top)
    assert run.top[1].shape == (64, 1, 1, 1)


def test_a_seed_repeats_what_is_drawn(regions):
    param = "'num_classes': 5\n'batch_size': 10"
    first, same, other = (
        target_layer(regions, param=param, seed=seed).top[0].data for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


BAD = {
    "classes": dict(param=""),
    "too many classes": dict(param="'num_classes': 1000000"),
    "no list of boxes": dict(truth=np.zeros((2, 4))),
    "label of no class": dict(param="'num_classes': 3"),
    "no class": dict(truth=np.array([[10.0, 10, 59, 59, -2]])),
    "wrong number of tops": dict(tops=4),
    "means nothing here": dict(param="'num_classes': 5\n'batchsize': 3"),
    "no relations": dict(
        truth=np.ones((2, 21)), tops=6, param="'num_classes': 5\n'num_rel_classes': 3"
    ),
}


@pytest.mark.parametrize("told", BAD)
def test_what_does_not_suit_is_told(told, regions):
    settings = dict(BAD[told])
    told = {"too many classes": "num_classes", "no class": "of no class"}.get(told, told)
    if told == "of no class":
        settings["param"] = "'num_classes': 5\n'fg_thresh': 0.0"
    with pytest.raises(LayerError, match=told):
        target_layer(regions, **settings)


def test_regions_of_another_image(regions):
    regions[3, 0] = 1
    with pytest.raises(LayerError, match=r"one image at a time(.*\n)*.*region of image 1"):
        target_layer(regions)
