from itertools import groupby, product

import numpy as np
import pytest

from blobnet.ops.ctc import Texts, ctc, log_softmax


def read(path, blank, merges):
    if merges:
        path = [letter for letter, _ in groupby(path)]
    return tuple(letter for letter in path if letter != blank)


def oracle(y, text, blank, merges):
    """All paths, one by one: the probability of the text, and of each class at each step."""
    steps, classes = y.shape
    total, passed = 0.0, np.zeros((steps, classes))
    for path in product(range(classes), repeat=steps):
        if read(path, blank, merges) == tuple(text):
            p = np.prod([y[t, c] for t, c in enumerate(path)])
            total += p
            for t, c in enumerate(path):
                passed[t, c] += p
    return total, passed


def run(x, texts, steps, blank, merges=True):
    lengths = [len(text) for text in texts]
    classes = np.array([[*text, *[0] * (max(lengths) - len(text))] for text in texts], np.intp)
    packed = Texts(classes.reshape(len(texts), -1), np.array(lengths), np.array(steps))
    return ctc(log_softmax(x), packed, blank, merges=merges)


@pytest.mark.parametrize("merges", [True, False])
@pytest.mark.parametrize("blank", [0, 2])
def test_all_paths_are_counted(merges, blank, rng):
    letters = [c for c in range(3) if c != blank]
    texts = [text for n in range(4) for text in product(letters, repeat=n)]
    steps = [4 + n % 2 for n in range(len(texts))]
    x = rng.normal(size=(5, len(texts), 3))
    log_p, passed = run(x, texts, steps, blank, merges)
    for n, (text, length) in enumerate(zip(texts, steps, strict=True)):
        y = np.exp(log_softmax(x))[:length, n]
        total, expected = oracle(y, text, blank, merges)
        np.testing.assert_allclose(np.exp(log_p[n]), total, atol=1e-300)
        if total:
            np.testing.assert_allclose(passed[:length, n], expected / total, atol=1e-15)
        np.testing.assert_array_equal(passed[length:, n], 0)


def test_a_text_without_a_path_is_impossible(rng):
    log_p, passed = run(rng.normal(size=(3, 1, 3)), [[1, 1, 1]], [3], 0)
    assert log_p == [-np.inf]
    np.testing.assert_array_equal(passed, 0)


def test_certain_scores_do_not_overflow():
    x = np.full((3, 1, 3), -1e4)
    x[[0, 1, 2], 0, [1, 0, 2]] = 1e4
    log_p, passed = run(x, [[1, 2]], [3], 0)
    assert log_p == [0]
    np.testing.assert_array_equal(passed[:, 0], [[0, 1, 0], [1, 0, 0], [0, 0, 1]])


def test_a_long_sequence_has_a_finite_loss(rng):
    log_p, _ = run(rng.normal(size=(2000, 2, 5)), [[1, 2, 1], [4]], [2000, 1500], 0)
    assert (log_p < -1000).all()
    assert np.isfinite(log_p).all()
