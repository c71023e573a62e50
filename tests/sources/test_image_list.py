import json
import os

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.image_list import ImageList, ImageListSource, read_image_list
from tests.sources.image_files import write_list


def read(tmp_path, lines, label_count=0):
    return read_image_list(write_list(tmp_path / "list.txt", lines), label_count)


@pytest.fixture
def folder(tmp_path):
    """Five files; the contents are their numbers."""
    for i in range(5):
        (tmp_path / f"{i}.png").write_bytes(b"%d" % i)
    return tmp_path


def make_source(folder, root="", rng=None):
    images = read(folder, [f"{i}.png {i * 10}" for i in range(5)])
    return ImageListSource(images, folder, root, rng)


def numbers(source, count):
    return [int(source.read().datum.data) for _ in range(count)]


# --- the list -------------------------------------------------------------------------------------


def test_the_last_space_divides_path_and_label(tmp_path):
    images = read(tmp_path, ["a.png 3", "my cat.jpg -1", "b  +07", "10 20 30"])
    assert images.paths == ["a.png", "my cat.jpg", "b ", "10 20"]
    assert images.labels.tolist() == [3, -1, 7, 30]
    assert images.name == str(tmp_path / "list.txt")


def test_lines_may_end_as_on_windows_and_the_last_need_not_end(tmp_path):
    (tmp_path / "list.txt").write_bytes(b"a.png 1\r\nb.png 2\r\n\r\n \n")
    assert read_image_list(tmp_path / "list.txt").labels.tolist() == [1, 2]
    (tmp_path / "list.txt").write_bytes(b"a.png 1\nb.png 2")
    assert read_image_list(tmp_path / "list.txt").paths == ["a.png", "b.png"]


def test_a_path_may_have_any_bytes(tmp_path):
    name = b"caf\xe9.png"
    (tmp_path / "list.txt").write_bytes(name + b" 1\n")
    images = read_image_list(tmp_path / "list.txt")
    assert images.paths == [name.decode("utf-8", "surrogateescape")]


def test_a_tab_divides_like_a_space_and_blanks_at_the_end_are_nothing(tmp_path):
    images = read(tmp_path, ["a.png\t3", "my cat.jpg\t-1 ", "a\tb.png 5\t ", "my/a.png \t 6"])
    assert [path.rstrip() for path in images.paths] == [
        "a.png",
        "my cat.jpg",
        "a\tb.png",
        "my/a.png",
    ]
    assert images.labels.tolist() == [3, -1, 5, 6]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_as_windows_writes_it(encoding, tmp_path):
    (tmp_path / "list.txt").write_bytes("bild ü.png 1\r\nb.png 2\r\n\x1a".encode(encoding))
    images = read_image_list(tmp_path / "list.txt")
    assert images.paths == ["bild ü.png", "b.png"]
    assert images.labels.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("b.png 7\u200b", "which holds a zero-width space (U+200B)"),
        ("b.png\u00a07", "which holds a no-break space (U+00A0)"),
        ("b.png \uff17", "which holds a fullwidth digit seven (U+FF17)"),
        ("", "take it out"),
    ],
)
def test_what_cannot_be_seen_in_a_line_is_named(line, words, tmp_path):
    with pytest.raises(DataError) as caught:
        read(tmp_path, ["a.png 1", line, "c.png 3"])
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"\x89HDF\r\n\x1a\n\0\0", b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x1f\x8b\x08"]
)
def test_a_file_that_is_no_list_is_told_so(data, tmp_path):
    (tmp_path / "list.txt").write_bytes(data)
    with pytest.raises(DataError, match=r"list.txt, line 1: (.*\n)*  got: +an? (HDF5|JPEG|gzip)"):
        read_image_list(tmp_path / "list.txt")


def test_a_line_without_an_end_is_no_path(tmp_path):
    with pytest.raises(DataError, match=r"line 1: (.*\n)*.*1048579 characters in one line"):
        read(tmp_path, ["x" * (2**20 + 1) + " 1"])
    assert len(read(tmp_path, ["x" * (2**20 - 2) + " 1"]).paths[0]) == 2**20 - 2


def test_several_labels(tmp_path):
    images = read(tmp_path, ["a.png 1 2.5 -3e2", "my cat 7.png  1\t2   3 "], label_count=3)
    assert images.paths == ["a.png", "my cat 7.png"]
    assert images.labels.tolist() == [[1, 2.5, -300], [1, 2, 3]]


def test_one_label_with_a_fraction(tmp_path):
    images = read(tmp_path, ["a b.png 0.25"], label_count=1)
    assert images.paths == ["a b.png"]
    assert images.labels.tolist() == [[0.25]]


@pytest.mark.parametrize(
    "line",
    ["b.png", "b.png 0.5", "b.png 7x", "b.png ", "b.png x", " 7", "b.png\xa07", "b 2147483648",
     "b.png 1_0", "b.png \u0663"],
)  # fmt: skip
def test_a_line_without_a_whole_number_is_named(line, tmp_path):
    with pytest.raises(
        DataError, match=r"(?s)list.txt, line 2: not an image with its label.*label_count"
    ):
        read(tmp_path, ["a.png 1", line, "c.png 3"])


@pytest.mark.parametrize(
    "line", ["b.png 1", "b.png 1 x", "1 2", "", "b 1 nan", "b 1 inf", "b 1 1e39", "1"]
)
def test_a_line_with_too_few_numbers_is_named(line, tmp_path):
    with pytest.raises(DataError, match=r"(?s)line 2: .*a path, and 2 numbers after it"):
        read(tmp_path, ["a.png 1 2", line, "c.png 3 4"], label_count=2)


@pytest.mark.parametrize("text", ["", "\n", " \r\n \n"])
def test_an_empty_list(text, tmp_path):
    (tmp_path / "list.txt").write_text(text)
    with pytest.raises(DataError, match=r"list.txt: File is empty"):
        read_image_list(tmp_path / "list.txt")


def test_a_missing_list(tmp_path):
    with pytest.raises(DataError, match=r"(?s)the list of images .*no.txt: cannot.*current folder"):
        read_image_list(tmp_path / "no.txt")


# --- the files ------------------------------------------------------------------------------------


def source_of(folder, *paths):
    return ImageListSource(read(folder, [f"{path} 1" for path in paths]), folder)


def test_blanks_between_path_and_label_are_no_part_of_the_path(folder):
    assert numbers(source_of(folder, "1.png  ", "  2.png \t"), 2) == [1, 2]


def test_a_name_that_does_end_with_a_blank_is_found(folder):
    (folder / "1.png ").write_bytes(b"77")
    assert numbers(source_of(folder, "1.png "), 1) == [77]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_what_is_no_file_any_more_is_named_with_its_line(folder):
    source = source_of(folder, "0.png", "1.png")
    (folder / "1.png").unlink()
    os.mkfifo(folder / "1.png")
    source.read()
    with pytest.raises(DataError, match=r"list.txt, line 2: Could not load .*1.png(.*\n)*.*a pipe"):
        source.read()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a\0b", "a NUL (U+0000)"),
        ("a\u200b.png", "a zero-width space (U+200B)"),
        ("x" * 5000, "too long"),
        ("none.png", "put together as they stand"),
    ],
)
def test_a_path_that_leads_nowhere_is_named_with_its_line(path, words, folder):
    source = ImageListSource(ImageList("list.txt", [path], np.array([1])), folder)
    with pytest.raises(DataError, match=r"list.txt, line 1: Could not load") as caught:
        source.read()
    assert words in str(caught.value)
    assert len(str(caught.value)) < 2000


# --- the source -----------------------------------------------------------------------------------


def test_images_come_in_the_order_of_the_list_and_round(folder):
    source = make_source(folder)
    record = source.read()
    assert record.key == "line 1: 0.png"
    assert record.datum.encoded
    assert record.label == 0
    assert source.read().label == 10
    assert numbers(source, 6) == [2, 3, 4, 0, 1, 2]


def test_every_round_is_shuffled_anew(folder):
    source = make_source(folder, rng=np.random.default_rng(1))
    rounds = [numbers(source, 5) for _ in range(20)]
    assert all(sorted(order) == list(range(5)) for order in rounds)
    assert len({tuple(order) for order in rounds}) > 10


def test_labels_stay_with_their_images(folder):
    source = make_source(folder, rng=np.random.default_rng(1))
    records = [source.read() for _ in range(10)]
    assert all(int(record.datum.data) * 10 == record.label for record in records)
    assert all(record.key.startswith(f"line {record.label // 10 + 1}: ") for record in records)


def test_the_generator_given_is_left_alone(folder):
    rng = np.random.default_rng(7)
    numbers(make_source(folder, rng=rng), 12)
    assert rng.bit_generator.state == np.random.default_rng(7).bit_generator.state


def test_the_root_is_put_in_front_as_it_stands(folder):
    (folder / "x").mkdir()
    (folder / "x" / "0.png").write_bytes(b"70")
    (folder / "x0.png").write_bytes(b"80")
    assert numbers(make_source(folder, "x/"), 1) == [70]
    assert numbers(make_source(folder, "x"), 1) == [80]
    assert numbers(make_source(folder, f"{folder}/"), 1) == [0]


@pytest.mark.parametrize("seed", [None, 5])
@pytest.mark.parametrize("before", [0, 1, 4, 5, 13])
def test_a_state_leads_back(seed, before, folder):
    def make(seed):
        return make_source(folder, rng=None if seed is None else np.random.default_rng(seed))

    source = make(seed)
    source.skip(before)
    state = json.loads(json.dumps(source.get_state()))
    expected = numbers(source, 12)
    other = make(seed and seed + 1)
    other.set_state(state)
    assert other.get_state() == state
    assert numbers(other, 12) == expected


def test_peek_stays(folder):
    source = make_source(folder, rng=np.random.default_rng(1))
    source.skip(4)  # the last of a round
    assert source.peek().label == source.peek().label == source.read().label


def test_a_state_of_another_list_is_refused(folder):
    source = make_source(folder)
    state = source.get_state()
    for change in ({"image": "z.png"}, {"at": 5}, {"at": -1}):
        with pytest.raises(DataError, match="the list has changed"):
            source.set_state({**state, **change})
    with pytest.raises(ValueError, match="shuffled in one"):
        source.set_state({**state, "rng": np.random.default_rng(0).bit_generator.state})
    shuffled = make_source(folder, rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="shuffled in one"):
        shuffled.set_state(state)


@pytest.mark.parametrize("damage", ["gone", "folder"])
def test_a_missing_image_is_named_whenever_its_turn_comes(damage, folder):
    (folder / "2.png").unlink()
    if damage == "folder":
        (folder / "2.png").mkdir()
    source = make_source(folder)
    assert numbers(source, 2) == [0, 1]
    for _ in range(2):
        with pytest.raises(DataError, match=r"list.txt, line 3: Could not load .*2.png: "):
            source.read()


def test_images_may_be_shuffled_in_groups(folder):
    images = read(folder, [f"{i}.png {i * 10}" for i in range(5)])
    source = ImageListSource(images, folder, "", np.random.default_rng(1), 2)
    rounds = np.reshape(numbers(source, 40), (10, 2, 2))
    assert (np.diff(rounds, axis=2) == 1).all()  # neighbours; the fifth image is left over
    assert {tuple(sorted(each[:, 0].tolist())) for each in rounds} == {(0, 2)}
    assert len({tuple(each[:, 0].tolist()) for each in rounds}) == 2
    state = source.get_state()
    expected = numbers(source, 6)
    source.set_state(state)
    assert numbers(source, 6) == expected
