import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError

Image = pytest.importorskip("PIL.Image")

from blobnet.ops.images.resize import resize_linear  # noqa: E402
from blobnet.sources.label_maps import resize_nearest  # noqa: E402
from tests.layers.segmentation.pairs import batches, write_pairs  # noqa: E402
from tests.sources.image_files import write_list  # noqa: E402


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(5, 3, 6, 8), dtype=np.uint8)


@pytest.fixture
def maps(rng):
    return rng.integers(12, size=(5, 1, 6, 8), dtype=np.uint8)


@pytest.fixture
def source(images, maps, tmp_path):
    return write_pairs(tmp_path, images, maps)


def make_net(source, options="label_type: PIXEL", transform="", phase="TRAIN", batch_size=2):
    text = f"""layer {{ name: "d" type: "ImageSegData" top: "data" top: "label" top: "size"
        image_data_param {{ source: "{source.as_posix()}" batch_size: {batch_size} {options} }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=3)


def test_images_come_with_labels_and_sizes(source, images, maps):
    net = make_net(source, transform="scale: 0.5 mean_value: 1 mean_value: 2 mean_value: 3")
    mean = np.array([1, 2, 3])[:, None, None]
    for i, (data, label, size) in enumerate(batches(net, 4)):
        chosen = [2 * i % 5, (2 * i + 1) % 5]
        np.testing.assert_array_equal(data, (images[chosen] - mean) * 0.5)
        np.testing.assert_array_equal(label, maps[chosen])
        np.testing.assert_array_equal(size, [[[[6, 8]]]] * 2)


def test_one_label_for_an_image_or_none(source, tmp_path):
    paths = [line.split()[0] for line in source.read_text().splitlines()]
    whole = write_list(tmp_path / "whole", [f"{path} {i * 100}" for i, path in enumerate(paths)])
    label = batches(make_net(whole, "label_type: IMAGE", batch_size=4), 1)[0][1]
    np.testing.assert_array_equal(
        label, np.full((4, 1, 6, 8), 1) * [[[[0]]], [[[100]]], [[[200]]], [[[255]]]]
    )
    np.testing.assert_array_equal(batches(make_net(whole, "", batch_size=4), 1)[0][1], label)
    none = write_list(tmp_path / "none", paths)
    for options, expected in (("", 255), ("ignore_label: 7", 7), ("ignore_label: -1", 0)):
        label = batches(make_net(none, f"label_type: NONE {options}"), 1)[0][1]
        assert (label == expected).all()


def test_both_are_resized_linearly_to_a_new_size(source, images, maps):
    data, label, size = batches(
        make_net(source, "label_type: PIXEL new_height: 4 new_width: 5"), 1
    )[0]
    np.testing.assert_array_equal(data[1], resize_linear(images[1], 4, 5))
    np.testing.assert_array_equal(label[1], resize_linear(maps[1], 4, 5))
    np.testing.assert_array_equal(size[1], [[[4, 5]]])


def test_the_middle_is_cut_out_in_test(source, images, maps):
    crop = "crop_height: 3 crop_width: 5"
    data, label, size = batches(make_net(source, transform=crop, phase="TEST"), 1)[0]
    np.testing.assert_array_equal(data[1], images[1][:, 1:4, 1:6])
    np.testing.assert_array_equal(label[1], maps[1][:, 1:4, 1:6])
    np.testing.assert_array_equal(size[1], [[[3, 5]]])


def test_what_is_missing_is_filled_below_and_to_the_right(source, images, maps):
    transform = "crop_height: 9 crop_width: 5 mean_value: 100 scale: 2"
    data, label, size = batches(make_net(source, transform=transform, phase="TEST"), 1)[0]
    np.testing.assert_array_equal(data[0][:, :6], (images[0][:, :, 1:6].astype(int) - 100) * 2)
    assert not data[0][:, 6:].any()
    np.testing.assert_array_equal(label[0][:, :6], maps[0][:, :, 1:6])
    assert (label[0][:, 6:] == 255).all()
    np.testing.assert_array_equal(size[0], [[[6, 5]]])


def test_windows_are_random_in_training_and_the_same_in_both(images, tmp_path):
    source = write_pairs(tmp_path, images, images[:, :1])
    net = make_net(source, transform="crop_size: 4 mirror: true")
    seen = set()
    for data, label, _ in batches(net, 20):
        np.testing.assert_array_equal(data[:, :1], label)
        seen |= {label[0].tobytes(), label[1].tobytes()}
    windows = {
        flipped[:1, i : i + 4, j : j + 4].astype("f4").tobytes()
        for image in images
        for flipped in (image, image[:, :, ::-1])
        for i in range(3)
        for j in range(5)
    }
    assert len(seen) > 25
    assert seen <= windows


def test_one_of_the_factors_scales_both(source, images, maps):
    factors, sizes = (0.5, 1, 1.7), {(3, 4), (6, 8), (10, 13)}
    transform = " ".join(f"scale_factors: {factor}" for factor in factors) + " crop_size: 16"
    net = make_net(source, transform=transform, phase="TEST", batch_size=5)
    seen = set()
    for data, label, _ in batches(net, 6):
        for i in range(5):
            rows, columns = (
                (label[i, 0] != 255).any(axis=1).sum(),
                (label[i, 0] != 255).any(0).sum(),
            )
            seen.add((rows, columns))
            np.testing.assert_array_equal(
                data[i, :, :rows, :columns], resize_linear(images[i], rows, columns)
            )
            np.testing.assert_array_equal(
                label[i, :, :rows, :columns], resize_nearest(maps[i], rows, columns)
            )
    assert seen == sizes


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        ('mean_file: "x"', "does not support mean file"),
        ("crop_height: 3", "Must either specify crop_size"),
        ("crop_height: 3 crop_width: 3 crop_size: 3", "Must either specify crop_size"),
        ("scale_factors: 2", "images of different sizes"),
        ("crop_size: 3 scale_factors: 0", "must be positive"),
        ("crop_size: 3 scale_factors: nan", "must be positive"),
        ("mean_value: 1 mean_value: 2", "1 mean_value or as many as channels"),
        ("scale: inf", "must be a number"),
        ("crop_size_l: 3", "`crop_size_l` of transform_param has no effect here"),
    ],
)
def test_bad_settings_are_refused(transform, words, source):
    with pytest.raises(LayerError, match=words):
        make_net(source, transform=transform)


def test_labels_that_are_none(source, tmp_path):
    with pytest.raises(DataError, match="label_type: PIXEL is for paths"):
        make_net(source, "label_type: IMAGE")
    with pytest.raises(LayerError, match="BBX"):
        make_net(source, "label_type: BBX")


def test_a_factor_that_makes_too_much_is_refused(source):
    with pytest.raises(DataError, match="an image of"):
        make_net(source, transform="crop_size: 3 scale_factors: 1e5").forward()


@pytest.mark.parametrize("type_name", ["ImageData"])
def test_what_is_for_this_type_alone_is_refused_elsewhere(type_name, source, tmp_path):
    listed = write_list(tmp_path / "l", [f"{source.read_text().split()[0]} 1"])
    for options, transform in (("label_type: PIXEL", ""), ("", "scale_factors: 2")):
        text = f"""layer {{ name: "d" type: "{type_name}" top: "data" top: "label"
            image_data_param {{ source: "{listed.as_posix()}" {options} }}
            transform_param {{ {transform} }} }}"""
        with pytest.raises(LayerError, match="is for ImageSegData"):
            blobnet.Net(blobnet.parse_net(text), phase="TRAIN")
