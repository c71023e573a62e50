"""`blobnet convert_imageset`: Caffe's arguments, in any order and spelling."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from tests.datasets.databases import records
from tests.sources.image_files import write_list, write_png

NET = """layer { name: "d" type: "Data" top: "data" top: "label"
  data_param { source: "db" batch_size: 6 backend: LMDB } }"""


@pytest.fixture
def images(tmp_path, monkeypatch):
    """The current folder, with six images of 4 x 6 in set/ and their list."""
    monkeypatch.chdir(tmp_path)
    made = np.random.default_rng(1).integers(0, 256, (6, 3, 4, 6), np.uint8)
    for number, image in enumerate(made):
        write_png(tmp_path / "set" / f"{number}.png", image)
    write_list(tmp_path / "list.txt", [f"{number}.png {number}" for number in range(6)])
    return made


def test_the_data_layer_reads_what_was_written(images, run, tmp_path):
    ran = run("convert_imageset", "set/", "list.txt", "db")
    assert ran.code == 0
    assert ran.log == ["A total of 6 images.", "Opened lmdb db", "Processed 6 files."]
    (tmp_path / "net.prototxt").write_text(NET)
    net = blobnet.Net("net.prototxt", phase="TEST")
    net.forward()
    assert np.array_equal(net.blobs["data"].data, images)
    assert net.blobs["label"].data.tolist() == list(range(6))


@pytest.mark.parametrize(
    "words",
    [
        "-gray=1 -resize_width 3 -resize_height=2 -backend leveldb set/ list.txt db",
        "set/ list.txt db --backend=leveldb --resize_width=3 --gray --resize_height 2 -noshuffle",
        "-encoded=false set/ -gray --resize_width 3 list.txt -resize_height=2 db -backend=leveldb",
    ],
)
def test_flags_stand_where_they_like(words, images, run):
    assert run("convert_imageset", *words.split()).code == 0
    found = [datum for _, datum in records("db", "leveldb")]
    assert [(d.channels, d.height, d.width) for d in found] == [(1, 2, 3)] * 6


def test_a_shuffle_can_be_repeated(images, run):
    ran = run("convert_imageset", "-shuffle", "set/", "list.txt", "one")
    assert ran.log[1] == "Shuffling data"
    seed = ran.log[0].removeprefix("Random seed: ")
    run("convert_imageset", "-shuffle", "-random_seed", seed, "set/", "list.txt", "two")
    assert records("one") == records("two")
    assert sorted(datum.label for _, datum in records("one")) == list(range(6))


def test_all_other_flags(images, run):
    words = ["-encoded", "-check_size", "-encode_type", "png", "set/", "list.txt", "db"]
    assert run("convert_imageset", *words).code == 0
    assert all(datum.encoded for _, datum in records("db"))


def test_images_that_cannot_be_read_do_not_stop_it(images, run):
    with open("list.txt", "a") as file:
        file.write("no.png 7\n")
    ran = run("convert_imageset", "set/", "list.txt", "db")
    assert ran.code == 0
    assert ran.log[-1] == "1 of 7 images could not be read and are left out"


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["set/", "list.txt"], 2, "DB_NAME"),
        (["-backend", "hdf5", "set/", "list.txt", "db"], 2, "leveldb"),
        (["set/", "no.txt", "db"], 1, "no.txt"),
        (["set/", "list.txt", "set"], 1, "set exists already"),
        (["-encode_type", "gif", "set/", "list.txt", "db"], 1, "png"),
        (["set", "list.txt", "db"], 1, "a slash?"),
        (
            ["-resize_width", "2147483647", "-resize_height", "9", "set/", "list.txt", "db"],
            1,
            "one",
        ),
    ],
)
def test_what_is_wrong_is_told(images, run, tmp_path, words, code, hint):
    ran = run("convert_imageset", *words)
    assert (ran.code, hint in ran.err) == (code, True)
    assert not (tmp_path / "db").exists()


def test_a_label_that_is_none_is_mended_in_the_list(images, run, tmp_path):
    """The list has no layer here, so no setting of one can mend it."""
    write_list(tmp_path / "list.txt", ["0.png 1.5"])
    ran = run("convert_imageset", "set/", "list.txt", "db")
    assert ran.code == 1
    assert "write 0 where there is no label" in ran.err
    assert "image_data_param" not in ran.err


@pytest.mark.filterwarnings("error")
def test_pillows_own_warning_of_a_large_image_is_not_shown(images, run, tmp_path, monkeypatch):
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 20)
    assert run("convert_imageset", "set/", "list.txt", "db").code == 0
    assert len(records("db", "lmdb")) == 6
