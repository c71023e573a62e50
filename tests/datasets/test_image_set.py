"""convert_image_set: the records that Caffe's tool writes."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from PIL import Image

from blobnet.datasets.image_set import ImageSettings, convert_image_set
from blobnet.errors import DataError
from blobnet.ops.images.resize import resize_linear
from blobnet.sources.image import decode_image
from blobnet.sources.image_list import read_image_list
from tests.datasets.databases import names, records
from tests.sources.image_files import write_list, write_png


@pytest.fixture
def images(tmp_path, rng):
    """Six images of 4 x 6, three channels, blue first; the path of the fourth has blanks."""
    made = rng.integers(0, 256, (6, 3, 4, 6), np.uint8)
    for number, image in enumerate(made):
        write_png(tmp_path / "set" / name(number), image)
    return made


def name(number):
    return "a b/3 x.png" if number == 3 else f"{number}.PNG"


@pytest.fixture
def convert(tmp_path, images):
    def run(backend="lmdb", lines=None, rng=None, progress=lambda done: None, **settings):
        lines = lines or [f"{name(number)} {number + 10}" for number in range(6)]
        listed = read_image_list(write_list(tmp_path / "list.txt", lines), missing_label=0)
        root = f"{tmp_path}/set/"
        done = convert_image_set(
            root,
            listed,
            tmp_path / "db",
            backend,
            ImageSettings(**settings),
            rng=rng,
            progress=progress,
        )
        return done, records(tmp_path / "db", backend)

    return run


def as_array(datum):
    shape = (datum.channels, datum.height, datum.width)
    return np.frombuffer(datum.data, np.uint8).reshape(shape)


@pytest.mark.parametrize("backend", ["lmdb", "leveldb"])
def test_records_have_caffe_s_keys_pixels_and_bytes(convert, images, backend):
    done, found = convert(backend)
    assert done == (6, 0)
    assert [key for key, _ in found] == [f"{n:08d}_{name(n)}" for n in range(6)]
    for number, (_, datum) in enumerate(found):
        assert np.array_equal(as_array(datum), images[number])
        # channels 3, height 4, width 6, 72 bytes; label; encoded, said to be false
        start, end = b"\x08\x03\x10\x04\x18\x06\x22\x48", bytes([0x28, 10 + number, 0x38, 0])
        assert datum.SerializeToString() == start + images[number].tobytes() + end


def test_gray_and_a_size(convert, images, tmp_path):
    _, found = convert(gray=True, resize_height=7, resize_width=5)
    for number, (_, datum) in enumerate(found):
        gray = decode_image((tmp_path / "set" / name(number)).read_bytes(), "gray")
        assert np.array_equal(as_array(datum), resize_linear(gray, 7, 5))
        assert as_array(datum).shape == (1, 7, 5)


def test_one_side_alone_changes_nothing_and_that_is_told(convert, images, warnings):
    found = []
    assert "keep their sizes" in warnings(lambda: found.extend(convert(resize_width=5)[1]))[0]
    assert np.array_equal(as_array(found[0][1]), images[0])


def test_a_shuffled_list_has_numbers_in_its_new_order(convert, images):
    _, found = convert(rng=np.random.default_rng(4))
    order = np.random.default_rng(4).permutation(6)
    assert order.tolist() != list(range(6))
    assert [key for key, _ in found] == [f"{at:08d}_{name(n)}" for at, n in enumerate(order)]
    assert [datum.label for _, datum in found] == [10 + n for n in order]
    assert all(
        np.array_equal(as_array(d), images[n]) for (_, d), n in zip(found, order, strict=True)
    )


# --- encoded --------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"gray": True}, {"encode_type": "png"}])
def test_where_nothing_changes_the_file_itself_is_kept(convert, tmp_path, settings):
    _, found = convert(encoded=True, **settings)
    for number, (_, datum) in enumerate(found):
        data = (tmp_path / "set" / name(number)).read_bytes()
        end = bytes([0x28, 10 + number, 0x38, 1])
        assert datum.SerializeToString() == b"\x22" + bytes([*varint(len(data))]) + data + end


def varint(number):
    return (number,) if number < 128 else (number & 127 | 128, number >> 7)


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({"encode_type": "bmp"}, (3, 4, 6)),
        ({"encode_type": "bmp", "gray": True}, (1, 4, 6)),
        ({"encoded": True, "resize_height": 8, "resize_width": 8}, (3, 8, 8)),
        ({"encoded": True, "resize_width": 8}, (3, 4, 6)),
    ],
)
def test_what_changes_is_encoded_anew(convert, images, tmp_path, settings, shape):
    _, found = convert(**settings)
    for number, (_, datum) in enumerate(found):
        assert datum.encoded
        assert not datum.HasField("channels")
        assert datum.data != (tmp_path / "set" / name(number)).read_bytes()
        pixels = decode_image(datum.data)
        assert pixels.shape == shape
        if shape == (3, 4, 6):
            assert np.array_equal(pixels, images[number])


def test_jpg_and_jpeg_are_the_same(convert, tmp_path):
    for ending in ("jpeg", "jpg"):
        Image.new("RGB", (8, 8), (9, 90, 200)).save(tmp_path / "set" / f"x.{ending}", quality=50)
    _, found = convert(encode_type="jpg", lines=["x.jpeg 0", "x.jpg 1"])
    assert [d.data for _, d in found] == [(tmp_path / "set" / "x.jpeg").read_bytes()] * 2


def test_a_form_that_is_not_known_is_refused_at_once(convert, tmp_path):
    with pytest.raises(DataError, match="cannot be encoded like that"):
        convert(encode_type="gif")
    assert names(tmp_path) == {"set", "list.txt"}


# --- what goes wrong ------------------------------------------------------------------------------


def test_an_image_that_cannot_be_read_is_told_and_left_out(convert, tmp_path, caplog):
    (tmp_path / "set" / "broken.png").write_bytes((tmp_path / "set" / "0.PNG").read_bytes()[:60])
    (tmp_path / "set" / "folder.png").mkdir()
    lines = ["broken.png 1", "0.PNG 2", "missing.png 3", "folder.png 4", "1.PNG"]
    with caplog.at_level(logging.INFO, "blobnet"):
        done, found = convert(lines=lines)
    assert done == (2, 3)
    assert [(key, datum.label) for key, datum in found] == [
        ("00000001_0.PNG", 2),
        ("00000004_1.PNG", 0),
    ]
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    root = f"Could not open or find file {tmp_path}/set/"
    assert [error[: len(root) + 7] for error in errors] == [
        f"{root}broken.",
        f"{root}missing",
        f"{root}folder.",
    ]
    assert errors[1] == f"{root}missing.png: cannot be read (No such file or directory)"
    assert "3 of 5 images could not be read and are left out" in caplog.messages
    assert any("1 lines have no label; it is 0 there" in text for text in caplog.messages)


def test_where_none_can_be_read_there_is_no_database(convert, tmp_path):
    with pytest.raises(DataError, match=r"not one of the images can be read\n(.*\n)*.*a slash\?"):
        convert(lines=["nothing.png 1"])
    assert names(tmp_path) == {"set", "list.txt"}


@pytest.mark.parametrize("settings", [{}, {"encoded": True}])
def test_sizes_are_compared_when_asked(convert, tmp_path, settings):
    write_png(tmp_path / "set" / "large.png", np.zeros((3, 5, 6), np.uint8))
    write_png(tmp_path / "set" / "turned.png", np.zeros((3, 6, 4), np.uint8))
    lines = ["0.PNG 0", "turned.png 0", "large.png 0"]
    with pytest.raises(DataError, match=r"line 3: Incorrect data field size 90\n.*72 values"):
        convert(lines=lines, check_size=True, **settings)
    assert "db" not in names(tmp_path)
    assert convert(lines=lines, **settings)[0].written == 3


def test_the_log_and_the_progress(convert, caplog, tmp_path):
    steps = []
    with caplog.at_level(logging.INFO, "blobnet"):
        convert(lines=["0.PNG 0"] * 2001, encode_type="png", progress=steps.append)
    assert caplog.messages == [
        "A total of 2001 images.",
        "encode_type specified, assuming encoded=true.",
        f"Opened lmdb {tmp_path / 'db'}",
        *(f"Processed {count} files." for count in (1000, 2000, 2001)),
    ]
    assert steps == list(range(1, 2002))


def test_a_path_may_be_no_utf_8(convert, tmp_path, images):
    path = tmp_path / "set" / "0.PNG"
    try:
        (tmp_path / "set" / "caf\udce9.png").write_bytes(path.read_bytes())
    except (OSError, UnicodeError):
        pytest.skip("this file system takes UTF-8 only")
    (tmp_path / "list.txt").write_bytes(b"caf\xe9.png 3\n")
    listed = read_image_list(tmp_path / "list.txt")
    convert_image_set(f"{tmp_path}/set/", listed, tmp_path / "db")
    assert records(tmp_path / "db")[0][0] == r"00000000_caf\xe9.png"
