"""find_images and part_images: which images a folder of classes has, and which are for tests."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.datasets.image_folder import counts_by_class, find_images, part_images
from blobnet.errors import DataError


@pytest.fixture
def make(tmp_path):
    def touch(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).touch()
        return tmp_path

    return touch


def test_a_class_is_a_folder_and_all_below_it_are_its_images(make):
    found = find_images(make("b/2.png", "b/1.JPG", "a/deep/down/x.bmp", "c/3.webp"))
    assert found.classes == ["a", "b", "c"]
    assert list(found.parts) == ["train"]
    assert found.parts["train"].paths == ["a/deep/down/x.bmp", "b/1.JPG", "b/2.png", "c/3.webp"]
    assert found.parts["train"].labels.tolist() == [0, 1, 1, 2]
    assert found.others == []


def test_what_is_no_image_is_told_and_what_is_hidden_is_not(make):
    found = find_images(make("a/1.png", "a/notes.txt", "README", "a/.DS_Store", ".git/x.png"))
    assert found.parts["train"].paths == ["a/1.png"]
    assert sorted(found.others) == ["README", "a/notes.txt"]


@pytest.mark.parametrize("test", ["test", "val", "Validation"])
def test_folders_that_are_parted_already_stay_so(make, test):
    make("train/a/1.png", "train/b/1.png")
    found = find_images(make(f"{test}/a/2.png", f"{test}/b/2.png"))
    assert found.classes == ["a", "b"]
    assert found.parts["train"].paths == ["train/a/1.png", "train/b/1.png"]
    assert found.parts["test"].paths == [f"{test}/a/2.png", f"{test}/b/2.png"]
    assert part_images(found, 0.5, np.random.default_rng(0)) is found


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["1.png"], "no folders in it.*\n.*\n.*1 files"),
        (["a/1.png", "b/1.txt"], "b: no images in it"),
        (["train/a/1.png", "test/a/1.png", "test/b/1.png"], "test: its classes.*\n.*\n.*also b"),
        (["train/a/1.png", "train/b/1.png", "test/a/1.png"], "test: its classes.*\n.*\n.*no b"),
    ],
)
def test_folders_that_make_no_classes_are_refused(make, paths, words):
    with pytest.raises(DataError, match=words):
        find_images(make(*paths))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="flowers: no such folder"):
        find_images(tmp_path / "flowers")


def test_links_that_lead_back_end(make):
    folder = make("a/1.png")
    (folder / "a" / "again").symlink_to(folder)
    assert find_images(folder).parts["train"].paths == ["a/1.png"]


SIZES = {"a": 10, "b": 5, "c": 2, "d": 1, "e": 100}


@pytest.fixture
def found(make):
    return find_images(make(*(f"{name}/{i}.png" for name, n in SIZES.items() for i in range(n))))


def test_every_class_gives_its_part(found):
    parted = part_images(found, 0.2, np.random.default_rng(3))
    assert counts_by_class(parted.parts["test"], found.classes) == [2, 1, 1, 0, 20]
    assert counts_by_class(parted.parts["train"], found.classes) == [8, 4, 1, 1, 80]
    both = parted.parts["train"].paths + parted.parts["test"].paths
    assert sorted(both) == sorted(found.parts["train"].paths)
    for part in parted.parts.values():
        labels = [found.classes.index(path[0]) for path in part.paths]
        assert part.labels.tolist() == labels


def test_a_class_is_never_without_images_to_train_with(found):
    parted = part_images(found, 0.999, np.random.default_rng(3))
    assert counts_by_class(parted.parts["train"], found.classes) == [1] * 5


def test_the_seed_decides(found):
    first, again, other = (
        part_images(found, 0.2, np.random.default_rng(seed)).parts["test"].paths
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_no_part_for_tests_where_none_is_wanted(found):
    assert part_images(found, 0, np.random.default_rng(0)) is found
