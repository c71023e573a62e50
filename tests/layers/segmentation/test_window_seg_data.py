import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError

Image = pytest.importorskip("PIL.Image")

from blobnet.ops.images.resize import resize_linear  # noqa: E402
from blobnet.sources.label_maps import resize_nearest  # noqa: E402
from tests.layers.segmentation.pairs import batches, write_pairs  # noqa: E402
from tests.sources.image_files import write_list  # noqa: E402

WINDOWS = [(1, 2, 5, 4), (-2, -1, 3, 6), (4, 3, 9, 7), (20, 20, 21, 22)]


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(4, 3, 6, 8), dtype=np.uint8)


@pytest.fixture
def maps(rng):
    return rng.integers(12, size=(4, 1, 6, 8), dtype=np.uint8)


@pytest.fixture
def source(images, maps, tmp_path):
    pairs = write_pairs(tmp_path, images, maps).read_text().splitlines()
    lines = [f"{pair} {' '.join(map(str, w))}" for pair, w in zip(pairs, WINDOWS, strict=True)]
    return write_list(tmp_path / "windows.txt", lines)


def make_net(source, options="label_type: PIXEL", transform="", phase="TRAIN", v1=False):
    head = (
        'layers { name: "d" type: WINDOW_SEG_DATA'
        if v1
        else 'layer { name: "d" type: "WindowSegData"'
    )
    text = f"""{head} top: "data" top: "label" {"" if v1 else 'top: "size"'}
        image_data_param {{ source: "{source.as_posix()}" batch_size: 1 {options} }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=3)


def window(image, places, beside):
    x1, y1, x2, y2 = places
    found = np.full((len(image), y2 - y1 + 1, x2 - x1 + 1), beside, image.dtype)
    for y in range(y1, y2 + 1):
        for x in range(x1, x2 + 1):
            if 0 <= y < image.shape[1] and 0 <= x < image.shape[2]:
                found[:, y - y1, x - x1] = image[:, y, x]
    return found


def test_windows_and_what_lies_beside_the_image(source, images, maps):
    net = make_net(source, "label_type: PIXEL ignore_label: 99", "mean_value: 2")
    for i, (data, label, size) in enumerate(batches(net, 6)):
        places = WINDOWS[i % 4]
        np.testing.assert_array_equal(data[0], window(images[i % 4], places, 0) - 2.0)
        np.testing.assert_array_equal(label[0], window(maps[i % 4], places, 99))
        shape = data.shape[2:]
        np.testing.assert_array_equal(size, [[[[min(6, shape[0]), min(8, shape[1])]]]])


def test_windows_of_one_size(source, images, maps):
    net = make_net(source, "label_type: PIXEL new_height: 9 new_width: 7", v1=True)
    for i, (data, label) in enumerate(batches(net, 4)):
        seen, labels = window(images[i], WINDOWS[i], 0), window(maps[i], WINDOWS[i], 255)
        np.testing.assert_array_equal(data[0], resize_linear(seen, 9, 7))
        np.testing.assert_array_equal(label[0], resize_nearest(labels, 9, 7))


def test_a_crop_of_the_middle(source, images, maps):
    options = "label_type: PIXEL new_height: 6 new_width: 8"
    net = make_net(source, options, "crop_size: 4", phase="TEST")
    data, label, size = batches(net, 1)[0]
    whole = resize_linear(window(images[0], WINDOWS[0], 0), 6, 8)
    np.testing.assert_array_equal(data[0], whole[:, 1:5, 2:6])
    assert label.shape == (1, 1, 4, 4)
    np.testing.assert_array_equal(size, [[[[4, 4]]]])


def test_one_label_for_a_window_or_none(source, tmp_path):
    paths = [line.split()[0] for line in source.read_text().splitlines()]
    whole = write_list(tmp_path / "whole", [f"{path} 7 6 4 9 6" for path in paths])
    label = batches(make_net(whole, "label_type: IMAGE"), 1)[0][1]
    np.testing.assert_array_equal(label[0, 0], [[7, 7, 255, 255]] * 2 + [[255] * 4])
    none = write_list(tmp_path / "none", [f"{path} 0 0 1 1" for path in paths])
    assert (batches(make_net(none, "label_type: NONE ignore_label: 5"), 1)[0][1] == 5).all()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0.png labels.png 1 2 3", "not a window"),
        ("0.png labels.png 1 2 3 x", "not a window"),
        ("0.png labels.png 1 2 3 99999999999", "not a window"),
        ("0.png labels.png 3 2 1 4", "an empty window"),
        ("", "File is empty"),
    ],
)
def test_lists_that_are_none(line, message, tmp_path):
    with pytest.raises(DataError, match=message):
        make_net(write_list(tmp_path / "list.txt", [line]))


def test_a_window_that_no_memory_holds(source, tmp_path):
    first = " ".join(source.read_text().splitlines()[0].split()[:2])
    path = write_list(tmp_path / "list.txt", [f"{first} 0 0 99999999 99999999"])
    with pytest.raises(DataError, match="a window of"):
        make_net(path)


def test_labels_of_another_size(source, tmp_path):
    Image.fromarray(np.zeros((3, 3), np.uint8)).save(tmp_path / "small.png")
    first = source.read_text().split()[0]
    path = write_list(tmp_path / "list.txt", [f"{first} {tmp_path / 'small.png'} 0 0 1 1"])
    with pytest.raises(DataError, match="differ in size"):
        make_net(path)


def test_a_mean_file_is_refused(source):
    with pytest.raises(LayerError, match="does not support mean file"):
        make_net(source, transform='mean_file: "x"')
