"""save_confusion: the picture of a confusion matrix."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from blobnet.viz.confusion import save_confusion


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_rows_are_shaded_by_their_shares(tmp_path):
    def darkest(matrix):
        path = save_confusion(np.array(matrix), ["a", "b"], tmp_path / "m.png", "heading")
        return np.count_nonzero(pixels(path).sum(axis=2) < 120)

    assert darkest([[9, 0], [0, 9]]) > 2 * darkest([[5, 4], [4, 5]])


@pytest.mark.parametrize("classes", [1, 3, 21, 150])
def test_any_number_of_classes_fits(tmp_path, classes, rng):
    matrix = rng.integers(0, 20000, (classes, classes))
    names = [f"class $ {number} \n with a very long name indeed" for number in range(classes)]
    image = pixels(save_confusion(matrix, names, tmp_path / "m.png", "heading"))
    assert 300 < image.shape[0] < 2000
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 20


def test_a_matrix_without_items_is_drawn(tmp_path):
    assert pixels(save_confusion(np.zeros((2, 2), int), ["a", "b"], tmp_path / "m.png", "")).size
