"""The digits on board: the published cells, a fair split, and an enlargement anyone can redo."""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
import pytest

from blobnet.datasets.digits import MARGIN, enlarge, load_digits, published_cells


def cubic(t: float) -> float:
    """The Catmull-Rom kernel, as a function of the distance."""
    t = abs(t)
    if t < 1:
        return 1.5 * t**3 - 2.5 * t**2 + 1
    return -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2 if t < 2 else 0


def pixel(cells: np.ndarray, row: int, column: int) -> float:
    """One pixel by the textbook: the cells around it, weighed by their distance."""
    step = (8 + 2 * MARGIN) / 28
    y, x = ((at + 0.5) * step - 0.5 - MARGIN for at in (row, column))
    total = sum(cells[i, j] * cubic(y - i) * cubic(x - j) for i in range(8) for j in range(8))
    return min(max(total * 255 / 16, 0), 255)


def test_the_enlargement_is_catmull_rom(rng):
    cells = rng.integers(0, 17, (2, 8, 8), np.uint8)
    expected = [[[pixel(one, i, j) for j in range(28)] for i in range(28)] for one in cells]
    np.testing.assert_allclose(enlarge(cells), expected, rtol=0, atol=0.5 + 1e-9)


def test_a_full_square_stays_full_in_its_middle_and_empty_at_its_border():
    image = enlarge(np.full((1, 8, 8), 16, np.uint8))[0]
    assert (image[8:-8, 8:-8] == 255).all()
    assert image[0].max() < 10
    np.testing.assert_array_equal(image, image[::-1, ::-1])


def test_the_bytes_are_the_same_on_every_machine():
    digest = hashlib.sha256()
    data = load_digits()
    for part in (data.train_images, data.train_labels, data.test_images, data.test_labels):
        digest.update(part.tobytes())
    assert digest.hexdigest() == "cacb407951bab08ebe257e8adb62df53bea0475027c6df0740550e0922e0b138"


def test_the_split_is_balanced_and_complete():
    cells, labels = published_cells()
    assert cells.shape == (1797, 8, 8)
    assert cells.max() == 16
    assert np.bincount(labels[1437:]).tolist() == [36] * 10
    published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # of each digit, as UCI counts
    assert np.bincount(labels).tolist() == published


def test_no_digit_is_there_twice():
    cells, _ = published_cells()
    assert len({one.tobytes() for one in cells}) == 1797


def test_images_and_labels_belong_together():
    cells, labels = published_cells()
    data = load_digits()
    np.testing.assert_array_equal(data.train_images, enlarge(cells[:1437]))
    np.testing.assert_array_equal(data.train_labels, labels[:1437])
    np.testing.assert_array_equal(data.test_images, enlarge(cells[1437:]))
    np.testing.assert_array_equal(data.test_labels, labels[1437:])


def test_neighbours_show_different_digits():
    """A batch in file order must not be all of a kind."""
    labels = load_digits().train_labels
    assert all(len(set(labels[i : i + 64].tolist())) == 10 for i in range(0, 1437 - 64, 64))


@pytest.mark.parametrize("name", ["Alpaydin", "Kaynak", "10.24432/C50P49", "CC BY 4.0", "changed"])
def test_the_authors_are_credited(name):
    folder = resources.files("blobnet.datasets")
    assert name in folder.joinpath("digits_LICENSE.md").read_text(encoding="utf-8")
