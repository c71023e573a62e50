import pytest

from blobnet.errors import DataError
from blobnet.sources.objects.roi_file import read_film_file, read_roi_file

ROIS = "# 0\na/b.png\n2\n9  165 264 253 372 0\n5 1 2 3 4 1\n# 7\nc.png\n0\n"
FILMS = "# a/film\n2 40 50\n0.png 1\n3 9 1 2 3 4\n1.png\n0\n# b\n1 60 30\nx.png 0"


def read(reader, tmp_path, text):
    path = tmp_path / "list.txt"
    path.write_text(text)
    return reader(path)


def test_images_and_their_objects(tmp_path):
    found = read(read_roi_file, tmp_path, ROIS)
    assert found.paths == ["a/b.png", "c.png"]
    assert found.sizes == [(0, 0)] * 2
    assert found.objects[0].tolist() == [[9, 0, 0, 165, 264, 253, 372], [5, 0, 1, 1, 2, 3, 4]]
    assert found.objects[1].shape == (0, 7)


def test_films_and_what_moves_in_them(tmp_path):
    found, frames = read(read_film_file, tmp_path, FILMS)
    assert frames == [2, 1]
    assert found.paths == ["a/film/0.png", "a/film/1.png", "b/x.png"]
    assert found.sizes == [(40, 50), (40, 50), (60, 30)]
    assert found.objects[0].tolist() == [[9, 0, 0, 1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("reader", "text", "line", "expected"),
    [
        (read_roi_file, "", None, "empty"),
        (read_roi_file, "a.png", 1, '"#" and the number'),
        (read_roi_file, "# 0\n", 2, "the path of the image"),
        (read_roi_file, "# 0\na.png\n2\n1 2 3 4 5 0\n", 3, "as many objects as follow"),
        (read_roi_file, "# 0\na.png\n1\n0 2 3 4 5 0\n", 4, "a class above 0"),
        (read_roi_file, "# 0\na.png\n2\n1 2 3 4 5 0\n1 9 3 4 5 0\n", 5, "x1 <= x2"),
        (read_roi_file, "# 0\na.png\n1\n1 2 3 4.5 5 0\n", 4, "objects: 6 whole numbers"),
        (read_film_file, "# a\n1 40\n", 3, "frames, height and width"),
        (read_film_file, "# a\n0 40 50\n", 2, "as many frames as follow"),
        (read_film_file, "# a\n1 40 50\nx.png 1\n3 0 1 2 3 4", 4, "a class above 0"),
    ],
)
def test_what_is_no_such_list(reader, text, line, expected, tmp_path):
    where = "" if line is None else rf"line {line}: not a window file\n(.*\n)*.*"
    with pytest.raises(DataError, match=rf"list.txt.*{where}{expected}"):
        read(reader, tmp_path, text)
