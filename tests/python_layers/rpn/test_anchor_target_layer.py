import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import anchors_at, changes_to
from tests.python_layers.rpn.test_proposal_layer import overlap
from tests.python_layers.running import run_python

SMALL = "'feat_stride': 16\n'scales': [1, 2]"
TRUTH = [[10, 12, 40, 33, 3], [50, 40, 69, 59, 1]]
INFO = [[96, 112, 1]]


def targets(truth=TRUTH, param=SMALL, rows=6, columns=7, info=INFO, **more):
    return run_python(
        "rpn.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 12, rows, columns)),
        np.reshape(truth, (-1, 5)), info, np.zeros((1, 3, 2, 2)), tops=4, param_str=param, **more,
    )  # fmt: skip


def by_anchor(run, rows=6, columns=7):
    """Labels (n,), changes, inside and outside weights (n, 4), in the order of the anchors."""
    labels = run.top[0].data.reshape(-1, rows, columns).transpose(1, 2, 0).ravel()
    others = [
        blob.data.reshape(-1, 4, rows, columns).transpose(2, 3, 0, 1).reshape(-1, 4)
        for blob in run.top[1:]
    ]
    return labels, *others


def labels_by_loops(truth, positive, negative, clobber=False):
    labels, nearest = [], []
    anchors = anchors_at(6, 7, 16, (1, 2))
    inside = [min(a[:2]) >= 0 and a[2] < 112 and a[3] < 96 for a in anchors]
    best = [max(overlap(a, t) for a, i in zip(anchors, inside, strict=True) if i) for t in truth]
    for anchor, is_inside in zip(anchors, inside, strict=True):
        shares = [overlap(anchor, t) for t in truth]
        label = -1
        if max(shares) < negative:
            label = 0
        if any(share == most for share, most in zip(shares, best, strict=True)):
            label = 1
        if max(shares) >= positive:
            label = 1
        if clobber and max(shares) < negative:
            label = 0
        labels.append(label if is_inside else -1)
        nearest.append(int(np.argmax(shares)))
    return np.array(labels), anchors, np.array(nearest)


@pytest.mark.parametrize("clobber", [False, True])
def test_labels_and_changes_are_those_of_plain_loops(clobber):
    param = f"{SMALL}\n'rpn_positive_overlap': 0.5\n'rpn_negative_overlap': 0.3"
    run = targets(param=f"{param}\n'rpn_clobber_positives': {clobber}")
    labels, changes, inside_weights, outside_weights = by_anchor(run)
    expected, anchors, nearest = labels_by_loops(TRUTH, 0.5, 0.3, clobber)
    np.testing.assert_array_equal(labels, expected)
    assert {-1, 0, 1} == set(labels)
    is_object = labels == 1
    boxes = np.array(TRUTH)[nearest][:, :4].astype(float)
    np.testing.assert_allclose(changes[is_object], changes_to(anchors[is_object], boxes[is_object]))
    np.testing.assert_array_equal(inside_weights, is_object[:, None].repeat(4, 1))
    counts = (labels >= 0).sum()
    np.testing.assert_allclose(outside_weights, (labels >= 0)[:, None].repeat(4, 1) / counts)


def test_shapes_for_any_number_of_anchors():
    run = targets()
    assert [blob.shape for blob in run.top] == [(1, 1, 36, 7), *[(1, 24, 6, 7)] * 3]


def test_a_batch_is_drawn_anew_from_the_same_anchors():
    everything = labels_by_loops(TRUTH, 0.7, 0.3)[0]
    param = f"{SMALL}\n'rpn_batchsize': 10\n'rpn_fg_fraction': 0.1"
    run = targets(param=param)
    drawn = []
    for _ in range(5):
        run.forward()
        labels = by_anchor(run)[0]
        assert (labels == 1).sum() == 1
        assert (labels == 0).sum() == 9
        counts = labels >= 0
        np.testing.assert_array_equal(labels[counts], everything[counts])
        drawn.append(tuple(labels))
    assert len(set(drawn)) > 1


def test_a_seed_repeats_what_is_drawn():
    param = f"{SMALL}\n'rpn_batchsize': 10"
    first, same, other = (targets(param=param, seed=seed).top[0].data for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_weights_of_objects_and_of_others():
    labels, _, inside, outside = by_anchor(
        targets(
            param=f"{SMALL}\n'rpn_positive_weight': 0.25\n'rpn_bbox_inside_weights': [1, 2, 3, 4]"
        )
    )
    objects, others = (labels == 1).sum(), (labels == 0).sum()
    np.testing.assert_allclose(outside[labels == 1], 0.25 / objects)
    np.testing.assert_allclose(outside[labels == 0], 0.75 / others)
    np.testing.assert_array_equal(inside[labels == 1], [[1, 2, 3, 4]] * objects)


def test_changes_are_normalized_where_rfcn_says_so():
    plain = by_anchor(targets())[1]
    turned = by_anchor(targets(param=f"{SMALL}\n'rpn_normalize_targets': True"))[1]
    np.testing.assert_allclose(turned * [0.1, 0.1, 0.2, 0.2], plain)


def test_a_border_lets_anchors_reach_beyond_the_image():
    param = f"{SMALL}\n'rpn_batchsize': 10000"
    inside, all_of_them = (
        (targets(param=f"{param}\n'allowed_border': {border}").top[0].data >= 0).sum()
        for border in (0, 1000)
    )
    assert inside < all_of_them


def test_without_a_box_there_is_no_object():
    labels, changes, inside, _ = by_anchor(targets([]))
    assert (labels == 0).sum() > 0
    assert not (labels == 1).any()
    assert not changes.any()
    assert not inside.any()


def test_an_image_smaller_than_any_anchor():
    labels, _, _, outside = by_anchor(targets(info=[[5, 5, 1]]))
    assert (labels == -1).all()
    assert not outside.any()


def test_boxes_may_bring_more_along():
    more = np.concatenate([TRUTH, np.ones((2, 18))], axis=1)
    run = run_python(
        "rpn.anchor_target_layer", "AnchorTargetLayer", np.zeros((1, 12, 6, 7)),
        more[:, :, None, None], INFO, np.zeros((1, 3, 2, 2)), tops=4, param_str=SMALL,
    )  # fmt: skip
    for blob, other in zip(run.top, targets().top, strict=True):
        np.testing.assert_array_equal(blob.data, other.data)


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        (((2, 12, 6, 7), (1, 5), (1, 3)), "one image"),
        (((1, 12, 6, 7), (1, 4), (1, 3)), "no list of boxes"),
        (((1, 12, 6, 7), (1, 5), (2,)), "no im_info"),
    ],
)
def test_blobs_that_do_not_suit(shapes, told):
    bottoms = [np.zeros(shape) for shape in (*shapes, (1, 3, 2, 2))]
    with pytest.raises(LayerError, match=told):
        run_python("rpn.anchor_target_layer", "AnchorTargetLayer", *bottoms, tops=4)
