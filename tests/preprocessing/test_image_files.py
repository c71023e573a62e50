from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.preprocessing.image_files import find_images, read_image

Image = pytest.importorskip("PIL.Image")


def test_pixels_are_blue_green_red(tmp_path):
    pixels = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)  # red, green, blue
    Image.fromarray(pixels).save(tmp_path / "a.png")
    read = read_image(tmp_path / "a.png")
    assert read.dtype == np.uint8
    assert read.tolist() == [[[30, 60]], [[20, 50]], [[10, 40]]]
    assert read_image(tmp_path / "a.png", gray=True).shape == (1, 1, 2)


def test_what_is_no_image_is_named(tmp_path):
    (tmp_path / "a.png").write_text("text")
    with pytest.raises(blobnet.DataError, match=r"a\.png: the image cannot be decoded"):
        read_image(tmp_path / "a.png")
    with pytest.raises(blobnet.DataError, match=r"gone\.png"):
        read_image(tmp_path / "gone.png")


def test_a_folder_stands_for_the_images_in_it(tmp_path):
    for name in ("b/2.JPG", "b/10.png", "a.bmp", "notes.txt", "b/.hidden/x.jpeg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_images([tmp_path / "notes.txt", tmp_path])
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["notes.txt", "a.bmp", "b/.hidden/x.jpeg", "b/10.png", "b/2.JPG"]


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(blobnet.DataError, match="no image in this folder"):
        find_images([tmp_path])
