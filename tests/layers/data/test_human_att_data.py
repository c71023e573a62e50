import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from tests.sources.image_files import write_list, write_png

pytest.importorskip("PIL.Image")

ATTRIBUTES = [[0, 1, 0], [1, 1, 0], [0.5, -1, 2], [1, 0, 1]]


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(4, 3, 6, 5), dtype=np.uint8)


@pytest.fixture
def folder(images, tmp_path):
    for i, image in enumerate(images):
        write_png(tmp_path / f"{i}.png", image)
    return tmp_path


def make_net(folder, options="att_num: 3", transform="", rows=ATTRIBUTES):
    lines = [" ".join([f"{i}.png", *map(str, row)]) for i, row in enumerate(rows)]
    source = write_list(folder / "list.txt", lines)
    text = f"""layer {{ name: "d" type: "HumanAttData" top: "data" top: "labels"
        human_att_data_param {{ source: "{source.as_posix()}" root_folder: "{folder.as_posix()}/"
            batch_size: 3 {options} }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), seed=3)


def test_images_and_their_attributes_again_and_again(images, folder):
    net = make_net(folder, transform="mean_value: 104 mean_value: 117 mean_value: 123")
    mean = np.array([104, 117, 123]).reshape(3, 1, 1)
    for chosen in ([0, 1, 2], [3, 0, 1]):
        net.forward()
        np.testing.assert_array_equal(net.blobs["data"].data, images[chosen] - mean)
        np.testing.assert_array_equal(net.blobs["labels"].data, np.array(ATTRIBUTES)[chosen])


def test_sizes_and_crops(folder):
    net = make_net(folder, "att_num: 3 new_height: 12 new_width: 10", "crop_size: 8 mirror: true")
    assert net.blobs["data"].shape == (3, 3, 8, 8)
    assert make_net(folder, "att_num: 3 is_color: false").blobs["data"].shape == (3, 1, 6, 5)


def test_shuffled_rows_stay_with_their_images(images, folder):
    net = make_net(folder, "att_num: 3 shuffle: true rand_skip: 3")
    for _ in range(4):
        net.forward()
        for image, row in zip(net.blobs["data"].data, net.blobs["labels"].data, strict=True):
            own = [i for i, other in enumerate(images) if (other == image).all()]
            np.testing.assert_array_equal(row, ATTRIBUTES[own[0]])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ("", LayerError, "how many attributes"),
        ("att_num: 4", DataError, "not an image with its label"),
        ("att_num: 2", DataError, "cannot be read"),
        ("att_num: 3 new_height: 4", LayerError, "to be set at the same time"),
        ("att_num: 3 rand_skip: 9000", LayerError, "Not enough points to skip"),
    ],
)
def test_what_does_not_fit_is_refused(options, error, message, folder):
    with pytest.raises(error, match=message):
        make_net(folder, options)
