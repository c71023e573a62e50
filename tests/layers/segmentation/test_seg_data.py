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
    return rng.integers(256, size=(3, 3, 10, 13), dtype=np.uint8)


@pytest.fixture
def maps(rng):
    return rng.integers(12, size=(3, 1, 10, 13), dtype=np.uint8)


@pytest.fixture
def source(images, maps, tmp_path):
    return write_pairs(tmp_path, images, maps)


def make_net(source, transform="", options="", phase="TRAIN"):
    text = f"""layer {{ name: "d" type: "SegData" top: "data" top: "label"
        seg_data_param {{ source: "{source.as_posix()}" {options} }}
        transform_param {{ {transform} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, seed=3)


def test_images_come_with_labels_again_and_again(source, images, maps):
    net = make_net(source, "scale: 0.5 mean_value: 1 mean_value: 2 mean_value: 3")
    mean = np.array([1, 2, 3])[:, None, None]
    for i, (data, label) in enumerate(batches(net, 4)):
        np.testing.assert_array_equal(data, [(images[i % 3] - mean) * 0.5])
        np.testing.assert_array_equal(label, [maps[i % 3]])


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("stride: 4", (8, 12)),
        ("upper_size: 7", (7, 7)),
        ("upper_height: 9 upper_width: 3", (9, 3)),
        ("stride: 4 upper_height: 3 upper_width: 20", (3, 12)),
    ],
)
def test_pieces_have_the_size_that_fits(options, size, source, images, maps):
    net = make_net(source, f"{options} mirror: true")
    assert net.blobs["data"].shape == (1, 3, *size)
    places = set()
    for i, (data, label) in enumerate(batches(net, 60)):
        image, labels = images[i % 3], maps[i % 3]
        for top, left in np.ndindex(11 - size[0], 14 - size[1]):
            for step in (1, -1):
                rows, columns = slice(top, top + size[0]), slice(left, left + size[1])
                if (data[0] == image[:, rows, columns][:, :, ::step]).all():
                    assert (label[0] == labels[:, rows, columns][:, :, ::step]).all()
                    places.add((top, left, step))
    assert {each[2] for each in places} == {1, -1}
    if size[0] < 10:
        assert len({each[0] for each in places}) > 1


def test_both_are_resized_by_one_factor(source, images, maps):
    net = make_net(source, "scale_ratios: 0.5 scale_ratios: 1.5")
    heights = set()
    for i, (data, label) in enumerate(batches(net, 60)):
        height, width = data.shape[2:]
        heights.add(height)
        np.testing.assert_array_equal(data[0], resize_linear(images[i % 3], height, width))
        np.testing.assert_array_equal(label[0], resize_nearest(maps[i % 3], height, width))
    assert min(heights) == 5
    assert max(heights) >= 14


def test_pieces_of_one_label_are_drawn_anew(tmp_path, images):
    labels = np.zeros((1, 1, 10, 13), np.uint8)
    labels[:, :, :, 11:] = 1  # a piece of 3 by 3 shows both where it begins at column 9 or 10
    source = write_pairs(tmp_path, images[:1], labels)
    plain, balanced = (
        np.mean([len(np.unique(label)) > 1 for _, label in batches(net, 200)])
        for net in (make_net(source, "upper_size: 3", f"balance: {on}") for on in ("false", "true"))
    )
    assert 0.1 < plain < 0.3
    assert balanced > 0.8


def test_an_order_is_drawn_and_gone_on_with(source, images):
    net, other = (make_net(source, "mirror: true", "shuffle: true") for _ in range(2))
    batches(net, 4)
    state = net.layers[0].get_state()
    expected = batches(net, 5)
    other.layers[0].set_state(state)
    for found, wanted in zip(batches(other, 5), expected, strict=True):
        np.testing.assert_array_equal(found[0], wanted[0])
    seen = {
        int(np.argmax([(image.sum() == data.sum()) for image in images])) for data, _ in expected
    }
    assert seen == {0, 1, 2}


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ("crop_size: 3", "`crop_size` of transform_param has no effect"),
        ('mean_file: "x"', "`mean_file` of transform_param has no effect"),
        ("stride: 0", "stride must be at least 1"),
        ("upper_size: 0", "upper_size must be at least 1"),
        ("scale_ratios: [2, 1]", "must be a range"),
        ("stride: 16", "nothing is left of an image"),
        ("mean_value: [1, 2]", "as many as channels"),
    ],
)
def test_what_makes_no_sense_is_refused(transform, message, source):
    with pytest.raises(LayerError, match=message):
        make_net(source, transform).forward()


def test_labels_of_another_size_are_refused(tmp_path, images, maps):
    with pytest.raises(LayerError, match="differ in size"):
        make_net(write_pairs(tmp_path, images, maps[:, :, :5]))


def test_a_list_is_needed(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        make_net(tmp_path / "none")
