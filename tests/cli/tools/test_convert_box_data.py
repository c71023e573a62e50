"""`blobnet convert_box_data`: images with annotations, for BoxData."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from tests.datasets.databases import records
from tests.sources.image_files import write_list, write_png

XML = """<?xml version="1.0" encoding="utf-8"?>
<annotation><size><width>{width}</width><height>40</height><depth>3</depth></size>
<object><name>traffic light</name><difficult>1</difficult>
  <bndbox><xmin>10</xmin><ymin>5</ymin><xmax>21</xmax><ymax>25</ymax></bndbox></object>
<object><name>{name}</name>
  <bndbox><xmin>0</xmin><ymin>0</ymin><xmax>60</xmax><ymax>40</ymax></bndbox></object>
</annotation>"""
BOXES = [[3, 1, 15.5 / 60, 15 / 40, 11 / 60, 20 / 40], [0, 0, 0.5, 0.5, 1, 1]]
NET = """layer { name: "d" type: "BoxData" top: "data" top: "label"
  data_param { source: "db" batch_size: 2 backend: LMDB } }"""


@pytest.fixture
def images(tmp_path, monkeypatch):
    """The current folder, with two images of 40 x 60 in set/, their annotations and lists."""
    monkeypatch.chdir(tmp_path)
    made = np.random.default_rng(1).integers(0, 256, (2, 3, 40, 60), np.uint8)
    for number, image in enumerate(made):
        write_png(tmp_path / "set" / f"{number}.png", image)
        (tmp_path / "set" / f"{number}.xml").write_text(XML.format(width=60, name="cat"))
    write_list(tmp_path / "list.txt", [f"{number}.png {number}.xml" for number in range(2)])
    write_list(tmp_path / "labels.txt", ["cat 0", "traffic light 3"])
    return made


def convert(run, *options):
    return run("convert_box_data", "-label_file", "labels.txt", *options, "set/", "list.txt", "db")


def test_box_data_reads_what_was_written(images, run, tmp_path):
    ran = convert(run, "-encode_type", "png")
    assert ran.code == 0
    (tmp_path / "net.prototxt").write_text(NET)
    net = blobnet.Net("net.prototxt", phase="TEST")
    net.forward()
    np.testing.assert_array_equal(net.blobs["data"].data, images)
    labels = net.blobs["label"].data.reshape(2, 30, 5)
    expected = [[box[0], *box[2:]] for box in BOXES]
    np.testing.assert_allclose(labels[:, :2], [expected] * 2, rtol=1e-6)
    assert not labels[:, 2:].any()


def test_boxes_are_by_the_size_before_it_is_changed(images, run):
    assert convert(run, "-resize_height", "10", "-resize_width=20").code == 0
    (key, first), _ = records("db", "lmdb")
    assert key == "00000000_0.png"
    assert first.encoded
    assert first.data[:3] == b"\xff\xd8\xff"  # a JPEG
    np.testing.assert_allclose(first.float_data, np.ravel(BOXES), rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (XML.format(width=60, name="dog"), "unknown name: dog"),
        (XML.format(width=61, name="cat"), "another size"),
        ("<annotation>", "no XML"),
        ("<note/>", "no annotation"),
        ("<!DOCTYPE a><annotation/>", "DOCTYPE"),
    ],
)
def test_annotations_that_do_not_fit_are_refused(images, run, tmp_path, text, message):
    (tmp_path / "set" / "1.xml").write_text(text)
    ran = convert(run)
    assert ran.code != 0
    assert message in ran.err
    assert not (tmp_path / "db").exists()


def test_a_label_file_is_wanted(images, run):
    assert run("convert_box_data", "set/", "list.txt", "db").code != 0
