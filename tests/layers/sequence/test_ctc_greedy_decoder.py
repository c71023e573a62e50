import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.sequence.ctc_greedy_decoder import _edit_distance
from blobnet.testing import run_layer

PATHS = np.array([[0, 0, 2, 0, 1], [2, 1, 1, 1, 2], [1, 2, 2, 2, 2]]).T
STEPS = np.array([[1, 1, 1, 1, 1], [0, 1, 1, 1, 0], [0, 1, 0, 1, 1]]).T
TEXTS = np.array([[0, 0, 1, -1, 9], [1, 2, -1, 9, 9], [-1, 9, 9, 9, 9]]).T


def decode(*texts, options="", num_top=1):
    scores = np.eye(3)[PATHS] * 0.5
    text = f'name: "it" type: "CTCGreedyDecoder" ctc_decoder_param {{ {options} }}'
    return run_layer(text, scores, STEPS, *texts, num_top=num_top)


@pytest.mark.parametrize(
    ("options", "read"),
    [
        ("", [[0, 0, 1], [1], [1]]),  # the blank is the last class, 2
        ("ctc_merge_repeated: false", [[0, 0, 0, 1], [1, 1, 1], [1]]),
        ("blank_index: 0", [[2, 1], [2, 1], [1, 2]]),
    ],
)
def test_what_is_read(options, read):
    rows = decode(options=options).top[0].data[..., 0, 0]
    for row, letters in zip(rows, read, strict=True):
        np.testing.assert_array_equal(row, letters + [-1] * (5 - len(letters)))


def test_scores_and_accuracy():
    run = decode(TEXTS, num_top=3)
    np.testing.assert_array_equal(run.top[1].data.ravel(), [-2.5, -2, -1])
    np.testing.assert_allclose(run.top[2].data.ravel(), [1 - (0 + 1 / 2 + 1) / 3])
    np.testing.assert_array_equal(decode(TEXTS, num_top=2).top[1].data, run.top[2].data)
    np.testing.assert_array_equal(decode(num_top=2).top[1].data, run.top[1].data)


def distance(a, b):
    if not (a and b):
        return len(a) + len(b)
    change = distance(a[1:], b[1:]) + (a[0] != b[0])
    return min(change, distance(a[1:], b) + 1, distance(a, b[1:]) + 1)


def test_edit_distances(rng):
    for _ in range(40):
        a, b = (list(rng.integers(0, 3, rng.integers(0, 6))) for _ in range(2))
        assert _edit_distance(np.array(a), np.array(b)) == distance(a, b)


def test_accuracy_needs_texts():
    with pytest.raises(LayerError, match="accuracy needs texts"):
        decode(num_top=3)


@pytest.mark.parametrize("shape", [(5, 2), (4, 3)])
def test_shapes_that_do_not_fit_are_refused(shape):
    with pytest.raises(LayerError, match="one value for each step"):
        decode(np.zeros(shape))


def read_all(*texts, options="", **more):
    """In the form of caffe_ocr."""
    text = f'type: "CTCGreedyDecoder" ctc_decoder_param {{ {options} }}'
    return run_layer(text, np.eye(3)[PATHS], *texts, **more)


@pytest.mark.parametrize(
    ("options", "read"),
    [("", [[2, 1], [2, 1, 2], [1, 2]]), ("blank_index: 2", [[0, 0, 1], [1], [1]])],
)
def test_scores_alone_are_read_to_the_end(options, read):
    rows = read_all(options=options).top[0].data[..., 0, 0]
    for row, letters in zip(rows, read, strict=True):
        np.testing.assert_array_equal(row, letters + [-1] * (5 - len(letters)))


def test_texts_in_rows_are_compared():
    run = read_all([[2, 0, 1, -1], [2, 1, 1, 2], [1, 0, -1, 2]])
    assert run.top[0].shape == (1, 2, 1, 1)
    np.testing.assert_allclose(run.top[0].data.ravel(), [1 - (0 + 1 / 4 + 1 / 2) / 3, 1 / 3])


def test_two_empty_texts_differ_by_nothing_but_are_not_read():
    run = run_layer('type: "CTCGreedyDecoder"', np.eye(3)[[[0, 0]]], [[-1, 1, 1], [0, 2, -1]])
    np.testing.assert_allclose(run.top[0].data.ravel(), [1 - (0 + 1) / 2, 0])


def test_scores_alone_have_one_top():
    with pytest.raises(LayerError, match="scores alone"):
        read_all(num_top=2)
