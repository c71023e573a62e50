import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from tests.sources.annotated_files import annotated, write_annotated
from tests.sources.lmdb_files import write_images

BOXES = [(2, 0.25, 0.25, 0.75, 0.75), (5, 0.0, 0.5, 0.5, 1.0, True), (2, 0.5, 0.0, 1.0, 0.25)]
IN_ORDER = [BOXES[0], BOXES[2], BOXES[1]]  # by groups
RESIZE = "resize_param { height: 6 width: 10 }"


@pytest.fixture
def images(rng):
    return list(rng.integers(256, size=(5, 3, 8, 12), dtype=np.uint8))


def make_net(folder, records, batch=2, transform="", param="", tops=2, phase="TRAIN", seed=1):
    if not folder.exists():
        write_annotated(folder, records)
    top = 'top: "data" top: "label"' if tops == 2 else 'top: "data"'
    text = f"""layer {{ name: "a" type: "AnnotatedData" {top}
        data_param {{ source: "{folder.as_posix()}" backend: LMDB batch_size: {batch} }}
        annotated_data_param {{ {param} }} transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=seed)


def forward(*args, **options):
    return {name: values.copy() for name, values in make_net(*args, **options).forward().items()}


def test_boxes_are_rows_group_by_group(tmp_path, images):
    records = [annotated(images[0], BOXES), annotated(images[1], BOXES[:1])]
    made = forward(tmp_path / "db", records)
    np.testing.assert_array_equal(made["data"], images[:2])
    rows = [
        [0, 2, 0, 0.25, 0.25, 0.75, 0.75, 0],
        [0, 2, 1, 0.5, 0.0, 1.0, 0.25, 0],
        [0, 5, 0, 0.0, 0.5, 0.5, 1.0, 1],
        [1, 2, 0, 0.25, 0.25, 0.75, 0.75, 0],
    ]
    np.testing.assert_array_equal(made["label"], [[rows]])


def test_without_boxes_there_is_one_row_of_minus_one(tmp_path, images):
    made = forward(tmp_path / "db", [annotated(image, []) for image in images])
    np.testing.assert_array_equal(made["label"], np.full((1, 1, 1, 8), -1))


def test_without_a_label_top_there_are_images_only(tmp_path, images):
    made = forward(tmp_path / "db", [annotated(image, BOXES) for image in images], tops=1)
    assert list(made) == ["data"]
    np.testing.assert_array_equal(made["data"], images[:2])


def test_records_without_a_type_give_their_labels(tmp_path, images):
    records = [annotated(image, [], kind=None, label=7 + i) for i, image in enumerate(images)]
    made = forward(tmp_path / "db", records)
    np.testing.assert_array_equal(made["label"], [7, 8])


def test_a_type_in_the_settings_shadows_that_of_the_records(tmp_path, images):
    records = [annotated(image, BOXES, kind=None) for image in images]
    assert forward(tmp_path / "db", records, param="anno_type: BBOX")["label"].shape == (1, 1, 6, 8)


def test_a_mirror_turns_the_boxes_too(tmp_path, images):
    records = [annotated(images[0], BOXES)]
    net = make_net(tmp_path / "db", records, batch=1, transform="mirror: true")
    seen = set()
    for _ in range(20):
        made = net.forward()
        data, boxes = made["data"][0], made["label"][0, 0, :, 3:7]
        straight = np.array_equal(data, images[0])
        assert straight or np.array_equal(data, images[0][:, :, ::-1])
        for box, row in zip(boxes, IN_ORDER, strict=True):
            left, top, right, bottom = row[1:5]
            expected = (
                (left, top, right, bottom) if straight else (1 - right, top, 1 - left, bottom)
            )
            np.testing.assert_allclose(box, expected)
        seen.add(straight)
    assert seen == {True, False}


def test_a_crop_of_the_centre_cuts_boxes(tmp_path, images):
    records = [annotated(images[0], BOXES)]
    made = forward(tmp_path / "db", records, 1, "crop_h: 4 crop_w: 6", phase="TEST")
    np.testing.assert_array_equal(made["data"][0], images[0][:, 2:6, 3:9])
    np.testing.assert_array_equal(made["label"][0, 0, :, 3:7], [[0, 0, 1, 1], [0, 0.5, 0.5, 1]])


@pytest.mark.parametrize(
    ("constraint", "stays"),
    [
        ("emit_type: CENTER", [2, 5]),
        ("emit_type: MIN_OVERLAP emit_overlap: 0.2", [2, 5]),
        ("emit_type: MIN_OVERLAP emit_overlap: 0.3", [2]),
    ],
)
def test_boxes_stay_as_the_constraint_says(constraint, stays, tmp_path, images):
    records = [annotated(images[0], [*BOXES[:2], (9, 0.7, 0.1, 1.0, 0.3)])]
    transform = f"crop_h: 4 crop_w: 6 emit_constraint {{ {constraint} }}"
    made = forward(tmp_path / "db", records, 1, transform, phase="TEST")
    assert made["label"][0, 0, :, 1].tolist() == stays


def test_an_expanded_image_lies_where_its_boxes_are(tmp_path, images):
    image = np.full((3, 8, 12), 200, np.uint8)
    records = [annotated(image, [(1, 0, 0, 1, 1)])]
    transform = "expand_param { max_expand_ratio: 3 } mean_value: 20 mean_value: 30 mean_value: 40"
    net = make_net(tmp_path / "db", records, batch=1, transform=transform)
    places = set()
    for _ in range(10):
        made = net.forward()
        data, box = made["data"][0], made["label"][0, 0, 0, 3:7]
        height, width = data.shape[1:]
        left, top, right, bottom = np.rint(box * [width, height, width, height]).astype(int)
        assert (right - left, bottom - top) == (12, 8)
        inside = np.zeros((height, width), bool)
        inside[top:bottom, left:right] = True
        np.testing.assert_array_equal(data[:, inside].T, np.tile([180, 170, 160], (96, 1)))
        assert not data[:, ~inside].any()
        places.add((height, top, left))
    assert len(places) > 3


def test_pieces_meet_their_constraint(tmp_path):
    image = np.zeros((3, 100, 100), np.uint8)
    image[:, 40:60, 40:60] = 250
    records = [annotated(image, [(1, 0.4, 0.4, 0.6, 0.6)])]
    param = """batch_sampler { max_sample: 1 max_trials: 50
        sampler { min_scale: 0.3 max_scale: 0.9 min_aspect_ratio: 0.5 max_aspect_ratio: 2 }
        sample_constraint { min_object_coverage: 1 } }"""
    transform = "resize_param { height: 50 width: 50 interp_mode: NEAREST }"
    net = make_net(tmp_path / "db", records, batch=1, transform=transform, param=param)
    sizes = []
    pixel = 50 / 21 + 1  # one of the smallest piece, 30 * sqrt(.5) wide, and the rounding
    for _ in range(10):
        made = net.forward()
        assert made["label"].shape == (1, 1, 1, 8)
        left, top, right, bottom = made["label"][0, 0, 0, 3:7] * 50
        bright = np.argwhere(made["data"][0, 0] > 0)
        np.testing.assert_allclose(bright.min(0), [top, left], atol=pixel)
        np.testing.assert_allclose(bright.max(0) + 1, [bottom, right], atol=pixel)
        sizes.append((right - left) * (bottom - top))
    assert min(sizes) >= 0.04 / 0.81 * 2500 - 1
    assert max(sizes) > 1.2 * min(sizes)


def test_an_encoded_image_is_stored_again_after_each_change(tmp_path, images):
    records = [annotated(images[0], BOXES, encoding="PNG")]
    same = forward(tmp_path / "same", records, 1)["data"]
    np.testing.assert_array_equal(same[0], images[0])
    stored = forward(tmp_path / "other", records, 1, "distort_param { hue_prob: 0 }")["data"]
    assert 0 < np.abs(stored[0] - images[0]).mean() < 60


def test_yolos_labels_are_centres_and_sizes(tmp_path, images):
    records = [annotated(image, BOXES) for image in images]
    param = "yolo_data_type: 1 yolo_data_jitter: 0 train_diffcult: false"
    label = forward(tmp_path / "db", records, 2, RESIZE, param)["label"]
    assert label.shape == (2, 1, 300, 5)
    np.testing.assert_allclose(label[1, 0, 0], [1, 0.5, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(label[1, 0, 1], [1, 0.75, 0.125, 0.5, 0.25])
    assert not label[:, 0, 2:].any()


def test_one_of_several_sizes_is_drawn_for_ten_batches(tmp_path, images):
    sizes = "".join(f"resize_param {{ prob: 0.5 height: {n} width: {n} }} " for n in (5, 9))
    net = make_net(tmp_path / "db", [annotated(images[0], BOXES)], 1, sizes)
    seen = [net.forward()["data"].shape[2] for _ in range(80)]
    blocks = [set(seen[i : i + 10]) for i in range(0, 80, 10)]
    assert all(len(block) == 1 for block in blocks)
    assert set(seen) == {5, 9}


def test_a_state_goes_on_amid_all_that_is_drawn(tmp_path, images):
    records = [annotated(image, BOXES, encoding="JPEG") for image in images]
    transform = f"""{RESIZE} mirror: true expand_param {{ prob: 0.5 max_expand_ratio: 4 }}
        distort_param {{ brightness_prob: 0.5 brightness_delta: 32 contrast_prob: 0.5
          contrast_lower: 0.5 contrast_upper: 1.5 hue_prob: 0.5 hue_delta: 18 saturation_prob: 0.5
          saturation_lower: 0.5 saturation_upper: 1.5 random_order_prob: 0.5 }}"""
    param = """batch_sampler { max_sample: 1 max_trials: 1 }
        batch_sampler { sampler { min_scale: 0.3 } max_sample: 1 max_trials: 50
          sample_constraint { min_jaccard_overlap: 0.1 } }"""
    one, two = (make_net(tmp_path / "db", records, 3, transform, param) for _ in range(2))
    for _ in range(3):
        one.forward()
    two.set_state(one.get_state())
    for _ in range(4):
        first = {name: values.copy() for name, values in one.forward().items()}
        second = two.forward()
        for name in ("data", "label"):
            np.testing.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize(
    ("transform", "param", "batch", "words"),
    [
        ("resize_param { height: 5 }", "", 1, "states no size"),
        (
            "resize_param { height: 5 width: 5 resize_mode: FIT_SMALL_SIZE }",
            "",
            2,
            "batch size of 1",
        ),
        ("expand_param { max_expand_ratio: 1 }", "", 1, "no enlargement"),
        ("distort_param { hue_prob: 1 hue_delta: -1 }", "", 1, "no range"),
        ("crop_h: 4", "", 1, "both crop_h and crop_w"),
        ("", "batch_sampler { sampler { min_scale: 0 } }", 1, "cannot be like that"),
        ("", "batch_sampler { sampler { min_scale: 0.9 max_scale: 0.5 } }", 1, "no range"),
        ("", "anno_type: LANE", 1, "Unknown annotation type"),
        ("", "seg_scales: 4", 1, "classes of pixels"),
        ("", "yolo_data_type: 3", 1, "no such label"),
        ("", "yolo_data_jitter: 2", 1, "no jitter"),
        ("", "difficult_label_warmup: true", 1, "not supported"),
        ("", "", 0, "batch_size"),
        ("random_aspect_ratio_param { } crop_size: 4", "", 1, "loses the boxes"),
    ],
)
def test_what_makes_no_sense_is_refused(transform, param, batch, words, tmp_path, images):
    with pytest.raises(LayerError, match=words):
        make_net(tmp_path / "db", [annotated(images[0], BOXES)], batch, transform, param)


def test_images_of_several_sizes_need_one(tmp_path, images):
    records = [annotated(images[0], BOXES), annotated(images[1][:, :5], BOXES)]
    with pytest.raises(LayerError, match="different shape"):
        forward(tmp_path / "db", records)
    assert forward(tmp_path / "db", records, transform=RESIZE)["data"].shape == (2, 3, 6, 10)


def test_a_database_without_boxes_is_told(tmp_path, images):
    write_images(tmp_path / "db", images)
    with pytest.raises(DataError, match="not an AnnotatedDatum"):
        make_net(tmp_path / "db", [])


def test_a_box_that_is_none_is_refused(tmp_path, images):
    with pytest.raises(DataError, match="a box that is none"):
        make_net(tmp_path / "db", [annotated(images[0], [(1, 0, 0, np.nan, 1)])])


# --- MobileNet-YOLO's classes of pixels -----------------------------------------------------------


def blocks(number):
    """0, 1 and 2 in squares of 4 x 4 pixels."""
    few = np.random.default_rng(number).integers(0, 3, size=(2, 3), dtype=np.uint8)
    return few.repeat(4, axis=0).repeat(4, axis=1)


def with_pixels(folder, options, transform="", listed=True):
    """Records whose image is the number of a class in each pixel, as is their mask."""
    records = []
    for number in range(3):
        mask = blocks(number)
        record = annotated(np.stack([mask] * 3), BOXES, kind=1)
        record.datum.seg_label = annotated(np.stack([mask] * 3), [], encoding="PNG").datum.data
        records.append(record)
    if not (folder / "db").exists():
        write_annotated(folder / "db", records)
    items = 'item { name: "none" } item { label_id: 2 label: 5 } item { label_id: 1 }'
    (folder / "map").write_text(items)
    file = f'label_map_file: "{folder.as_posix()}/map"' if listed else ""
    text = f"""layer {{ name: "a" type: "AnnotatedData" top: "data" top: "label" top: "seg"
        data_param {{ source: "{folder.as_posix()}/db" backend: LMDB batch_size: 2 }}
        annotated_data_param {{ {file} {options} }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase="TRAIN", seed=1)


def test_the_third_top_shows_classes_of_pixels_beside_the_image(tmp_path):
    pytest.importorskip("PIL.Image")
    net = with_pixels(tmp_path, "single_class: false seg_scales: 1", "mirror: true")
    flips = set()
    for _ in range(8):
        made = net.forward()
        seen = made["data"][:, 0]  # flipped as the maps are
        np.testing.assert_array_equal(made["seg"], np.stack([seen == 2, seen == 1], 1))
        flips |= {np.array_equal(each, blocks(0)[:, ::-1]) for each in seen}
        assert made["label"].shape == (1, 1, 6, 8)
    assert flips == {False, True}


def test_the_piece_that_is_drawn_is_that_of_the_maps(tmp_path):
    pytest.importorskip("PIL.Image")
    options = "single_class: false yolo_data_jitter: 0.4 seg_resize_height: 6 seg_resize_width: 10"
    resize = "resize_param { height: 6 width: 10 interp_mode: NEAREST }"
    net = with_pixels(tmp_path, options, resize)
    same = []
    for _ in range(10):
        made = net.forward()
        assert made["seg"].shape == (2, 2, 6, 10)
        seen = made["data"][:, 0]
        same.append(np.mean((made["seg"][:, 0] > 0.5) == (seen == 2)))
    assert np.mean(same) > 0.8  # nearest pixels and mixed ones; of other pieces half are the same


def test_classes_of_pixels_need_a_list_and_an_image(tmp_path, images):
    pytest.importorskip("PIL.Image")
    with pytest.raises(LayerError, match="need a label_map_file"):
        with_pixels(tmp_path, "single_class: false", listed=False)
    with pytest.raises(LayerError, match="sizes of maps must be positive"):
        with_pixels(tmp_path, "seg_scales: 0")
    write_annotated(tmp_path / "other", [annotated(images[0], BOXES)])
    text = f"""layer {{ name: "a" type: "AnnotatedData" top: "data" top: "label" top: "seg"
        data_param {{ source: "{tmp_path.as_posix()}/other" backend: LMDB batch_size: 1 }} }}"""
    with pytest.raises(DataError, match="no seg_label"):
        blobnet.Net(blobnet.parse_net(text)).forward()


def test_how_records_were_cut_out_is_not_told(tmp_path, images):
    write_annotated(tmp_path / "db", [annotated(images[0], BOXES)])
    text = f"""layer {{ name: "a" type: "AnnotatedData" top: "data" data_param {{ batch_size: 1
        source: "{(tmp_path / "db").as_posix()}" backend: LMDB get_mirror_crop: true }} }}"""
    with pytest.raises(LayerError, match="get_mirror_crop is a setting of Data"):
        blobnet.Net(blobnet.parse_net(text))
