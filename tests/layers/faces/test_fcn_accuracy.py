import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def accuracy(scores, labels, top_k=1):
    text = f'name: "it" type: "FCNAccuracy" accuracy_param {{ top_k: {top_k} }}'
    return float(run_layer(text, scores, labels).top[0].data)


def peak(*places):
    """An image of zeros with higher and higher scores at these pixels."""
    image = np.zeros((1, 2, 2))
    for height, place in enumerate(places):
        image.flat[place] = height + 1
    return image


def test_the_highest_score_must_lie_on_a_label():
    scores = np.array([peak(0, 3), peak(2, 1), peak(), peak(1)])
    labels = np.zeros((4, 1, 2, 2))
    labels[0, 0, 1, 1] = 1  # of the first image, which the fork looks at for all of them
    assert accuracy(scores, labels) == 0.25
    labels[0, 0, 0, 1] = 1
    assert accuracy(scores, labels) == 0.75


def test_of_a_group_the_middle_image_must_have_it():
    low, high = peak(0), peak(0, 3)
    labels = np.ones((7, 1, 2, 2))
    assert accuracy(np.array([low, high, low, high, low, low, high]), labels, 3) == 0.5


def test_without_a_group_there_is_no_accuracy():
    assert accuracy(np.ones((2, 1, 2, 2)), np.ones((2, 1, 2, 2)), 3) == 0


@pytest.mark.parametrize(
    ("shape", "top_k", "message"),
    [((2, 1, 2, 1), 1, "must match number of scores"), ((2, 1, 2, 2), 0, "top_k must be")],
)
def test_what_does_not_fit_is_refused(shape, top_k, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        accuracy(np.zeros((2, 1, 2, 2)), np.zeros(shape), top_k)
