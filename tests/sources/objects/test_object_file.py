import pytest

from blobnet.errors import DataError
from blobnet.sources.objects.object_file import OF_CASCADE, OF_MSCNN, read_object_file

MSCNN = (
    "# 0\na/b.png\n3 40 50\n2\n1 0 3 4 30 20\n7 1 -2 0 5 6\n1\n9 8 7 6\n# 1\nc.png 3 60 30 0 0\n"
)
CASCADE = "# 5 x.jpg 3 40 50 1 2 0 1 3 4 30 20 0"


def read(tmp_path, text, numbers):
    path = tmp_path / "list.txt"
    path.write_text(text)
    return read_object_file(path, numbers)


def test_images_objects_and_regions_of_mscnn(tmp_path):
    found = read(tmp_path, MSCNN, OF_MSCNN)
    assert found.paths == ["a/b.png", "c.png"]
    assert found.sizes == [(40, 50), (60, 30)]
    assert found.objects[0].tolist() == [[1, 0, 0, 3, 4, 30, 20], [7, 1, 0, -2, 0, 5, 6]]
    assert found.objects[1].shape == (0, 7)
    assert found.regions[0].tolist() == [[9, 8, 7, 6]]


def test_objects_of_cascade_rcnn_may_be_difficult(tmp_path):
    found = read(tmp_path, CASCADE, OF_CASCADE)
    assert found.objects[0].tolist() == [[2, 0, 1, 3, 4, 30, 20]]
    assert found.regions[0].shape == (0, 4)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("a.png", 1, '"#" and the number'),
        ("# x\na.png", 1, "the number of the image"),
        ("# 0\n", 2, "the path of the image"),
        ("# 0\na.png\n3 40\n", 4, "channels, height and width"),
        ("# 0\na.png\n3 40 50\n1\n1 0 3 4 30 2.5\n0", 5, "objects: 6 whole numbers"),
        ("# 0\na.png\n3 40 50\n2\n1 0 3 4 30 2\n", 4, "as many objects as follow"),
        ("# 0\na.png\n3 40 50\n-1\n", 4, "as many objects as follow"),
        ("# 0\na.png\n3 40 50\n1\n0 0 3 4 30 25\n0", 5, "a class above 0"),
        ("# 0\na.png\n3 40 50\n1\n99999999999 0 3 4 30 25\n0", 5, "objects: 6 whole"),
        ("# 0\na.png\n3 40 50\n0\n9000000000000000000\n", 5, "the number of regions"),
        (MSCNN + "b.png", 11, '"#" and the number'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, line, expected, tmp_path):
    with pytest.raises(DataError, match=rf"line {line}: not a window file\n.*{expected}"):
        read(tmp_path, text, OF_MSCNN)


def test_a_list_of_the_other_fork_is_refused(tmp_path):
    with pytest.raises(DataError, match="objects of 7 numbers: class, ignored, difficult"):
        read(tmp_path, MSCNN, OF_CASCADE)


def test_an_empty_file(tmp_path):
    with pytest.raises(DataError, match="Window file is empty"):
        read(tmp_path, "\n", OF_MSCNN)


def test_an_image_is_no_list(tmp_path):
    (tmp_path / "list.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    with pytest.raises(DataError):
        read_object_file(tmp_path / "list.txt", OF_MSCNN)
