import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer


def predict(options, *bottom, tops=2):
    text = f'name: "box" type: "PredictBox" predict_box_param {{ {options} }}'
    return [blob.data for blob in run_layer(text, *bottom, num_top=tops, dtype=np.float32).top]


def scores(*values):
    second = np.array(values, np.float32)
    return np.stack([1 - second, second], axis=1)


def corrections(rng, *places):
    return rng.normal(size=(places[0], 4, *places[1:])).astype(np.float32)


SCORES = scores([[0.9, 0.2, 0.7], [0.5, 0.8, 0.1]])


def test_boxes_without_corrections():
    boxes, listed = predict("", SCORES)
    expected = np.zeros((1, 5, 2, 3), np.float32)
    for row, column, score in ((0, 0, 0.9), (0, 2, 0.7), (1, 1, 0.8)):
        expected[0, :, row, column] = 2 * column, 2 * row, 12, 12, score
    np.testing.assert_allclose(boxes, expected, rtol=1e-6)
    in_columns = [[0, 0, 12, 12, 0.9], [2, 2, 12, 12, 0.8], [4, 0, 12, 12, 0.7]]
    np.testing.assert_allclose(listed, [in_columns], rtol=1e-6)


@pytest.mark.parametrize("by_exponents", [True, False])
@pytest.mark.parametrize("third", ["none", "pooled", "stitched"])
def test_every_place_is_that_of_the_formula(rng, by_exponents, third):
    found = scores(*rng.random((2, 4, 5)))
    moved = corrections(rng, 2, 4, 5)
    further = {
        "none": [],
        "pooled": [np.maximum(found, np.float32(0.7))],
        "stitched": [rng.integers(0, 3, (2, 3, 4, 5)).astype(np.float32) * 10],
    }[third]
    options = f"bbreg_exp: {str(by_exponents).lower()} stride: 3 receptive_field: 24"
    boxes, listed = predict(options + " positive_thresh: 0.4", found, moved, *further)
    np.testing.assert_array_equal(listed, np.zeros((2, 1, 5)))
    for n, row, column in np.ndindex(2, 4, 5):
        score, d = found[n, 1, row, column], moved[n, :, row, column]
        begin_x, begin_y, side = 0, 0, 24
        is_found = score > 0.4
        if third == "stitched":
            begin_x, begin_y, side = further[0][n, :, row, column]
            is_found = is_found and side != 0
        elif third == "pooled":
            is_found = is_found and score >= 0.7
        if not is_found:
            np.testing.assert_array_equal(boxes[n, :, row, column], 0)
            continue
        x, y = (3 * column - begin_x) / 12 * side, (3 * row - begin_y) / 12 * side
        if by_exponents:
            box = x + d[0] * side, y + d[1] * side, side * np.exp(d[2]), side * np.exp(d[3])
        else:
            box = (
                x + d[1] * side, y + d[0] * side,
                side + (d[3] - d[1]) * side, side + (d[2] - d[0]) * side,
            )  # fmt: skip
        np.testing.assert_allclose(boxes[n, :, row, column], [*box, score], rtol=1e-5, atol=1e-5)


def test_without_a_box_the_list_is_a_row_of_zeros():
    boxes, listed = predict("positive_thresh: 0.95", SCORES)
    np.testing.assert_array_equal(boxes, np.zeros((1, 5, 2, 3)))
    np.testing.assert_array_equal(listed, np.zeros((1, 1, 5)))


@pytest.mark.parametrize(
    "shapes",
    [
        [(1, 3, 2, 2)], [(1, 2, 2)], [(1, 2, 2, 2), (1, 3, 2, 2)], [(1, 2, 2, 2), (1, 4, 2, 3)],
        [(1, 2, 2, 2), (1, 4, 2, 2), (1, 4, 2, 2)], [(1, 2, 2, 2), (2, 4, 2, 2)],
    ],
)  # fmt: skip
def test_other_maps_are_refused(shapes):
    with pytest.raises(LayerError, match="bottoms are maps of scores"):
        predict("", *(np.zeros(shape) for shape in shapes))


def test_the_first_net_of_mtcnn_lists_its_boxes():
    net = blobnet.Net(
        blobnet.parse_net("""
            input: "scores" input_shape { dim: 1 dim: 2 dim: 2 dim: 3 }
            input: "moves" input_shape { dim: 1 dim: 4 dim: 2 dim: 3 }
            layer { name: "box" type: "PredictBox" bottom: "scores" bottom: "moves" top: "map"
              top: "boxes" predict_box_param { positive_thresh: 0.6 bbreg_exp: false } }"""),
        phase="TEST",
    )
    out = net.forward(scores=SCORES, moves=np.zeros((1, 4, 2, 3)))
    assert out["boxes"].shape == (1, 3, 5)
