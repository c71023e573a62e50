from pathlib import Path

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.detection import detect_net_transformation as module
from blobnet.ops.images.interpolation import resize_floats_cubic
from blobnet.proto import BlobProto
from blobnet.testing import run_layer

RECORDED = Path(__file__).parents[2] / "reference/opencv/detectnet.npz"
SIZE = "image_size_x: 24 image_size_y: 16"
STILL = " crop_prob: 0 scale_prob: 0 flip_prob: 0 rotation_prob: 0 hue_rotation_prob: 0 "
STILL += "desaturation_prob: 0"
MEAN = "transform_param { mean_value: 10 mean_value: 20 mean_value: 30 }"


@pytest.fixture(scope="module")
def recorded():
    with np.load(RECORDED) as file:
        return dict(file)


def label(*objects, rows=6):
    """Rows of x, y, width, height and class."""
    made = np.zeros((1, 1, rows, 16), np.float32)
    made[0, 0, 0, :2] = len(objects), 16
    for row, (x, y, width, height, kind) in zip(made[0, 0, 1:], objects, strict=False):
        row[:4], row[5] = (x, y, width, height), kind
    return made


def run(image, labels, truth=SIZE, augmentation=STILL, more="", phase="TRAIN", **options):
    text = f"""name: "d" type: "DetectNetTransformation" {more}
        detectnet_groundtruth_param {{ {truth} }}
        detectnet_augmentation_param {{ {augmentation} }}"""
    return run_layer(text, image, labels, phase=phase, num_top=2, dtype=np.float32, **options)


def test_in_test_the_image_is_resized(recorded):
    made = run(recorded["image"][None], label(), more=MEAN, phase="TEST")
    np.testing.assert_allclose(made.top[0].data[0], recorded["in_test"], atol=1e-3)


def test_all_changes_together_are_opencvs(recorded):
    layer = run(recorded["image"][None], label(), more=MEAN).layer
    changes = module._Changes(12, 0.7, True, (17, 27), 5, (-2, 3))
    out = np.empty((3, 16, 24), np.float32)
    layer._change_image(recorded["image"], changes, out)
    inner = np.s_[:, 4:14, 3:20]  # newer OpenCV mixes the last column with what is outside
    np.testing.assert_allclose(out[inner], recorded["changed"][inner], atol=0.02)
    np.testing.assert_allclose(module._matrix(17, 27, 5), recorded["matrix"], atol=1e-4)
    assert module._turned_size(17, 27, 5) == tuple(recorded["turned"])


def test_without_changes_the_centre_is_cut_and_frames_are_0(rng):
    image = rng.uniform(0, 255, (1, 3, 20, 22)).astype(np.float32)
    made = run(image, label()).top[0].data[0]
    np.testing.assert_allclose(made[:, :, 1:23], image[0, :, 2:18], rtol=1e-5)
    assert not made[:, :, [0, 23]].any()


def test_a_mean_file_gets_the_size_of_the_images(tmp_path, rng):
    mean = rng.uniform(0, 90, (3, 5, 6)).astype(np.float32)
    proto = BlobProto(num=1, channels=3, height=5, width=6, data=mean.ravel().tolist())
    file = tmp_path / "mean.binaryproto"
    file.write_bytes(proto.SerializeToString())
    more = f'transform_param {{ mean_file: "{file.as_posix()}" }}'
    image = np.full((1, 3, 16, 24), 200, np.float32)
    made = run(image, label(), more=more).top[0].data[0]
    np.testing.assert_allclose(made, 200 - resize_floats_cubic(mean, 16, 24), rtol=1e-4)


def plain_coverage(objects, size, stride, scale=0.5, longest=50):
    """Cell by cell: the object of a cell, or None."""
    cells = {}
    for x, y, width, height, kind in objects:
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + width, size[1]), min(y + height, size[0])
        half_x = min((right - left) * scale, longest) / 2
        half_y = min((bottom - top) * scale, longest) / 2
        middle = (left + right) / 2, (top + bottom) / 2
        for row in range(size[0] // stride):
            for column in range(size[1] // stride):
                across = min((column + 1) * stride, middle[0] + half_x)
                across -= max(column * stride, middle[0] - half_x)
                down = min((row + 1) * stride, middle[1] + half_y)
                down -= max(row * stride, middle[1] - half_y)
                if across > 1e-6 and down > 1e-6:
                    cells[row, column] = (left, top, right, bottom, kind, 4 * half_x * half_y)
    return cells


@pytest.mark.parametrize("norm", [False, True])
def test_cells_see_the_last_object_that_covers_them(norm):
    objects = [(1, 2, 14, 9, 1), (8, 4, 30, 8, 7), (5, 5, 6, 6, 2), (3, 1, 4, 4, 1)]
    truth = f"""{SIZE} stride: 4 obj_norm: {str(norm).lower()}
        object_class {{ src: 1 dst: 0 }} object_class {{ src: 7 dst: 1 }}"""
    made = run(np.zeros((1, 3, 16, 24), np.float32), label(*objects), truth).top[1].data[0]
    assert made.shape == (10, 4, 6)
    cells = plain_coverage([each for each in objects if each[4] != 2], (16, 24), 4)
    expected = np.zeros_like(made)
    for (row, column), (left, top, right, bottom, kind, area) in cells.items():
        x, y = 4 * column, 4 * row
        expected[:, row, column] = [
            *(1, left - x, top - y, right - x, bottom - y, 1 / (right - left), 1 / (bottom - top)),
            *(max(16 / area, 0 if norm else 1), kind == 1, kind == 7),
        ]
    np.testing.assert_allclose(made, expected, rtol=1e-6)
    assert 0 < made[8].sum() != made[9].sum() > 0


def test_the_coverage_is_at_least_or_at_most_so_long():
    image, thing = np.zeros((1, 3, 16, 24), np.float32), label((2, 2, 20, 12, 1))
    small = run(image, thing, f"{SIZE} stride: 2 max_cvg_len: 4").top[1].data[0, 0]
    assert small.sum() == 4
    least = "gridbox_type: GRIDBOX_MIN min_cvg_len: 12 scale_cvg: 0.1"
    assert run(image, thing, f"{SIZE} stride: 2 {least}").top[1].data[0, 0].sum() == 36


def test_boxes_outside_are_cut_only_where_that_is_wanted():
    image, thing = np.zeros((1, 3, 16, 24), np.float32), label((-4, 2, 16, 8, 1))
    cut = run(image, thing, f"{SIZE} stride: 4").top[1].data[0]
    whole = run(image, thing, f"{SIZE} stride: 4 crop_bboxes: false").top[1].data[0]
    row, column = np.argwhere(cut[0])[0]
    assert cut[1, row, column] == -4 * column
    row, column = np.argwhere(whole[0])[0]
    assert whole[1, row, column] == -4 - 4 * column


@pytest.mark.parametrize(
    "change",
    [
        "flip_prob: 1",
        "scale_prob: 1 scale_min: 0.6 scale_max: 0.9",
        "crop_prob: 1 shift_x: 4",
        "rotation_prob: 1 max_rotate_degree: 8",
    ],
)
def test_objects_go_where_the_image_goes(change):
    name = change.split(":")[0]
    augmentation = STILL.replace(f" {name}: 0", f" {change}")
    image = np.zeros((1, 3, 40, 48), np.float32)
    image[:, :, 12:28, 16:36] = 200
    truth = "image_size_x: 40 image_size_y: 32 stride: 1 scale_cvg: 1"
    for seed in range(5):
        made = run(image, label((16, 12, 20, 16, 1)), truth, augmentation, seed=seed)
        bright = made.top[0].data[0, 0] > 100
        seen = made.top[1].data[0, 0] > 0
        assert bright.sum() > 50
        assert (bright & seen).sum() / (bright | seen).sum() > 0.75


def test_colours_fade_and_turn_with_their_probabilities(rng):
    image = rng.uniform(50, 200, (1, 3, 16, 24)).astype(np.float32)
    faded = STILL.replace("desaturation_prob: 0", "desaturation_prob: 1 desaturation_max: 1")
    made = run(image, label(), augmentation=faded).top[0].data[0]
    np.testing.assert_allclose(made.max(0), image[0].max(0), rtol=1e-4)
    assert np.ptp(made, 0).sum() < np.ptp(image[0], 0).sum()
    turned = STILL.replace("hue_rotation_prob: 0", "hue_rotation_prob: 1 hue_rotation: 90")
    made = run(image, label(), augmentation=turned).top[0].data[0]
    np.testing.assert_allclose(np.ptp(made, 0), np.ptp(image[0], 0), rtol=1e-3)
    assert np.abs(made - image[0]).max() > 5


def test_draws_come_from_the_layers_generator(rng):
    image = rng.uniform(0, 255, (2, 3, 20, 30)).astype(np.float32)
    labels = np.repeat(label((3, 3, 9, 9, 1)), 2, axis=0)
    one, two = (run(image, labels, augmentation="", seed=5) for _ in range(2))
    np.testing.assert_array_equal(one.top[0].data, two.top[0].data)
    before = one.top[0].data.copy()
    one.forward()
    assert (one.top[0].data != before).any()


@pytest.mark.parametrize(
    ("shape", "labels", "options", "words"),
    [
        ((1, 1, 4, 4), label(), {}, "three channels"),
        ((2, 3, 4, 4), label(), {}, "as many labels"),
        ((1, 3, 4, 4), np.zeros((1, 1, 2, 8)), {}, "rows of 16"),
        ((1, 3, 4, 4), np.zeros((1, 1, 2, 16)), {}, "begins with"),
        ((1, 3, 4, 4), label((np.inf, 1, 1, 1, 1)), {}, "nowhere"),
        ((1, 3, 4, 4), label(), {"truth": "stride: 0"}, "no grid"),
        ((1, 3, 4, 4), label(), {"truth": "object_class { dst: 4000000000 }"}, "too many classes"),
        ((1, 3, 4, 4), label(), {"augmentation": "resize_param { }"}, "no effect"),
        ((1, 3, 4, 4), label(), {"more": "transform_param { mirror: true }"}, "no effect"),
        ((1, 3, 4, 4), label(), {"more": "transform_param { mean_value: [1, 2] }"}, "mean"),
        ((1, 3, 4, 4), label(), {"augmentation": "scale_prob: 1 scale_max: -1 scale_min: -1"},
         "cannot be scaled"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(shape, labels, options, words):
    with pytest.raises(LayerError, match=words):
        run(np.zeros(shape, np.float32), labels, **options)
