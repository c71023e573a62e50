import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

CAT = [0.1, 0.1, 0.5, 0.5]
DOG = [0.5, 0.5, 0.9, 0.9]
TRUTH = np.array([[0, 1, 0, *CAT, 0], [0, 2, 0, *DOG, 1], [1, 1, 0, *DOG, 0], [-1] + [0] * 7])


def evaluate(found, options="", truth=TRUTH, **named):
    text = f"detection_evaluate_param {{ num_classes: 3 {options} }}"
    text = f'name: "e" type: "DetectionEvaluate" {text}'
    return run_layer(text, np.array(found, float)[None, None], truth[None, None], **named)


def rows(*args, **named):
    return evaluate(*args, **named).top[0].data[0, 0].tolist()


def test_truths_are_counted_then_detections_judged():
    near = [0.1, 0.1, 0.5, 0.45]
    found = [
        [0, 1, 0.6, *CAT],
        [0, 1, 0.9, *near],
        [0, 1, 0.3, *DOG],
        [0, 2, 0.5, *DOG],
        [1, 2, 0.4, *DOG],
        [2, 1, 0.7, *CAT],
    ]
    assert rows(found) == [
        [-1, 1, 2, -1, -1],
        [-1, 2, 1, -1, -1],
        [0, 1, 0.9, 1, 0],  # first by its score
        [0, 1, 0.6, 0, 1],  # the truth is taken
        [0, 1, 0.3, 0, 1],  # no truth is near
        [0, 2, 0.5, 1, 0],
        [1, 2, 0.4, 0, 1],  # no truth of its class
        [2, 1, 0.7, 0, 1],  # no truth in its image
    ]


def test_difficult_truths_count_neither_way():
    found = [[0, 2, 0.5, *DOG], [0, 2, 0.4, *CAT]]
    assert rows(found, "evaluate_difficult_gt: false") == [
        [-1, 1, 2, -1, -1],
        [-1, 2, 0, -1, -1],
        [0, 2, 0.5, 0, 0],
        [0, 2, 0.4, 0, 1],
    ]


def test_rows_without_a_class_are_images_without_detections():
    assert len(rows([[0, -1, -1, -1, -1, -1, -1]])) == 2


def test_how_near_is_near_enough():
    near = [0.1, 0.1, 0.5, 0.3]  # overlaps by a half
    for threshold, is_right in ((0.4, 1), (0.6, 0)):
        found = rows([[0, 1, 0.5, *near]], f"overlap_threshold: {threshold}")
        assert found[2][3] == is_right


def test_truths_end_with_the_first_row_of_no_image():
    truth = TRUTH[[0, 3, 1, 2]]
    assert [row[2] for row in rows([[0, -1] + [0] * 5], truth=truth)] == [1, 0]


def test_another_background_or_columns_behind_boxes():
    assert [row[1] for row in rows([[0, -1] + [0] * 5], "background_label_id: 3")] == [0, 1, 2]
    polygons = np.concatenate((TRUTH, np.ones((4, 8))), axis=1)
    assert rows([[0, 1, 0.5, *CAT] + [7] * 8], truth=polygons)[2] == [0, 1, 0.5, 1, 0]


def test_boxes_may_be_compared_in_pixels_image_by_image(tmp_path):
    # a pixel longer on either side, boxes overlap by more
    (tmp_path / "sizes").write_text("one 10 10\ntwo 10 10\n")
    near = [0.1, 0.1, 0.5, 0.3]  # 2 to 4 pixels of 2 to 6: by 15 / 25
    options = f'overlap_threshold: 0.55 name_size_file: "{(tmp_path / "sizes").as_posix()}"'
    run = evaluate([[0, 1, 0.5, *near], [1, 1, 0.5, *DOG]], options)
    assert run.top[0].data[0, 0, 2:, 3].tolist() == [1, 1]
    plain = evaluate([[0, 1, 0.5, *near], [1, 1, 0.5, *DOG]], "overlap_threshold: 0.55")
    assert plain.top[0].data[0, 0, 2:, 3].tolist() == [0, 1]
    before = run.top[0].data.copy()
    run.forward()  # the sizes begin anew
    np.testing.assert_array_equal(run.top[0].data, before)


def test_sizes_that_are_not_there_are_told_and_shares_are_compared(tmp_path, caplog):
    near = [0.1, 0.1, 0.5, 0.3]
    options = f'overlap_threshold: 0.55 name_size_file: "{(tmp_path / "none").as_posix()}"'
    run = evaluate([[0, 1, 0.5, *near], [1, 1, 0.5, *DOG]], options)
    assert run.top[0].data[0, 0, 2:, 3].tolist() == [0, 1]
    assert "compares shares of the image: name_size_file" in caplog.text


def test_yolo_has_centres_and_sizes():
    truth = np.zeros((30, 5))
    truth[0] = [0, 0.3, 0.3, 0.4, 0.4]
    truth[1] = [2, 0.7, 0.7, 0.4, 0.4]
    truth[3] = [1, 0.5, 0.5, 0.1, 0.1]  # behind the end
    text = 'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 3 }'
    found = np.array([[0, 0, 0.9, 0.3, 0.3, 0.4, 0.4], [0, 2, 0.8, 0.3, 0.3, 0.4, 0.4]])
    run = run_layer(text, found[None, None], truth.reshape(1, 150))
    assert run.top[0].data[0, 0].tolist() == [
        [-1, 0, 1, -1, -1], [-1, 1, 0, -1, -1], [-1, 2, 1, -1, -1],
        [0, 0, 0.9, 1, 0], [0, 2, 0.8, 0, 1],
    ]  # fmt: skip


def test_bad_input_is_refused(tmp_path):
    with pytest.raises(LayerError, match="Must provide num_classes"):
        run_layer('type: "DetectionEvaluate"', np.zeros((1, 1, 1, 7)), TRUTH[None, None])
    with pytest.raises(LayerError, match="too many classes"):
        run_layer(
            'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 4294967295 }',
            np.zeros((1, 1, 1, 7)),
            TRUTH[None, None],
        )
    with pytest.raises(LayerError, match="overlap_threshold must be positive"):
        evaluate([[0] * 7], "overlap_threshold: 0")
    with pytest.raises(LayerError, match="Found background label in the detection results"):
        evaluate([[0] * 7])
    with pytest.raises(LayerError, match="Found background label in the dataset"):
        evaluate([[0, 1] + [0] * 5], truth=np.zeros((1, 8)))
    with pytest.raises(LayerError, match=r"bottom\[0\] has no rows that fit"):
        evaluate([[0] * 6])
    (tmp_path / "sizes").write_text("name high wide")
    with pytest.raises(LayerError, match="a size is no number"):
        evaluate([[0, 1] + [0] * 5], f'name_size_file: "{(tmp_path / "sizes").as_posix()}"')
