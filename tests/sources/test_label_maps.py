import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.label_maps import read_pairs, resize_nearest
from tests.sources.image_files import write_list


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (5, 3, [0, 1, 3]),  # as cv2.resize gives them
        (3, 5, [0, 0, 1, 1, 2]),
        (7, 7, [0, 1, 2, 3, 4, 5, 6]),
        (4, 1, [0]),
        (1, 4, [0, 0, 0, 0]),
        (10, 7, [0, 1, 2, 4, 5, 7, 8]),
    ],
)
def test_each_new_pixel_is_one_of_the_old(old, new, expected):
    image = np.arange(old, dtype=np.uint8)
    wide = resize_nearest(np.broadcast_to(image, (2, 3, old)), 3, new)
    np.testing.assert_array_equal(wide, np.broadcast_to(expected, (2, 3, new)))
    tall = resize_nearest(np.broadcast_to(image[:, None], (2, old, 3)), new, 3)
    np.testing.assert_array_equal(tall[0, :, 0], expected)


def test_words_of_lines(tmp_path):
    path = write_list(tmp_path / "list", ["a.jpg b.png", "  c.jpg\td.png and more", ""])
    pairs = read_pairs(path, 2)
    assert pairs.paths == ["a.jpg", "c.jpg"]
    assert pairs.labels.tolist() == ["b.png", "d.png"]
    assert read_pairs(path, 1).labels.tolist() == ["", ""]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "File is empty"),
        (["", ""], "File is empty"),
        (["a b", "c"], 'line 2: not an image with its labels\n.*expected.*\n.*"c"'),
        (["a b", "", "c d"], "line 2: .*\n.*\n.*an empty line"),
    ],
)
def test_bad_lists_are_refused(lines, words, tmp_path):
    with pytest.raises(DataError, match=words):
        read_pairs(write_list(tmp_path / "list", lines), 2)


def test_a_list_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="the list of images"):
        read_pairs(tmp_path / "none", 2)
