import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError

Image = pytest.importorskip("PIL.Image")

from blobnet.ops.images.resize import resize_linear  # noqa: E402
from blobnet.sources.label_maps import resize_nearest  # noqa: E402
from tests.layers.segmentation.pairs import batches, write_pairs  # noqa: E402


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(5, 3, 6, 7), dtype=np.uint8)


@pytest.fixture
def maps(rng):
    return rng.integers(12, size=(5, 1, 6, 7), dtype=np.uint8)


@pytest.fixture
def source(images, maps, tmp_path):
    return write_pairs(tmp_path, images, maps)


def make_net(source, options="", more="", phase="TRAIN", batch_size=2):
    text = f"""layer {{ name: "d" type: "DenseImageData" top: "data" top: "label" {more}
        dense_image_data_param {{ source: "{source.as_posix()}" batch_size: {batch_size} {options}
        }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=3)


def test_images_come_with_their_labels(source, images, maps):
    net = make_net(source, more="transform_param { scale: 0.5 mean_value: 10 }")
    for i, (data, label) in enumerate(batches(net, 4)):
        chosen = [2 * i % 5, (2 * i + 1) % 5]
        np.testing.assert_array_equal(data, (images[chosen].astype("f4") - 10) * 0.5)
        np.testing.assert_array_equal(label, maps[chosen])


def test_gray_images(source):
    assert batches(make_net(source, "is_color: false"), 1)[0][0].shape == (2, 1, 6, 7)


@pytest.mark.parametrize(("factor", "size"), [(1, (9, 4)), (2, (4, 2))])
def test_labels_are_resized_by_their_nearest_pixels(factor, size, source, images, maps):
    options = f"new_height: 9 new_width: 4 label_divide_factor: {factor}"
    data, label = batches(make_net(source, options), 1)[0]
    np.testing.assert_array_equal(data[0], resize_linear(images[0], 9, 4))
    np.testing.assert_array_equal(label[1], resize_nearest(maps[1], *size))


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_windows_are_the_same_in_both_and_random(phase, images, tmp_path):
    maps = images[:, :1].copy()  # the labels tell where each pixel comes from
    source = write_pairs(tmp_path, images, maps)
    net = make_net(source, "crop_height: 3 crop_width: 4 mirror: true", phase=phase)
    seen = set()
    for data, label in batches(net, 20):
        assert data.shape == (2, 3, 3, 4)
        np.testing.assert_array_equal(data[:, :1], label)
        seen |= {label[0].tobytes(), label[1].tobytes()}
    assert len(seen) > 25
    windows = {
        flipped[:, i : i + 3, j : j + 4].astype("f4").tobytes()
        for image in maps
        for flipped in (image, image[:, :, ::-1])
        for i in range(4)
        for j in range(4)
    }
    assert seen <= windows


def test_half_of_the_pairs_are_flipped(source, images, maps):
    net = make_net(source, "mirror: true", batch_size=5)
    flipped = [np.array_equal(label[0], maps[0][:, :, ::-1]) for _, label in batches(net, 40)]
    assert 8 < sum(flipped) < 32


def test_shuffling_keeps_pairs_together(images, tmp_path):
    source = write_pairs(tmp_path, images, images[:, :1])
    net = make_net(source, "shuffle: true", batch_size=5)
    rounds = batches(net, 3)
    for data, label in rounds:
        np.testing.assert_array_equal(data[:, :1], label)
    assert len({label.tobytes() for _, label in rounds}) > 1


def test_rand_skip_begins_later(source, maps):
    firsts = {
        blobnet_net.forward()["label"][0].tobytes()
        for blobnet_net in (
            blobnet.Net(
                blobnet.parse_net(
                    f"""layer {{ name: "d" type: "DenseImageData" top: "data" top: "label"
                    dense_image_data_param {{ source: "{source.as_posix()}" batch_size: 1
                    rand_skip: 5 }} }}"""
                ),
                phase="TEST",
                seed=seed,
            )
            for seed in range(8)
        )
    }
    assert len(firsts) > 1


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "more", "words"),
    [
        ("crop_height: 3", "", "crop_height and crop_width"),
        ("new_width: 3", "", "new_height and new_width"),
        ("", "transform_param { mirror: true }", "Any stochastic transformation"),
        ("", "transform_param { crop_size: 3 }", "Any stochastic transformation"),
        ("crop_height: 9 crop_width: 3", "", "smaller than the crop"),
        ("label_divide_factor: 0", "", "label_divide_factor must be at least 1"),
        ("label_divide_factor: 2", "", r"(.|\n)*labels of 3 x 3"),
        ("label_divide_factor: 9 new_height: 8 new_width: 8", "", "leaves nothing"),
        ("rand_skip: 500", "", "Not enough points to skip"),
    ],
)
def test_bad_settings_are_refused(options, more, words, source):
    with pytest.raises(LayerError, match=f'DenseImageData layer "d": .*{words}'):
        make_net(source, options, more)


def test_no_list_and_no_batch(source, tmp_path):
    with pytest.raises(LayerError, match="Positive batch size"):
        make_net(source, batch_size=0)
    with pytest.raises(DataError, match="the list of images"):
        make_net(tmp_path / "none")


def test_labels_of_another_size_are_refused(images, tmp_path):
    source = write_pairs(tmp_path, images, images[:, :1, :5])
    with pytest.raises(LayerError, match=r"0\.png.*heights and widths must match"):
        make_net(source)


def test_a_label_file_that_is_not_there_is_told(source):
    (source.parent / "1_labels.png").unlink()
    with pytest.raises(DataError, match=r"record \"line 2.*Could not load .*1_labels\.png"):
        make_net(source).forward()
