import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def seg_accuracy(options, scores, labels, **more):
    text = f'name: "acc" type: "SegAccuracy" seg_accuracy_param {{ {options} }}'
    return run_layer(text, scores, labels, **more)


def confusion(scores, labels, ignored=()):
    """Pixel by pixel: counts[label][found]."""
    counts = np.zeros((scores.shape[1],) * 2, int)
    for n, _, i, j in np.ndindex(labels.shape):
        label = int(labels[n, 0, i, j])
        best = max((score, c) for c, score in enumerate(scores[n, :, i, j]))[1]
        if label not in ignored:
            counts[label, best] += 1
    return counts


def figures(counts):
    right = [counts[c, c] for c in range(len(counts))]
    recalls = [r / row.sum() for r, row in zip(right, counts, strict=True) if row.any()]
    overlaps = []
    for c, r in enumerate(right):
        union = counts[c].sum() + counts[:, c].sum() - r
        overlaps.append(r / union if union else 1)
    mean_recall = sum(recalls) / len(recalls) if recalls else 0
    return sum(right) / max(counts.sum(), 1), mean_recall, sum(overlaps) / len(overlaps)


@pytest.fixture
def bottoms(rng):
    return rng.normal(size=(2, 5, 4, 3)), rng.integers(4, size=(2, 1, 4, 3)).astype(float)


def test_the_three_figures(bottoms):
    run = seg_accuracy("", *bottoms)
    assert run.top[0].shape == (1, 1, 1, 3)
    np.testing.assert_allclose(run.top[0].data.ravel(), figures(confusion(*bottoms)))


def test_ignored_labels_do_not_count(bottoms):
    bottoms[1][0, 0, 0] = 255
    run = seg_accuracy("ignore_label: 255 ignore_label: 2", *bottoms)
    expected = figures(confusion(*bottoms, ignored=(255, 2)))
    np.testing.assert_allclose(run.top[0].data.ravel(), expected)


def test_the_last_of_equal_scores_wins():
    run = seg_accuracy("", np.ones((1, 3, 1, 1)), np.full((1, 1, 1, 1), 2.0))
    assert run.top[0].data.ravel()[0] == 1


def test_counts_are_kept_over_batches_and_resumed(bottoms, rng):
    run = seg_accuracy("reset: false", *bottoms)
    counts = confusion(*bottoms)
    run.bottom[0].data[...] = rng.normal(size=bottoms[0].shape)
    run.forward()
    counts += confusion(run.bottom[0].data, bottoms[1])
    np.testing.assert_allclose(run.top[0].data.ravel(), figures(counts))
    other = seg_accuracy("reset: false", *bottoms)
    other.layer.set_state(run.layer.get_state())
    other.forward()
    counts += confusion(*bottoms)
    np.testing.assert_allclose(other.top[0].data.ravel(), figures(counts))


def test_nothing_to_count():
    run = seg_accuracy("ignore_label: 0", np.ones((1, 2, 1, 1)), np.zeros((1, 1, 1, 1)))
    np.testing.assert_array_equal(run.top[0].data.ravel(), [0, 0, 1])


def test_a_label_that_is_no_class_is_refused(bottoms):
    bottoms[1][1, 0, 2, 1] = 5
    with pytest.raises(LayerError, match=r'SegAccuracy layer "acc": a label .*\n.*0 to 4'):
        seg_accuracy("", *bottoms)


@pytest.mark.parametrize("shape", [(2, 4, 3), (2, 2, 4, 3), (2, 1, 3, 4), (1, 1, 4, 3)])
def test_labels_of_another_shape_are_refused(shape, bottoms):
    with pytest.raises(LayerError, match=r"labels of shape \(2, 1, 4, 3\)"):
        seg_accuracy("", bottoms[0], np.zeros(shape))


@pytest.mark.parametrize("counts", [None, "x", [[1]], [1e400], [[2**70] * 5] * 5])
def test_a_state_of_another_layer_is_refused(counts, bottoms):
    run = seg_accuracy("reset: false", *bottoms)
    with pytest.raises(LayerError, match="the state to go on from is none of this layer's"):
        run.layer.set_state({**run.layer.get_state(), "counts": counts})
