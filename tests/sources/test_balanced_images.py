import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from tests.sources.image_files import write_list, write_png

pytest.importorskip("PIL.Image")

LABELS = [0, 0, 0, 1, 2, 2]


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(6, 3, 4, 5), dtype=np.uint8)


@pytest.fixture
def source(images, tmp_path):
    files = [write_png(tmp_path / f"{i}.png", image) for i, image in enumerate(images)]
    lines = [f"{file.as_posix()} {label}" for file, label in zip(files, LABELS, strict=True)]
    return write_list(tmp_path / "list.txt", lines)


def make_net(source, options="balance_class: true", tops=2, seed=3):
    names = " ".join(f'top: "{name}"' for name in ("data", "label", "weight")[:tops])
    text = f"""layer {{ name: "d" type: "ImageData" {names}
        image_data_param {{ source: "{source.as_posix()}" batch_size: 3 {options} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), seed=seed)


def chosen(net, images, count):
    """The numbers of the images of so many batches."""
    found = []
    for _ in range(count):
        net.forward()
        sums = [image.sum() for image in images]
        found.append([sums.index(item.sum()) for item in net.blobs["data"].data])
    return np.array(found)


def test_classes_take_turns_and_no_image_comes_twice_before_all_have(source, images):
    net = make_net(source)
    found = chosen(net, images, 12)
    np.testing.assert_array_equal(np.array(LABELS)[found], [[0, 1, 2]] * 12)
    for start in range(0, 12, 3):
        assert sorted(found[start : start + 3, 0]) == [0, 1, 2]
    for start in range(0, 12, 2):
        assert sorted(found[start : start + 2, 2]) == [4, 5]
    assert len({tuple(found[start : start + 3, 0]) for start in range(0, 12, 3)}) > 1


def test_a_state_goes_on_with_the_next_image(source, images):
    net, other = make_net(source), make_net(source, seed=8)
    chosen(net, images, 2)
    state = net.layers[0].get_state()
    expected = chosen(net, images, 5)
    other.layers[0].set_state(state)
    np.testing.assert_array_equal(chosen(other, images, 5), expected)


@pytest.mark.parametrize(
    "wrong", [{"class": 7}, {"places": [0, 1, 0]}, {"rounds": [0]}, {"seed": -1}, {"image": "x"}]
)
def test_a_foreign_state_is_refused(wrong, source):
    layer = make_net(source).layers[0]
    state = layer.get_state()
    state["source"] = {**state["source"], **wrong}
    with pytest.raises((LayerError, DataError)):
        layer.set_state(state)


def test_a_third_top_has_the_weights_of_classes(source):
    net = make_net(source, "", tops=3)
    net.forward()
    np.testing.assert_allclose(net.blobs["weight"].data, [2 / 3] * 3)  # 2 images a class on average
    net.forward()
    np.testing.assert_allclose(net.blobs["weight"].data, [2, 1, 1])


@pytest.mark.parametrize(("labels", "got"), [([0, 0, 2], "label 1 without"), ([0, 1, -1], "-1")])
def test_classes_without_images_cannot_be_balanced(labels, got, tmp_path, images):
    files = [write_png(tmp_path / f"{i}.png", image) for i, image in enumerate(images[:3])]
    lines = [f"{file.as_posix()} {label}" for file, label in zip(files, labels, strict=True)]
    with pytest.raises(DataError, match=f"cannot be balanced(\n.*)*{got}"):
        make_net(write_list(tmp_path / "list.txt", lines))
