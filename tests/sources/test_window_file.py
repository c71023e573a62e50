import pytest

from blobnet import DataError
from blobnet.sources.window_file import WindowRow, read_window_file

TEXT = """\
# 0
my images/a.jpg
3
375
500
4
9 0.5 1 2 3 4
8 0.75 -5 6 700 8
7 0.25 9 10 11 12
0 0 13 14 15 16

# 1
b.jpg
3 10 20
0
# 2
c.jpg
1
5
6
1
2 1.0 0 0 5 4
"""


def read(tmp_path, text, fg_threshold=0.5, bg_threshold=0.5):
    path = tmp_path / "windows.txt"
    path.write_text(text, encoding="utf-8")
    return read_window_file(path, fg_threshold, bg_threshold)


def rows(windows):
    return [WindowRow(*row) for row in windows.tolist()]


def test_images_and_windows(tmp_path):
    windows = read(tmp_path, TEXT)
    assert windows.name == str(tmp_path / "windows.txt")
    assert windows.paths == ["my images/a.jpg", "b.jpg", "c.jpg"]
    assert rows(windows.foreground) == [
        WindowRow(0, 7, 9, 1, 2, 3, 4),
        WindowRow(0, 8, 8, -5, 6, 700, 8),
        WindowRow(2, 22, 2, 0, 0, 5, 4),
    ]
    assert rows(windows.background) == [
        WindowRow(0, 9, 0, 9, 10, 11, 12),  # a class that overlaps too little is background
        WindowRow(0, 10, 0, 13, 14, 15, 16),
    ]


def test_windows_between_the_thresholds_are_left_out(tmp_path):
    windows = read(tmp_path, TEXT, 0.6, 0.25)
    assert [window.label for window in rows(windows.foreground)] == [8, 2]
    assert [window.x1 for window in rows(windows.background)] == [13]


def test_foreground_is_asked_for_first(tmp_path):
    windows = read(tmp_path, TEXT, 0.25, 0.9)
    assert [window.label for window in rows(windows.foreground)] == [9, 8, 7, 2]
    assert [window.x1 for window in rows(windows.background)] == [13]


def test_an_overlap_is_compared_in_single_precision(tmp_path):
    text = "# 0\na\n3\n9\n9\n1\n5 0.7 0 0 1 1\n"
    assert len(read(tmp_path, text, 0.699999988079071).foreground) == 1
    assert len(read(tmp_path, text, 0.7).foreground) == 1


def test_lines_may_end_as_on_windows(tmp_path):
    (tmp_path / "w.txt").write_bytes(TEXT.replace("\n", "\r\n").encode())
    windows = read_window_file(tmp_path / "w.txt", 0.5, 0.5)
    assert windows.paths[0] == "my images/a.jpg"
    assert len(windows.foreground) == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("# 0", "0", 1, 'line "# " and the number'),
        ("# 2", "## 2", 16, 'line "# " and the number'),
        ("# 1", "# 2", 12, "numbered 0, 1, 2"),
        ("# 1", "# x", 12, "the number of the image"),
        ("375", "37.5", 4, "height"),
        ("500\n4", "500\n-4", 6, "the number of windows"),
        ("500\n4", "500\n4 9 0.5", 6, "lines of their own"),
        ("9 0.5 1 2 3 4", "9 0.5 1 2 3", 7, "class overlap x1 y1 x2 y2"),
        ("7 0.25 9 10 11 12", "7 0.25 9 10 11 12 13", 9, "class overlap"),
        ("7 0.25 9 10 11 12", "7 0.25 9 10 11 12.5", 9, "all but the overlap whole numbers"),
        ("7 0.25 9 10 11 12", "7 nan 9 10 11 12", 9, "class overlap"),
        ("7 0.25 9 10 11 12", "7 0.25 9 10 11 3000000000", 9, "class overlap"),
        ("7 0.25 9 10 11 12", "7 x 9 10 11 12", 9, "class overlap"),
        ("8 0.75", "0 0.75", 8, "a class above 0"),
        ("8 0.75", "-1 0.75", 8, "a class above 0"),
        ("2 1.0 0 0 5 4\n", "", 21, "1 windows for this image"),
        ("6\n1\n2 1.0 0 0 5 4\n", "", 19, "width"),
    ],
)
def test_a_line_that_does_not_fit_is_named(old, new, line, message, tmp_path):
    assert old in TEXT
    with pytest.raises(
        DataError, match=rf"(?s)windows.txt, line {line}: not a window file.*{message}"
    ):
        read(tmp_path, TEXT.replace(old, new, 1))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_as_windows_writes_it(encoding, tmp_path):
    text = TEXT.replace("my images", "bilder ü").replace("\n", "\r\n") + "\x1a"
    (tmp_path / "w.txt").write_bytes(text.encode(encoding))
    windows = read_window_file(tmp_path / "w.txt", 0.5, 0.5)
    assert windows.paths == ["bilder ü/a.jpg", "b.jpg", "c.jpg"]
    assert len(windows.foreground) == 3


@pytest.mark.parametrize("count", ["4000000000", "9" * 5000])
def test_a_count_in_the_billions_is_not_believed(count, tmp_path):
    with pytest.raises(DataError, match=r"windows.txt, line \d+: not a window file"):
        read(tmp_path, TEXT.replace("500\n4", f"500\n{count}"))


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("7 0.25 9 10\u200b 11 12", "11 12, which holds a zero-width space (U+200B)"),
        ("7 0.25 \u0669 10 11 12", "class overlap x1 y1 x2 y2"),
        ("", "an empty line"),
    ],
)
def test_a_wrong_window_is_shown(new, words, tmp_path):
    with pytest.raises(DataError, match=r"line 9: not a window file") as caught:
        read(tmp_path, TEXT.replace("7 0.25 9 10 11 12", new))
    assert words in str(caught.value)


def test_what_is_no_text_is_told_so(tmp_path):
    (tmp_path / "w.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    with pytest.raises(DataError, match=r"w.txt: no window file(.*\n)*.*a PNG image"):
        read_window_file(tmp_path / "w.txt", 0.5, 0.5)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file(text, tmp_path):
    with pytest.raises(DataError, match=r"windows.txt: Window file is empty"):
        read(tmp_path, text)


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"(?s)Failed to open window file .*no.txt.*current folder"):
        read_window_file(tmp_path / "no.txt", 0.5, 0.5)
