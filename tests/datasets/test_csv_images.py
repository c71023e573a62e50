"""Images as lines of text: every spelling of a table, and every way for one to be wrong."""

from __future__ import annotations

import gzip
import tracemalloc

import lmdb
import numpy as np
import pytest

import blobnet
from blobnet.datasets import csv_images, to_lmdb
from blobnet.datasets.csv_images import CsvImages, csv_to_lmdb
from blobnet.errors import DataError
from blobnet.proto import Datum
from blobnet.sources import lmdb_writer

NET = """
    layer { name: "d" type: "Data" top: "data" top: "label"
      data_param { source: "%s" batch_size: 5 backend: LMDB } }
"""


@pytest.fixture
def csv(tmp_path):
    """A function that writes a file, and its path."""

    def write(content, name="images.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(path, **options):
    """[(label, pixels as nested lists)], and what was found on the way."""
    images = CsvImages(path, **options)
    return [(label, image.tolist()) for image, label in images], images


def test_every_line_is_a_label_and_a_square_of_pixels(csv):
    found, images = read(csv("5,0,12,255,7\n0,1,2,3,4\n"))
    assert found == [(5, [[[0, 12], [255, 7]]]), (0, [[[1, 2], [3, 4]]])]
    assert (images.shape, images.labels, images.header) == ((1, 2, 2), (0, 5), None)
    assert images.bytes_read == images.size == 23


SAME = [(5, [[[0, 12], [255, 7]]])]


@pytest.mark.parametrize(
    "text",
    [
        "5,0,12,255,7",
        "5,0,12,255,7\r\n",
        "\ufeff5,0,12,255,7\n",
        "\n\n5, 0, 12, 255, 7 \n\n",
        '"5","0","12","255","7"\n',
        "5.0,0.0,12.0,255.,7.0\n",
        "5.000000000000000000e+00,0.0e+00,1.2e+01,2.55e+02,7e0\n",
        "+5,+0,012,255,7\n",
    ],
)
def test_whole_numbers_may_be_spelled_in_many_ways(text, csv):
    assert read(csv(text))[0] == SAME


@pytest.mark.parametrize(
    "header", ["label,1x1,1x2,2x1,2x2", '"label","a","b","c","d"', "label,0,1,2,3", ",0,1,2,3"]
)
def test_a_first_line_whose_first_field_is_no_number_is_a_header(header, csv):
    found, images = read(csv(f"{header}\n5,0,12,255,7\n"))
    assert found == SAME
    assert images.header == header


def test_a_stated_shape_is_taken_channel_by_channel(csv):
    found, images = read(csv("1,1,2,3,4,5,6\n"), shape=(3, 1, 2))
    assert found == [(1, [[[1, 2]], [[3, 4]], [[5, 6]]])]
    assert images.shape == (3, 1, 2)


def test_the_file_may_be_gzipped(csv):
    path = csv(gzip.compress(b"label,a,b,c,d\n5,0,12,255,7\n", mtime=0), "images.csv.gz")
    found, images = read(path)
    assert found == SAME
    assert images.bytes_read == images.size == path.stat().st_size


def test_a_label_may_be_any_number_that_a_record_holds(csv):
    found, images = read(csv("-1,0\n2147483647,0\n"))
    assert [label for label, _ in found] == [-1, 2147483647]
    assert images.labels == (-1, 2147483647)


WHOLE = "expected: a whole number from 0 to 255"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1,0,0,0,0\n1,0,256,0,0", [":2: pixel 2 is not", WHOLE, "got:      '256'"]),
        ("1,0,0,0,-1", [":1: pixel 4 is not", WHOLE, "'-1'"]),
        ("1,0,0,0,0\n\n1,0,x,0,0", [":3: pixel 2 is not", "'x'"]),
        ("1,0,0,0,", [":1: pixel 4 is not", "got:      ''"]),
        ("1,0,0,0,1.2.3", [":1: pixel 4 is not", "'1.2.3'"]),
        ("1,0,0,0,nan", [":1: pixel 4 is not", "'nan'"]),
        ("1,0,0,0,1e999", [":1: pixel 4 is not", "'1e999'"]),
        ("1,0,0.25,0,1", [":1: pixel 2 is not", "'0.25'", "fix:", "transform_param"]),
        ("1,0,0,0,0\ntwo,0,0,0,0", [":2: the label is not", "'two'"]),
        ("1.5,0,0,0,0", [":1: the label is not", "'1.5'"]),
        ("2147483648,0,0,0,0", [":1: the label is not", "2147483647", "'2147483648'"]),
        ("1,0,0,0,0\n1,0,0,0", [":2: another number of pixels", "4 pixels, as in line 1", "3"]),
        ("a,b\n1,0,0,0,0\n1,0,0,0,0,0", [":3: another", "4 pixels, as in line 2", "got:      5"]),
        ("1,0,0,0,0,0", [":1: these pixels are no square", "5 pixels", "--shape"]),
        ("0,0,0,0", [":1: these pixels are no square", "label comes first", "missing"]),
        ("7", [":1: these pixels are no square", "0 pixels after the label", "--shape"]),
        ("1;0;0;0;0\n2;0;0;0;0", [":2: the label is not", "'2;0;0;0;0'"]),
        ("", ["holds no image", "an empty file"]),
        ("\n\n", ["holds no image", "an empty file"]),
        ("label,a,b,c,d\n", ["holds no image", "a header and nothing else"]),
    ],
)
def test_a_line_that_is_no_image_is_told_with_its_number(text, told, csv):
    path = csv(text)
    with pytest.raises(DataError) as error:
        read(path)
    assert str(error.value).startswith(str(path))
    for words in told:
        assert words in str(error.value)


def test_pixels_that_do_not_fill_the_stated_shape_are_refused(csv):
    message = r"csv:1: another number of pixels\n.*6 pixels, as shape \(1, 2, 3\) has\n.*4"
    with pytest.raises(DataError, match=message):
        read(csv("1,0,0,0,0"), shape=(1, 2, 3))


def test_a_line_without_an_end_is_not_read_at_once(csv, monkeypatch):
    monkeypatch.setattr(csv_images, "MAX_LINE", 100)
    with pytest.raises(DataError, match=r":2: too long for an image"):
        read(csv("1,0,0,0,0\n" + "1" * 500))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_table_as_windows_saves_it(encoding, pack, csv):
    text = "label,ä,b,c,d\r\n3,0,1,2,3\r\n\x1a"
    found, images = read(csv(pack(text.encode(encoding))))
    assert found == [(3, [[[0, 1], [2, 3]]])]
    assert images.header == "label,ä,b,c,d"


def test_a_character_that_cannot_be_seen_is_named(csv):
    with pytest.raises(DataError, match=r":2: pixel 2 is not(.*\n)*.*zero-width space \(U\+200B\)"):
        read(csv("1,0,0,0,0\n1,0,\u200b7,0,0\n".encode()))


def test_empty_lines_without_an_end_are_given_up(csv, monkeypatch):
    monkeypatch.setattr(csv_images, "MOST_EMPTY_LINES", 10)
    assert len(read(csv("1,0,0,0,0\n" + "\n" * 9 + "2,0,0,0,0\n"))[0]) == 2
    with pytest.raises(DataError, match=r":12: 11 empty lines in a row"):
        read(csv("1,0,0,0,0\n" + "\n" * 30))


def test_too_many_fields_are_counted_not_read(csv, monkeypatch):
    monkeypatch.setattr(csv_images, "_MANY", 100)
    with pytest.raises(DataError, match=r":2: another number of pixels\n.*4 pixels.*\n.*200$"):
        read(csv("1,0,0,0,0\n1" + ",x" * 200))


@pytest.mark.parametrize(
    "content", [gzip.compress(b"1,0,0,0,0\n" * 9, mtime=0)[:-9], b"\x1f\x8bnonsense"]
)
def test_a_damaged_archive_is_told(content, csv):
    with pytest.raises(DataError, match=r"cannot read .*images\.csv"):
        read(csv(content))


def test_what_is_no_file_is_told(tmp_path):
    for path, got in ((tmp_path / "nowhere.csv", "nothing there"), (tmp_path, "not a file")):
        with pytest.raises(DataError, match=rf"cannot read .*\n.*a CSV file\n.*{got}"):
            read(path)


# --- into a store ---------------------------------------------------------------------------------


def test_the_store_is_what_the_data_layer_reads(csv, tmp_path, rng):
    pixels, labels = rng.integers(0, 256, (5, 16)), rng.integers(0, 10, 5)
    rows = (",".join(map(str, (label, *row))) for label, row in zip(labels, pixels, strict=True))
    number, images = csv_to_lmdb(csv("\n".join(rows)), tmp_path / "store")
    assert (number, images.shape) == (5, (1, 4, 4))
    net = blobnet.Net(blobnet.parse_net(NET % (tmp_path / "store")), phase="TEST")
    net.forward()
    np.testing.assert_array_equal(net.blobs["data"].data, pixels.reshape(5, 1, 4, 4))
    np.testing.assert_array_equal(net.blobs["label"].data, labels)


def test_a_record_has_the_channels_of_the_shape(csv, tmp_path):
    csv_to_lmdb(csv("7,1,2,3,4,5,6\n"), tmp_path / "store", shape=(3, 1, 2))
    with lmdb.open(str(tmp_path / "store"), readonly=True) as store, store.begin() as records:
        datum = Datum.FromString(bytes(records.get(b"00000000")))
    assert (datum.channels, datum.height, datum.width, datum.label) == (3, 1, 2, 7)
    assert datum.data == bytes([1, 2, 3, 4, 5, 6])


def test_a_bad_line_leaves_the_old_store_and_nothing_else(csv, tmp_path):
    store = tmp_path / "store"
    csv_to_lmdb(csv("1,0\n"), store)
    with pytest.raises(DataError, match=r"bad\.csv:1501: pixel 1"):
        csv_to_lmdb(csv("1,0\n" * 1500 + "1,x\n", "bad.csv"), store, overwrite=True)
    assert {path.name for path in tmp_path.iterdir()} == {"images.csv", "bad.csv", "store"}
    with lmdb.open(str(store), readonly=True) as environment:
        assert environment.stat()["entries"] == 1


def test_memory_does_not_grow_with_the_file_and_progress_is_told(csv, tmp_path, monkeypatch):
    monkeypatch.setattr(to_lmdb, "_BETWEEN_TICKS", 100)
    monkeypatch.setattr(lmdb_writer, "_BATCH", 100)
    line = "1," + ",".join(["200"] * 400) + "\n"
    path = csv(line * 950)  # 1.5 MB
    steps = []
    tracemalloc.start()
    csv_to_lmdb(path, tmp_path / "store", progress=lambda *step: steps.append(step))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500_000
    assert [images for images, _, _ in steps] == [*range(100, 1000, 100), 950]
    read = [bytes_read for _, bytes_read, _ in steps]
    assert read == sorted(read)
    assert read[0] < len(line) * 200
    assert {size for _, _, size in steps} == {read[-1]} == {len(line) * 950}
