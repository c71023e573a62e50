"""`blobnet convert_annoset`, `create_annoset` and `get_image_size`: SSD's tools."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.proto import AnnotatedDatum
from tests.datasets.databases import records
from tests.sources.image_files import write_list, write_png

MAP = 'item { name: "none" label: 0 } item { name: "cat" label: 3 }'
XML = """<annotation><size><width>6</width><height>4</height></size><object><name>cat</name>
<bndbox><xmin>3</xmin><ymin>1</ymin><xmax>6</xmax><ymax>2</ymax></bndbox></object></annotation>"""
NET = """layer { name: "d" type: "AnnotatedData" top: "data" top: "label"
  data_param { source: "db" batch_size: 3 backend: LMDB } }"""
DETECTION = ["-anno_type", "detection", "-label_map_file", "map.txt"]


@pytest.fixture
def images(tmp_path, monkeypatch):
    """The current folder, with three images in set/, two of them with annotations."""
    monkeypatch.chdir(tmp_path)
    made = np.random.default_rng(1).integers(0, 256, (3, 3, 4, 6), np.uint8)
    for number, image in enumerate(made):
        write_png(tmp_path / "set" / f"{number}.png", image)
        if number:
            (tmp_path / "set" / f"{number}.xml").write_text(XML)
    write_list(tmp_path / "list.txt", [f"{number}.png {number}.xml" for number in range(3)])
    write_list(tmp_path / "labels.txt", [f"{number}.png {number}" for number in range(3)])
    (tmp_path / "map.txt").write_text(MAP)
    return made


def annotated(path, backend="lmdb"):
    return [datum for _, datum in records(path, backend, AnnotatedDatum)]


def test_the_layer_reads_what_was_written(images, run):
    ran = run("convert_annoset", *DETECTION, "set/", "list.txt", "db")
    assert ran.code == 0
    assert ran.log[0] == "A total of 3 images."
    assert any("1 images have no file of annotations" in line for line in ran.log)
    net = blobnet.Net(blobnet.parse_net(NET), phase="TEST")
    made = net.forward()
    np.testing.assert_array_equal(made["data"], images)
    rows = [[item, 3, 0, 0.5, 0.25, 1, 0.5, 0] for item in (1, 2)]
    np.testing.assert_array_equal(made["label"], [[rows]])


def test_images_with_labels_alone(images, run):
    assert run("convert_annoset", "-backend=leveldb", "set/", "labels.txt", "db").code == 0
    found = annotated("db", "leveldb")
    assert [each.datum.label for each in found] == [0, 1, 2]
    assert not any(each.HasField("type") for each in found)


def test_sizes_keep_proportions_and_boxes(images, run):
    words = [*DETECTION, "-min_dim", "8", "-max_dim=11", "-encoded", "-encode_type", "png"]
    assert run("convert_annoset", *words, "set/", "list.txt", "db").code == 0
    first, second, _ = annotated("db")
    assert (first.datum.height, first.datum.width) == (7, 11)
    assert first.datum.encoded
    assert first.datum.data[1:4] == b"PNG"
    assert second.annotation_group[0].annotation[0].bbox.xmin == 0.5


def test_a_name_that_the_map_has_not_ends_it(images, run, tmp_path):
    (tmp_path / "set/2.xml").write_text(XML.replace("cat", "dog"))
    ran = run("convert_annoset", *DETECTION, "set/", "list.txt", "db")
    assert ran.code == 1
    assert "Unknown name: dog" in ran.err
    assert not (tmp_path / "db").exists()


def test_the_script_links_and_replaces(images, run, tmp_path):
    words = ["--anno-type", "detection", "--label-map-file", "map.txt", "--encoded"]
    words += ["--check-label", "set", "list.txt", "made/db", "examples/it"]
    assert run("create_annoset", *words).code == 0
    assert (tmp_path / "examples/it/db").resolve() == tmp_path / "made/db"
    assert len(annotated("made/db")) == 3
    assert run("create_annoset", *words).code == 1
    assert run("create_annoset", "--redo", *words).code == 0


def test_sizes_are_lines_of_name_height_and_width(images, run, tmp_path):
    assert run("get_image_size", "set/", "list.txt", "out.txt").code == 0
    assert (tmp_path / "out.txt").read_text() == "0 4 6\n1 4 6\n2 4 6\n"
    write_list(tmp_path / "names.txt", ["0 70", "1 71", "2 72"])
    assert run("get_image_size", "-name_id_file=names.txt", "set/", "list.txt", "b.txt").code == 0
    assert (tmp_path / "b.txt").read_text().split() == [
        "70",
        "4",
        "6",
        "71",
        "4",
        "6",
        "72",
        "4",
        "6",
    ]


@pytest.mark.parametrize("names", ["0 70", "0 70\n0 71\n2 72", "0 70\n1 x\n2 72", "a 1\nb 2\nc 3"])
def test_names_must_be_those_of_the_images(names, images, run, tmp_path):
    (tmp_path / "names.txt").write_text(names)
    ran = run("get_image_size", "-name_id_file=names.txt", "set/", "list.txt", "out.txt")
    assert ran.code == 1
    assert not (tmp_path / "out.txt").exists()
