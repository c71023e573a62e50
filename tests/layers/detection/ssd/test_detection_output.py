import json

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

# two priors beside each other, a third on the first
BOXES = np.array([[0.1, 0.1, 0.4, 0.5], [0.5, 0.5, 0.9, 0.9], [0.12, 0.1, 0.4, 0.5]])
PRIORS = np.stack((BOXES, np.full((3, 4), 0.1))).reshape(1, 2, 12)
SCORES = np.array([[[0.1, 0.7, 0.2], [0.3, 0.1, 0.6], [0.1, 0.8, 0.1]]])


def output(options, loc=None, scores=SCORES, *more, prior=PRIORS, **named):
    n = len(scores)
    loc = np.zeros((n, 12)) if loc is None else loc
    text = f"detection_output_param {{ num_classes: 3 {options} }}"
    text = f'name: "d" type: "DetectionOutput" {text}'
    named.setdefault("dtype", "float32")
    return run_layer(text, loc, np.reshape(scores, (n, -1)), prior, *more, **named)


def rows(run):
    return run.top[0].data[0, 0].round(4).tolist()


def test_the_best_of_each_class_by_falling_score():
    first, second, third = BOXES.round(4).tolist()
    assert rows(output("confidence_threshold: 0.15")) == pytest.approx(
        np.array([[0, 1, 0.8, *third], [0, 2, 0.6, *second], [0, 2, 0.2, *first]]), abs=1e-6
    )


def test_a_limit_for_the_image_keeps_the_highest_scores():
    found = rows(output("confidence_threshold: 0.15 keep_top_k: 2"))
    assert [row[1:3] for row in found] == pytest.approx(np.array([[1, 0.8], [2, 0.6]]))


def test_boxes_may_overlap_up_to_the_threshold():
    found = rows(output("confidence_threshold: 0.15 nms_param { nms_threshold: 0.95 }"))
    assert [row[1:3] for row in found] == pytest.approx(
        np.array([[1, 0.8], [1, 0.7], [2, 0.6], [2, 0.2]])
    )


def test_another_background():
    found = rows(output("confidence_threshold: 0.25 background_label_id: 1"))
    assert [row[1:3] for row in found] == pytest.approx(np.array([[0, 0.3], [2, 0.6]]))


def test_without_detections_there_is_a_row_for_each_image():
    run = output("confidence_threshold: 0.9", np.zeros((2, 12)), np.tile(SCORES, (2, 1, 1)))
    assert rows(run) == [[0] + [-1] * 6, [1] + [-1] * 6]


def test_images_come_one_after_the_other():
    scores = np.concatenate((SCORES, SCORES[:, ::-1], np.zeros((1, 3, 3))))
    found = rows(output("confidence_threshold: 0.5", None, scores))
    assert [row[:3] for row in found] == pytest.approx(
        np.array([[0, 1, 0.8], [0, 2, 0.6], [1, 1, 0.8], [1, 2, 0.6]])
    )


def test_each_class_may_have_boxes_of_its_own():
    loc = np.zeros((1, 3, 3, 4))
    loc[0, 0, 1] = 1  # times the variance
    options = "share_location: false confidence_threshold: 0.65 nms_param { nms_threshold: 0.4 }"
    run = output(options, loc.reshape(1, -1))
    found = rows(run)
    assert found[0][3:] == pytest.approx(BOXES[2].tolist())
    assert found[1][2:] == pytest.approx([0.7, *(BOXES[0] + 0.1)])


def test_refinedets_objectness_makes_background():
    objectness = np.array([[0, 0.9, 0, 0.9, 0, 0.3]])  # of the third prior: too little
    options = "confidence_threshold: 0.5 objectness_score: 0.4"
    found = rows(output(options, None, SCORES, objectness))
    assert [row[1:3] for row in found] == pytest.approx(np.array([[1, 0.7], [2, 0.6]]))


def test_refinedets_priors_move_first():
    objectness, moves = np.ones((1, 6)), np.tile([2.0, 0, 2, 0], (1, 3))
    run = output("confidence_threshold: 0.75", None, SCORES, objectness, moves)
    assert rows(run)[0][3:] == pytest.approx([0.32, 0.1, 0.6, 0.5])


def test_the_image_to_be_shown_does_not_count():
    plain = output("confidence_threshold: 0.5")
    shown = output("confidence_threshold: 0.5 visualize: true", None, SCORES, np.ones((1, 3, 9, 9)))
    assert rows(shown) == rows(plain)


def test_scores_that_are_no_numbers_are_none():
    scores = np.full_like(SCORES, np.nan)
    assert rows(output("", None, scores)) == [[0] + [-1] * 6]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("nms_param { nms_threshold: -1 }", "nms_threshold must be non negative."),
        ("nms_param { eta: 0 }", "eta must be above 0"),
        ("nms_param { eta: 1.1 }", "eta must be above 0"),
        ("nms_param { soft_nms: true theta: 0 }", "theta must be above 0"),
        ("share_location: false", "Number of priors must match number of location predictions."),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(LayerError, match=f'DetectionOutput layer "d": {message}'):
        output(options)


def test_wrong_numbers_are_refused():
    with pytest.raises(LayerError, match="number of confidence predictions"):
        output("", None, SCORES[:, :2])
    with pytest.raises(LayerError, match="has no prior boxes"):
        output("", prior=PRIORS[:, :1])
    wide, ones = np.zeros((1, 36)), np.ones((1, 12))
    with pytest.raises(LayerError, match="a refinement goes with share_location"):
        output("share_location: false", wide, SCORES, ones[:, :6], ones)
    with pytest.raises(LayerError, match="a prior box has no area"):
        output("code_type: CENTER_SIZE", prior=np.zeros((1, 2, 12)))
    with pytest.raises(LayerError, match="go with CENTER_SIZE"):
        output("code_type: CORNER", np.zeros((1, 36)))
    with pytest.raises(LayerError, match="different numbers of images"):
        output("", np.zeros((2, 12)))


def test_two_bottoms_are_nobodys():
    with pytest.raises(LayerError, match="3 to 5 bottoms, YOLO v2's has one"):
        run_layer('type: "DetectionOutput"', np.zeros((1, 12)), np.zeros((1, 12)))


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def saving(tmp_path):
    """The text of save_output_param for a format."""
    names = ("background", "cat", "3")
    items = (f'item {{ name: "{name}" label: {i} }}' for i, name in enumerate(names))
    (tmp_path / "map").write_text("\n".join(items))
    (tmp_path / "sizes").write_text("im_1 300 200\n7 100 50\n")

    def of(kind, more=""):
        return (
            "confidence_threshold: 0.5 save_output_param { "
            f'output_directory: "{(tmp_path / "out" / "deep").as_posix()}" '
            'output_name_prefix: "r_" '
            f'output_format: "{kind}" label_map_file: "{(tmp_path / "map").as_posix()}" '
            f'name_size_file: "{(tmp_path / "sizes").as_posix()}" {more} }}'
        )

    return of


def files(tmp_path):
    folder = tmp_path / "out" / "deep"
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_voc_has_a_file_for_each_class(saving, tmp_path):
    run = output(saving("VOC"))
    assert files(tmp_path) == {}  # one image of two
    run.forward()
    # 0.12 * 200, 0.1 * 300, and so on
    assert files(tmp_path) == {
        "r_cat.txt": "im_1 0.8 24 30 80 150\n7 0.8 6 10 20 50\n",
        "r_3.txt": "im_1 0.6 100 150 180 270\n7 0.6 25 50 45 90\n",
    }


def test_a_new_round_replaces_the_files(saving, tmp_path):
    run = output(saving("VOC", "num_test_image: 1"))
    run.bottom[1].data[...] = 0
    run.forward()
    assert files(tmp_path) == {"r_cat.txt": "", "r_3.txt": ""}


def test_ilsvrc_has_one_file_with_numbers_of_classes(saving, tmp_path):
    output(saving("ILSVRC", "num_test_image: 1"))
    expected = "im_1 1 0.8 24 30 80 150\nim_1 2 0.6 100 150 180 270\n"
    assert files(tmp_path) == {"r_.txt": expected}


def test_coco_has_json(saving, tmp_path):
    output(saving("COCO", "num_test_image: 1"))
    cat, third = json.loads(files(tmp_path)["r_.json"])
    assert cat["image_id"] == "im_1"
    assert (cat["category_id"], third["category_id"]) == ("cat", 3)
    assert cat["bbox"] == pytest.approx([24, 30, 56, 120])
    assert cat["score"] == pytest.approx(0.8)


RESIZED = {
    "resize_mode: WARP height: 30 width: 30": (100, 150, 180, 270),
    # a square picture of the image with a sixth of the width as padding on either side
    "resize_mode: FIT_LARGE_SIZE_AND_PAD height: 30 width: 30": (100, 150, 200, 270),
    "resize_mode: FIT_SMALL_SIZE height: 30 width: 30": (100, 150, 180, 270),
    # of a crop of 100 x 80 pixels of the image
    "resize_mode: FIT_SMALL_SIZE height: 30 width: 30 height_scale: 100 width_scale: 80": (
        40, 50, 72, 90,
    ),
}  # fmt: skip


@pytest.mark.parametrize("resize", RESIZED)
def test_what_was_done_to_the_image_is_undone(saving, tmp_path, resize):
    output(saving("VOC", f"num_test_image: 1 resize_param {{ {resize} }}"))
    corners = files(tmp_path)["r_3.txt"].split()[2:]
    assert tuple(map(int, corners)) == RESIZED[resize]


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        ("PNG", "", "output_format is unknown"),
        ("VOC", "num_test_image: 3", "num_test_image must be positive, and at most"),
        ("VOC", "resize_param { height: 3 }", "resize_param: width must be positive"),
    ],
)
def test_bad_settings_of_files_are_refused(saving, kind, more, message):
    with pytest.raises(LayerError, match=f'"d": {message}'):
        output(saving(kind, more))


def test_bad_files_are_refused(saving, tmp_path):
    text = saving("VOC")
    (tmp_path / "sizes").write_text("im_1 3 wide")
    with pytest.raises(LayerError, match=r'"d": name_size_file .*a size is no number'):
        output(text)
    (tmp_path / "sizes").write_text("im_1 300 200")
    (tmp_path / "map").write_text('item { name: "../cat" label: 1 }')
    with pytest.raises(LayerError, match="a file cannot be named so"):
        output(text)
    (tmp_path / "map").write_text('item { name: "cat" label: 1 }')
    with pytest.raises(LayerError, match="Cannot find label: 2"):
        output(text)
    (tmp_path / "map").write_text("item {")
    with pytest.raises(LayerError, match="Failed to read label map file"):
        output(text)


@pytest.mark.parametrize("name", ["map", "sizes"])
def test_without_its_files_nothing_is_written_and_that_is_told(saving, tmp_path, name, caplog):
    text = saving("VOC")
    (tmp_path / name).unlink()
    assert rows(output(text))
    assert 'DetectionOutput layer "d" writes no results: ' in caplog.text
    assert f"/{name} is not there" in caplog.text
