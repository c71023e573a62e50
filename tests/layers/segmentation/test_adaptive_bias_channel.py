import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPE = (2, 4, 5, 6)


def adapted(options, x, labels):
    labels = np.array(labels, float)[:, :, None, None]
    param = f"adaptive_bias_channel_param {{ {options} }}"
    return run_layer(f'name: "a" type: "AdaptiveBiasChannel" {param}', x, labels)


def oracle(x, labels, num_iter=1, bg=0.2, fg=0.2, suppress=True, margin=1e-5):
    """Of one image with one label besides the background, whose order nothing decides."""
    y = {c: list(map(float, x[c].ravel())) for c in range(len(x))}
    places = range(x[0].size)
    least = [min(y[label][i] for label in labels) for i in places]
    for c in set(y) - set(labels) if suppress else ():
        y[c] = [low - margin if v > low else v for v, low in zip(y[c], least, strict=True)]
    largest = [max(y[label][i] for label in labels) for i in places]
    before = sum(largest) / len(largest)
    for _ in range(num_iter):
        for label in sorted(labels):
            behind = sorted(largest[i] - y[label][i] for i in places)
            offset = behind[int((fg if label else bg) * len(behind))]
            y[label] = [v + offset for v in y[label]]
            largest = [max(a, b) for a, b in zip(largest, y[label], strict=True)]
    change = before - sum(largest) / len(largest)
    return np.array([y[c] for c in range(len(x))]).reshape(x.shape) + change


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("num_iter: 3 bg_portion: 0.5 fg_portion: 0.25", {"num_iter": 3, "bg": 0.5, "fg": 0.25}),
        ("suppress_others: false", {"suppress": False}),
        ("margin_others: 0.5", {"margin": 0.5}),
    ],
)
def test_each_label_gets_its_share(options, settings, rng):
    x = rng.normal(size=SHAPE)
    y = adapted(options, x, [[2, 0, -1], [3, -1, -1]]).top[0].data
    for image, labels in enumerate(([0, 2], [3])):
        expected = oracle(x[image], labels, **settings)
        np.testing.assert_allclose(y[image], expected, rtol=1e-6, atol=1e-6)


def test_a_label_wins_at_least_its_portion_of_the_places(rng):
    x = rng.normal(size=(1, 3, 10, 10))
    x[:, 1] -= 50
    y = adapted("fg_portion: 0.3 num_iter: 5", x, [[0, 1, 2]]).top[0].data
    assert (y[0].argmax(axis=0) == 1).sum() >= 10


def test_the_mean_of_the_largest_score_stays(rng):
    x = rng.normal(size=SHAPE)
    y = adapted("num_iter: 2", x, [[0, 1], [2, 3]]).top[0].data
    for image, labels in enumerate(([0, 1], [2, 3])):
        means = [scores[image, labels].max(axis=0).mean() for scores in (x, y)]
        np.testing.assert_allclose(*means)


def test_an_image_without_labels_stays(rng):
    x = rng.normal(size=SHAPE)
    np.testing.assert_array_equal(adapted("", x, [[-1], [-1]]).top[0].data, x)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("num_iter: 0", "num_iter must be at least 1"),
        ("margin_others: -1", "margin_others must be at least 0"),
        ("bg_portion: 1.5", r"bg_portion needs to be in \[0, 1\]"),
        ("fg_portion: nan", r"fg_portion needs to be in \[0, 1\]"),
    ],
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        adapted(options, np.ones(SHAPE), [[0], [0]])


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(LayerError, match=r'layer "a": a label .*\n.*0 to 3'):
        adapted("", np.ones(SHAPE), [[0], [4]])


def test_labels_for_another_batch_are_refused():
    with pytest.raises(LayerError, match="labels do not fit the scores"):
        adapted("", np.ones(SHAPE), [[0]])
