import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet import LayerError
from blobnet.testing import run_layer


def accuracy(x, labels, options="", **more):
    return run_layer(
        f'name: "acc" type: "Accuracy" accuracy_param {{ {options} }}', x, labels, **more
    )


def oracle(x, labels, axis=1, top_k=1, ignore_label=None):
    """The share of hits, over all and for each class."""
    num_classes = x.shape[axis]
    rows = np.moveaxis(x, axis, -1).reshape(-1, num_classes)
    hits, counts = [0] * num_classes, [0] * num_classes
    for row, label in zip(rows, np.ravel(labels), strict=True):
        if label == ignore_label:
            continue
        others = [score for index, score in enumerate(row) if index != label]
        counts[label] += 1
        hits[label] += sum(score >= row[label] for score in others) < top_k
    per_class = [hit / count if count else 0 for hit, count in zip(hits, counts, strict=True)]
    return sum(hits) / max(sum(counts), 1), per_class


@settings(deadline=None, max_examples=200)
@given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    axis=st.integers(-2, 1),
    top_k=st.integers(0, 4),
    ignore_label=st.sampled_from([None, 0, 2, 255]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_combination_of_options(shape, axis, top_k, ignore_label, seed):
    rng = np.random.default_rng(seed)
    top_k = min(top_k, shape[axis])
    x = rng.integers(4, size=shape) / 2  # few values: many ties
    labels = rng.integers(shape[axis], size=np.delete(shape, axis))
    if ignore_label is not None:
        labels.flat[::3] = ignore_label
    options = f"axis: {axis} top_k: {top_k}"
    if ignore_label is not None:
        options += f" ignore_label: {ignore_label}"
    run = accuracy(x, labels, options, num_top=2)
    overall, per_class = oracle(x, labels, axis, top_k, ignore_label)
    assert run.top[0].shape == ()
    np.testing.assert_allclose(run.top[0].data, overall)
    np.testing.assert_allclose(run.top[1].data, per_class)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([0, 1, 0], 1), ([1, 1, 0], 0), ([0, 1, 1], 0), ([1, 1, 1], 0), ([2, 1, 0], 0)],
)
def test_a_tie_is_a_miss(scores, expected):
    assert accuracy([scores], [1]).top[0].data == expected


def test_ties_with_top_k():
    scores = [[1, 1, 0], [1, 1, 1], [2, 1, 0]]
    np.testing.assert_allclose(accuracy(scores, [1, 1, 1], "top_k: 2").top[0].data, 2 / 3)


def test_a_class_without_items_has_accuracy_0(rng):
    run = accuracy(np.eye(4)[[0, 0, 2]], [0, 2, 2], num_top=2)
    np.testing.assert_allclose(run.top[0].data, 2 / 3)
    np.testing.assert_allclose(run.top[1].data, [1, 0, 0.5, 0])


def test_per_class_in_float32():
    run = accuracy(np.eye(3), [0, 1, 1], num_top=2, dtype=np.float32)
    assert run.top[1].data.dtype == np.float32
    np.testing.assert_allclose(run.top[1].data, [1, 0.5, 0])


def test_nothing_counts_where_all_labels_are_ignored(rng):
    run = accuracy(rng.normal(size=(3, 4)), [9, 9, 9], "ignore_label: 9", num_top=2)
    assert run.top[0].data == 0
    assert not run.top[1].data.any()


def test_an_empty_batch_has_accuracy_0():
    run = accuracy(np.empty((0, 3)), np.empty(0), num_top=2)
    assert run.top[0].data == 0
    np.testing.assert_array_equal(run.top[1].data, [0, 0, 0])


def test_scores_without_a_meaning_raise_no_warning():
    scores = [[np.nan, np.nan], [np.inf, 0], [np.inf, np.inf], [-np.inf, 0]]
    run = accuracy(scores, [0, 0, 0, 0], num_top=2)
    np.testing.assert_allclose(run.top[0].data, 2 / 4)  # NaN compares with nothing: a hit


def test_large_scores():
    assert accuracy([[1e30, -1e30]], [0], dtype=np.float32).top[0].data == 1


def test_a_new_batch_size_is_fine():
    run = accuracy(np.eye(3)[[0, 1]], [0, 2])
    run.bottom[0].reshape(3, 3)
    run.bottom[1].reshape(3)
    run.bottom[0].data[...] = np.eye(3)
    run.bottom[1].data[...] = [0, 1, 2]
    run.forward()
    assert run.top[0].data == 1


def test_it_is_no_loss(rng):
    run = accuracy(rng.normal(size=(3, 4)), [0, 1, 2])
    assert run.forward() == 0
    assert run.propagate_down() == [False, False]


def test_asking_for_a_gradient_is_an_error(rng):
    run = accuracy(rng.normal(size=(3, 4)), [0, 1, 2])
    run.backward([False, False])
    with pytest.raises(LayerError, match=r'Accuracy layer "acc".*cannot compute gradients'):
        run.backward([True, False])


def test_top_k_is_at_most_the_number_of_classes(rng):
    with pytest.raises(LayerError, match=r'"acc": top_k must be less.*\n.*at most 4.*\n.*top_k: 5'):
        accuracy(rng.normal(size=(3, 4)), [0, 1, 2], "top_k: 5")


@pytest.mark.parametrize("label", [4, -1, np.nan])
def test_a_label_that_is_no_class_is_refused(label, rng):
    with pytest.raises(LayerError, match=r'Accuracy layer "acc".*\n.*0 to 3\n.*sample 1'):
        accuracy(rng.normal(size=(3, 4)), [0, label, 2])


def test_each_item_needs_one_label(rng):
    with pytest.raises(
        LayerError, match=r"Number of labels must match.*\n.*6 labels.*\n.*3 labels"
    ):
        accuracy(rng.normal(size=(3, 4, 2)), [0, 1, 2])


# --- of caffe-windows -----------------------------------------------------------------------------


@pytest.mark.parametrize("top_k", [1, 2, 4])
def test_the_lowest_score_may_be_the_best(top_k, rng):
    x, labels = rng.integers(0, 3, (50, 4)).astype(float), rng.integers(0, 4, 50)
    hits = [
        label in sorted(range(4), key=lambda c, row=row: (row[c], c))[:top_k]
        for row, label in zip(x, labels, strict=True)
    ]
    run = accuracy(x, labels, f"min_is_better: true top_k: {top_k}")
    assert float(run.top[0].data) == pytest.approx(sum(hits) / 50)
