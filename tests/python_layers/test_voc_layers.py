import json
import random

import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

Image = pytest.importorskip("PIL.Image")

from tests.python_layers.segmentation_files import (  # noqa: E402
    structure,
    write_image,
    write_mat,
    write_text,
)

MEAN = (104.00699, 116.66877, 122.67892)
SIZES = [(4, 6), (5, 3), (2, 2), (3, 7)]


@pytest.fixture
def voc(tmp_path, rng):
    """Four images of different sizes; the labels of image i are i, i + 1 ..."""
    names = [f"2007_{index:06}" for index in range(len(SIZES))]
    for split in ("train", "val"):
        write_text(tmp_path / f"ImageSets/Segmentation/{split}.txt", "\n".join(names) + "\n")
    for index, (name, size) in enumerate(zip(names, SIZES, strict=True)):
        image = np.full((*size, 3), (200, 100, 50), np.uint8)
        write_image(tmp_path / f"JPEGImages/{name}.jpg", image)
        labels = np.arange(index, index + size[0] * size[1], dtype=np.uint8).reshape(size)
        labels[0, 0] = 255
        image = Image.fromarray(labels, mode="L").convert("P", palette=Image.Palette.ADAPTIVE)
        image = Image.frombytes("P", labels.shape[::-1], labels.tobytes())
        image.putpalette(list(rng.integers(256, size=768)))
        (tmp_path / "SegmentationClass").mkdir(exist_ok=True)
        image.save(tmp_path / f"SegmentationClass/{name}.png")
    return tmp_path


def voc_layer(folder, split="val", more="", **run):
    param = f"{{'voc_dir': '{folder}', 'split': '{split}', 'mean': {MEAN}{more}}}"
    return run_python("voc_layers", "VOCSegDataLayer", tops=2, param_str=param, **run)


def index_of(run):
    return SIZES.index(run.top[0].shape[2:])


def follow(run, count):
    """Which images come."""
    found = []
    for _ in range(count):
        run.layer.reshape(run.bottom, run.top)
        run.forward()
        found.append(index_of(run))
    return found


def test_an_image_and_its_labels(voc):
    run = voc_layer(voc)
    assert [blob.shape for blob in run.top] == [(1, 3, 4, 6), (1, 1, 4, 6)]
    means = run.top[0].data[0].mean(axis=(1, 2))
    np.testing.assert_allclose(means, np.array([50, 100, 200]) - MEAN, atol=2)  # blue first
    expected = np.arange(24).reshape(4, 6)
    expected[0, 0] = 255
    np.testing.assert_array_equal(run.top[1].data[0, 0], expected)


def test_a_list_for_validation_is_followed(voc):
    assert follow(voc_layer(voc), 6) == [1, 2, 3, 0, 1, 2]
    assert follow(voc_layer(voc, "train", ", 'randomize': False"), 4) == [1, 2, 3, 0]


def test_a_seed_gives_the_order_of_pythons_random(voc):
    drawn = random.Random(1337)
    expected = [drawn.randint(0, 3) for _ in range(20)]
    run = voc_layer(voc, "train", ", 'seed': 1337")
    assert [index_of(run), *follow(run, 19)] == expected


def test_without_a_seed_the_net_seeds(voc):
    first, same, other = (follow(voc_layer(voc, "train", seed=seed), 20) for seed in (1, 1, 2))
    assert first == same != other
    assert set(first) == {0, 1, 2, 3}


@pytest.mark.parametrize("split", ["train", "val"])
def test_the_place_is_part_of_the_state(split, voc):
    run = voc_layer(voc, split)
    follow(run, 3)
    state = json.loads(json.dumps(run.layer.get_state()))
    expected = follow(run, 10)
    later = voc_layer(voc, split, seed=7)
    later.layer.set_state(state)
    assert follow(later, 10) == expected


@pytest.mark.parametrize(
    "state",
    [{}, {"place": 4, "random": [3, [0] * 625, None]}, {"place": 0, "random": [3, [], None]}],
)
def test_states_that_are_none(state, voc):
    with pytest.raises(LayerError, match="a state of another layer"):
        voc_layer(voc).layer.instance.set_state(state)


BAD = {
    "no folder": lambda voc: voc_layer(voc / "none"),
    "test.txt": lambda voc: voc_layer(voc, "test"),
    "unknown setting": lambda voc: voc_layer(voc, more=", 'sed': 3"),
    '"seed"': lambda voc: voc_layer(voc, more=", 'seed': [1]"),
    '"mean"': lambda voc: voc_layer(voc, more=", 'mean': 3"),
    '"split"': lambda voc: run_python(
        "voc_layers", "VOCSegDataLayer", tops=2,
        param_str=f"{{'voc_dir': '{voc}', 'mean': (1, 2, 3)}}",
    ),
    "number of tops": lambda voc: run_python(
        "voc_layers", "VOCSegDataLayer",
        param_str=f"{{'voc_dir': '{voc}', 'split': 'val', 'mean': (1, 2, 3)}}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("told", BAD)
def test_what_is_not_there_is_told_with_the_layer(told, voc):
    with pytest.raises(LayerError, match=told) as caught:
        BAD[told](voc)
    assert 'Python layer "py", VOCSegDataLayer' in str(caught.value)


def test_files_that_are_missing_or_empty(voc):
    (voc / "SegmentationClass/2007_000000.png").unlink()
    with pytest.raises(LayerError, match=r'"py", VOCSegDataLayer: .*2007_000000\.png'):
        voc_layer(voc)
    write_image(voc / "SegmentationClass/2007_000000.png", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(LayerError, match="no labels"):
        voc_layer(voc)
    write_text(voc / "ImageSets/Segmentation/val.txt", "\n")
    with pytest.raises(LayerError, match="the list is empty"):
        voc_layer(voc)


def test_labels_of_sbdd_lie_in_a_structure(tmp_path):
    labels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    write_text(tmp_path / "train.txt", "a\n")
    write_image(tmp_path / "img/a.jpg", np.zeros((3, 4, 3), np.uint8))
    write_mat(
        tmp_path / "cls/a.mat",
        structure("GTcls", CategoriesPresent=np.float64([[1]]), Segmentation=labels),
    )
    param = f"{{'sbdd_dir': '{tmp_path}', 'split': 'train', 'mean': {MEAN}, 'seed': 1337}}"
    run = run_python("voc_layers", "SBDDSegDataLayer", tops=2, param_str=param)
    np.testing.assert_array_equal(run.top[1].data[0, 0], labels)
    assert run.top[0].shape == (1, 3, 3, 4)
