import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

# four priors: one on the truth, one that overlaps with it by half, two that do not
BOXES = np.array(
    [[0.1, 0.1, 0.3, 0.3], [0.1, 0.1, 0.3, 0.5], [0.6, 0.6, 0.8, 0.8], [0.7, 0.1, 0.9, 0.3]]
)
PRIORS = np.stack((BOXES, np.full((4, 4), 0.1))).reshape(1, 2, 16)
TRUTH = np.array([[0, 1, 0, 0.1, 0.1, 0.3, 0.32, 0], [-1, 0, 0, 0, 0, 0, 0, 0]])
SCORES = np.array([[[0.2, 1, 0], [3, 0, 0], [0.5, 2, 0], [1, 0.5, 2]]])


def loss(options="", loc=None, scores=SCORES, truth=TRUTH, *more, layer="", **named):
    loc = np.zeros((len(scores), 16)) if loc is None else loc
    text = f"{layer} multibox_loss_param {{ num_classes: 3 {options} }}"
    bottoms = (
        loc,
        np.reshape(scores, (len(scores), -1)),
        named.pop("prior", PRIORS),
        truth[None, None],
    )
    return run_layer(f'name: "m" type: "MultiBoxLoss" {text}', *bottoms, *more, **named)


def value(*args, **named):
    return float(loss(*args, **named).top[0].data)


def cross_entropy(scores, label):
    return math.log(sum(map(math.exp, scores))) - scores[label]


def smooth(error):
    return error * error / 2 if abs(error) < 1 else abs(error) - 0.5


TARGET = 0.02 / 0.1
"""What the first prior should predict for its lower side; the others are right already."""


def test_the_loss_of_a_match_and_of_the_hardest_negatives():
    # prior 1 overlaps by .55: a match, too; its lower side is .18 too low
    expected = smooth(TARGET) + smooth(-1.8)
    expected += cross_entropy(SCORES[0, 0], 1) + cross_entropy(SCORES[0, 1], 1)
    expected += cross_entropy(SCORES[0, 2], 0) + cross_entropy(SCORES[0, 3], 0)
    assert value() == pytest.approx(expected / 2)


def test_fewer_negatives_take_those_with_the_highest_loss():
    base = smooth(TARGET) + cross_entropy(SCORES[0, 0], 1)
    options = "match_type: BIPARTITE neg_pos_ratio: 1.9"
    assert value(options) == pytest.approx(base + cross_entropy(SCORES[0, 2], 0))


def test_negatives_overlap_with_no_truth_by_much():
    # prior 1, with a high loss, overlaps by more than a half
    scores = SCORES.copy()
    scores[0, 1] = [0, 9, 0]
    base = smooth(TARGET) + cross_entropy(SCORES[0, 0], 1)
    options = "match_type: BIPARTITE neg_pos_ratio: 1"
    assert value(options, None, scores) == pytest.approx(base + cross_entropy(SCORES[0, 2], 0))
    wide = value(f"{options} neg_overlap: 0.6", None, scores)
    assert wide == pytest.approx(base + cross_entropy(scores[0, 1], 0))


def test_without_mining_all_priors_count():
    expected = smooth(TARGET) + cross_entropy(SCORES[0, 0], 1)
    expected += sum(cross_entropy(SCORES[0, i], 0) for i in (1, 2, 3))
    assert value("match_type: BIPARTITE mining_type: NONE") == pytest.approx(expected)


def test_hard_examples_are_the_worst_of_all():
    # of matches, locations count: prior 1 loses most
    scores = np.zeros_like(SCORES)
    expected = smooth(-1.8) + math.log(3)
    assert value("mining_type: HARD_EXAMPLE sample_size: 1", None, scores) == pytest.approx(
        expected
    )


def test_l2_and_weights_of_locations():
    options = "match_type: BIPARTITE neg_pos_ratio: 0 loc_loss_type: L2 loc_weight: 3"
    expected = 3 * TARGET**2 / 2 + cross_entropy(SCORES[0, 0], 1)
    assert value(options) == pytest.approx(expected)


def test_logistic_counts_each_class():
    options = "match_type: BIPARTITE neg_pos_ratio: 0 conf_loss_type: LOGISTIC"
    expected = smooth(TARGET)
    for score, target in zip(SCORES[0, 0], (0, 1, 0), strict=True):
        expected += math.log1p(math.exp(score)) - target * score
    assert value(options) == pytest.approx(expected)


def test_the_divisor():
    whole = value(layer="loss_param { normalization: NONE }")
    assert value() == pytest.approx(whole / 2)
    assert value(layer="loss_param { normalization: FULL }") == pytest.approx(whole / 4)
    assert value(layer="loss_param { normalize: false }") == pytest.approx(whole)


def test_an_image_without_truth_loses_nothing_where_negatives_are_mined():
    two = np.concatenate((SCORES, SCORES + 1))
    assert value("", None, two) == pytest.approx(value())
    run = loss("", None, two)
    run.backward()
    assert not run.bottom[1].diff[1].any()
    assert run.bottom[1].diff[0].any()


def test_truth_of_another_shape_is_read_as_rows_of_its_height(caplog):
    """As invented data has it that only measures speed: (N, 3, H, W) with H rows in front."""
    other = np.full((1, 2, len(TRUTH), 9), 7.0)
    other.reshape(-1)[: TRUTH.size] = TRUTH.ravel()
    text = 'name: "m" type: "MultiBoxLoss" multibox_loss_param { num_classes: 3 }'
    run = run_layer(text, np.zeros((1, 16)), SCORES.reshape(1, -1), PRIORS, other)
    assert float(run.top[0].data) == value()
    assert "first 16 values are read as 2 rows" in caplog.text


@pytest.mark.parametrize("shape", [(2, 8), (1, 1, 4, 7), (1,)])
def test_truth_without_the_values_of_its_rows_is_refused(shape):
    text = 'name: "m" type: "MultiBoxLoss" multibox_loss_param { num_classes: 3 }'
    with pytest.raises(LayerError, match=r"bottom\[3\] has no rows that fit"):
        run_layer(text, np.zeros((1, 16)), SCORES.reshape(1, -1), PRIORS, np.zeros(shape))


def test_no_truth_at_all():
    run = loss(truth=TRUTH[1:])
    run.backward()
    assert float(run.top[0].data) == 0
    assert not run.bottom[0].diff.any()
    assert not run.bottom[1].diff.any()
    everything = value("mining_type: NONE", truth=TRUTH[1:])
    assert everything == pytest.approx(sum(cross_entropy(row, 0) for row in SCORES[0]))


def test_difficult_truths_may_be_left_out():
    truth = TRUTH.copy()
    truth[0, 7] = 1
    assert value(truth=truth) == pytest.approx(value())
    assert value("use_difficult_gt: false", truth=truth) == 0


def test_propagate_down_decides_what_counts():
    both = value("neg_pos_ratio: 0")
    first = value("neg_pos_ratio: 0", layer="propagate_down: [true, false, false, false]")
    second = value("neg_pos_ratio: 0", layer="propagate_down: [false, true, false, false]")
    assert first == pytest.approx((smooth(TARGET) + smooth(-1.8)) / 2)
    assert both == pytest.approx(first + second)


def test_sides_beyond_the_image_are_not_learned():
    boxes = BOXES.copy()
    boxes[0] = [-0.1, 0.1, 0.3, 0.3]
    prior = np.stack((boxes, np.full((4, 4), 0.1))).reshape(1, 2, 16)
    options = "match_type: BIPARTITE overlap_threshold: 0.1 neg_pos_ratio: 0"
    truth = np.array([[0, 1, 0, -0.08, 0.1, 0.3, 0.3, 0]])
    run, inside = (
        loss(f"{options} bp_inside: {flag}", truth=truth, prior=prior) for flag in ("false", "true")
    )
    for each in (run, inside):
        each.backward()
    assert run.bottom[0].diff[0, 0] == pytest.approx(-0.2)
    assert inside.bottom[0].diff[0, 0] == 0


def test_boxes_beyond_the_image_may_be_ignored():
    boxes = BOXES.copy()
    boxes[2] = [0.6, 0.6, 0.8, 1.1]
    prior = np.stack((boxes, np.full((4, 4), 0.1))).reshape(1, 2, 16)
    options = "match_type: BIPARTITE neg_pos_ratio: 1 "
    base = smooth(TARGET) + cross_entropy(SCORES[0, 0], 1)
    assert value(options, prior=prior) == pytest.approx(base + cross_entropy(SCORES[0, 2], 0))
    ignoring = value(f"{options} ignore_cross_boundary_bbox: true", prior=prior)
    third = cross_entropy(SCORES[0, 3], 0)
    assert ignoring == pytest.approx(base + third)


def test_refinedet_has_one_class_of_objects_if_there_are_two():
    truth = TRUTH.copy()
    truth[0, 1] = 7
    text = 'type: "MultiBoxLoss" multibox_loss_param { num_classes: 2 }'
    bottoms = np.zeros((1, 16)), SCORES[..., :2].reshape(1, -1), PRIORS
    runs = [run_layer(text, *bottoms, rows[None, None]) for rows in (truth, TRUTH)]
    assert runs[0].top[0].data == runs[1].top[0].data > 0


def test_refinedets_objectness_keeps_easy_negatives_out():
    objectness = np.array([[0, 1, 0, 1, 0, 0.1, 0, 1]])
    found = value("objectness_score: 0.5", None, SCORES, TRUTH, objectness)
    without = value() - cross_entropy(SCORES[0, 2], 0) / 2
    assert found == pytest.approx(without)


def test_the_gradient_goes_to_what_was_chosen():
    run = loss("match_type: BIPARTITE neg_pos_ratio: 1")
    run.top[0].diff[...] = 2
    run.backward()
    expected = np.zeros((4, 4))
    expected[0, 3] = -2 * TARGET
    np.testing.assert_allclose(run.bottom[0].diff.reshape(4, 4), expected, atol=1e-9)
    found = run.bottom[1].diff.reshape(4, 3)
    p = np.exp(SCORES[0]) / np.exp(SCORES[0]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found[0], 2 * (p[0] - [0, 1, 0]))
    np.testing.assert_allclose(found[2], 2 * (p[2] - [1, 0, 0]))
    assert not found[[1, 3]].any()


@pytest.mark.parametrize("index", [2, 3])
def test_priors_and_truths_have_no_gradient(index):
    with pytest.raises(LayerError, match="Layer cannot backpropagate to"):
        loss().backward([i == index for i in range(4)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("do_neg_mining: false", "do_neg_mining and mining_type say different things"),
        ("share_location: false", "Currently only support negative mining"),
        ("background_label_id: 3", r"background_label_id should be within \[0, num_classes\)"),
        ("map_object_to_agnostic: true", "map_object_to_agnostic needs num_classes: 2"),
        ("mining_type: HARD_EXAMPLE sample_size: 0", "sample_size must be positive"),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(LayerError, match=f'MultiBoxLoss layer "m": {message}'):
        loss(options)


@pytest.mark.parametrize(
    ("column", "number", "options", "message"),
    [
        (1, 0, "", "Found background label in the dataset."),
        (1, 3, "", "a label in bottom.3. is no class"),
        (1, np.nan, "", "a label in bottom.3. is no whole number"),
        (0, 1e30, "", "an image's number in bottom.3. is no whole number"),
        (5, 0.1, "code_type: CENTER_SIZE match_type: BIPARTITE", None),
    ],
)
def test_bad_truths_are_refused(column, number, options, message):
    truth = TRUTH.copy()
    truth[0, column] = number
    if message is None:  # a box without area matches nothing
        assert value(options, truth=truth) == 0
        return
    with pytest.raises(LayerError, match=message):
        loss(options, truth=truth)


def test_a_variance_of_nothing_is_refused():
    with pytest.raises(LayerError, match="a variance is not positive"):
        loss(prior=np.stack((BOXES, np.zeros((4, 4)))).reshape(1, 2, 16))


def test_textboxes_shows_no_larger_loss_of_locations_than_20():
    truth = np.concatenate((TRUTH, TRUTH[:, [3, 4, 5, 4, 5, 6, 3, 6]]), axis=1)
    loc = np.full((1, 48), 50.0)
    options = "match_type: BIPARTITE neg_pos_ratio: 0 code_type: CENTER_SIZE"
    run = loss(options, loc, truth=truth)
    assert float(run.top[0].data) == pytest.approx(20 + cross_entropy(SCORES[0, 0], 1))
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff[0, :12], 1)
