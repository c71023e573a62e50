import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError

pytest.importorskip("PIL.Image")

from blobnet.ops.images.resize import resize_linear
from tests.layers.segmentation.pairs import batches, write_pairs


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(5, 3, 6, 7), dtype=np.uint8)


@pytest.fixture
def source(images, tmp_path):
    """Edges where the first channel is bright, so that they tell where each pixel comes from."""
    return write_pairs(tmp_path, images, images[:, :1].copy())


def make_net(source, options="", transform="", phase="TRAIN", batch_size=2):
    text = f"""layer {{ name: "d" type: "ImageLabelmapData" top: "data" top: "label"
        transform_param {{ {transform} }}
        image_data_param {{ source: "{source.as_posix()}" batch_size: {batch_size} {options}
        }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=3)


def test_edges_are_what_rounds_to_1(tmp_path, images):
    edges = np.array([0, 1, 127, 128, 254, 255, 50] * 6, np.uint8).reshape(1, 6, 7)
    net = make_net(write_pairs(tmp_path, images[:1], edges[None]), batch_size=1)
    data, label = batches(net, 1)[0]
    np.testing.assert_array_equal(data, images[:1])
    np.testing.assert_array_equal(label[0, 0, 0], [0, 0, 0, 1, 1, 1, 0])


@pytest.mark.parametrize(
    ("options", "is_binary"), [("normalize: true", True), ("normalize: false", False)]
)
def test_dss_says_whether_labels_are_bytes(options, is_binary, source, images):
    _, label = batches(make_net(source, options), 1)[0]
    expected = images[:2, :1] >= 128 if is_binary else images[:2, :1]
    np.testing.assert_array_equal(label, expected)


def test_mean_and_scale_are_for_the_images_alone(source, images):
    data, label = batches(make_net(source, transform="scale: 0.5 mean_value: 10"), 1)[0]
    np.testing.assert_array_equal(data, (images[:2].astype("f4") - 10) * 0.5)
    np.testing.assert_array_equal(label, images[:2, :1] >= 128)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_windows_are_the_same_in_both_and_random(phase, source, images):
    net = make_net(source, transform="crop_size: 3 mirror: true", phase=phase)
    seen = set()
    for data, label in batches(net, 20):
        assert data.shape == (2, 3, 3, 3)
        assert label.shape == (2, 1, 3, 3)
        np.testing.assert_array_equal(data[:, :1] >= 128, label)
        seen |= {data[0].tobytes(), data[1].tobytes()}
    windows = {
        flipped[:, i : i + 3, j : j + 3].astype("f4").tobytes()
        for image in images
        for flipped in (image, image[:, :, ::-1])
        for i in range(4)
        for j in range(5)
    }
    assert len(seen) > 25
    assert seen <= windows


def test_both_are_resized_linearly(source, images):
    data, label = batches(make_net(source, "new_height: 9 new_width: 4"), 1)[0]
    np.testing.assert_array_equal(data[0], resize_linear(images[0], 9, 4))
    np.testing.assert_array_equal(label[0], resize_linear(images[0, :1], 9, 4) >= 128)


def test_gray_images(source):
    assert batches(make_net(source, "is_color: false"), 1)[0][0].shape == (2, 1, 6, 7)


@pytest.mark.parametrize(
    ("options", "transform", "message"),
    [
        ("new_height: 5", "", "new_height and new_width to be set at the same time"),
        ("rand_skip: 100", "", "Not enough points to skip"),
        ("", "crop_size: 9", "the image is smaller than the crop"),
    ],
)
def test_settings_that_do_not_fit(options, transform, message, source):
    with pytest.raises(LayerError, match=message):
        make_net(source, options, transform)


def test_edges_of_another_size(tmp_path, images):
    source = write_pairs(tmp_path, images[:1], images[:1, :1, :5].copy())
    with pytest.raises(LayerError, match="groundtruth size != image size"):
        make_net(source, batch_size=1)


def test_no_list(tmp_path):
    with pytest.raises((DataError, LayerError), match="list of images"):
        make_net(tmp_path / "none.txt")
