import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

PATHS = [[0, 1, 1, 0, 1], [2, 2, 0, 3, 3], [0, 0, 0, 0, 0], [1, 2, 3, 1, 2]]


def accuracy(texts, blank=0, paths=PATHS):
    scores = np.eye(4)[np.array(paths, int)]
    text = f'type: "LabelsequenceAccuracy" labelsequence_accuracy_param {{ blank_label: {blank} }}'
    return float(run_layer(text, scores, texts).top[0].data)


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        ([[1, 1, 0], [2, 3, 0], [0, 0, 0], [1, 2, 3]], 0.75),
        ([[0, 1, 1], [2, 0, 3], [1, 0, 0], [1, 2, 0]], 0.5),
        ([[1, 0, 0], [2, 2, 3], [1, 0, 0], [0, 0, 0]], 0),
    ],
)
def test_a_sequence_counts_if_all_is_right(texts, share):
    assert accuracy(texts) == share


def test_the_blank_may_be_any_class():
    texts = [[0, 1, 0, 1], [2, 0, 3, 3], [0, 3, 3, 3], [1, 2, 1, 2]]
    assert accuracy(texts, blank=3) == 1


def test_the_first_of_equal_scores_is_read():
    text = 'type: "LabelsequenceAccuracy"'
    assert run_layer(text, np.zeros((1, 2, 3)), [[0]]).top[0].data == 1
    assert run_layer(text, np.tile([0.0, 1, 1], (1, 2, 1)), [[1]]).top[0].data == 1


def test_texts_may_be_longer_than_sequences():
    assert accuracy([[1, 0, 0, 0, 0, 0, 0, 1]], paths=PATHS[:1]) == 1


@pytest.mark.parametrize(("scores", "texts"), [((2, 3), (2, 3)), ((2, 3, 4), (3, 2))])
def test_shapes_that_do_not_fit_are_refused(scores, texts):
    with pytest.raises(LayerError, match=r"there are no scores|batch size should be equal"):
        run_layer('type: "LabelsequenceAccuracy"', np.zeros(scores), np.zeros(texts))
