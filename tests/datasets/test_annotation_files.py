from __future__ import annotations

import json
import logging

import numpy as np
import pytest

from blobnet import DataError
from blobnet.datasets.annotation_files import Size, read_annotations, read_label_map
from blobnet.proto import AnnotatedDatum

LABELS = {"cat": 3, "dog": 5, "17": 9}
SIZE = "<size><width>100</width><height>50</height><depth>3</depth></size>"


def box(xmin=10, ymin=5, xmax=30, ymax=25):
    sides = {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax}
    return "<bndbox>" + "".join(f"<{n}>{v}</{n}>" for n, v in sides.items()) + "</bndbox>"


def thing(name, before="", after="", **sides):
    return f"<object><name>{name}</name>{before}{box(**sides)}{after}</object>"


def read(tmp_path, kind, content, size=(50, 100)):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    record = AnnotatedDatum()
    read_annotations(path, kind, Size(*size), LABELS, record)
    return [
        (g.group_label, a.instance_id, *np.round((b.xmin, b.ymin, b.xmax, b.ymax), 5), b.difficult)
        for g in record.annotation_group
        for a in g.annotation
        for b in [a.bbox]
    ]


def xml(tmp_path, inside, **options):
    return read(tmp_path, "xml", f"<annotation>{inside}</annotation>", **options)


def test_vocs_objects_are_grouped_by_label(tmp_path):
    difficult = "<difficult>1</difficult>"
    inside = SIZE + thing("dog", difficult) + thing("cat", xmin=0) + thing("dog", after=difficult)
    assert xml(tmp_path, inside) == [
        (5, 0, 0.1, 0.1, 0.3, 0.5, True),
        (5, 1, 0.1, 0.1, 0.3, 0.5, False),  # said too late, as in SSD
        (3, 0, 0.0, 0.1, 0.3, 0.5, False),
    ]


def test_parts_of_objects_are_not_objects(tmp_path):
    part = f"<part><name>cat</name>{box()}</part>"
    assert len(xml(tmp_path, SIZE + thing("dog", after=part))) == 1


def test_without_a_size_it_is_the_images(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        made = xml(tmp_path, thing("cat"), size=(100, 200))
    assert made == [(3, 0, 0.05, 0.05, 0.15, 0.25, False)]
    assert "states no size" in caplog.text


def test_what_is_odd_is_told(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        xml(tmp_path, SIZE + thing("cat", xmax=101) + thing("cat", xmin=31), size=(51, 100))
    for words in ("inconsistent image height", "exceeds image boundary", "box irregular"):
        assert words in caplog.text


def test_of_a_fraction_the_whole_part_counts(tmp_path):
    assert xml(tmp_path, SIZE + thing("cat", xmin=10.9))[0][2] == 0.1


def test_cocos_boxes_are_corners_and_sizes(tmp_path):
    things = [
        {"category_id": 17, "iscrowd": 1, "bbox": [10, 5, 20.5, 20]},
        {"category_id": "17", "bbox": [0, 0, 100, 50]},
    ]
    content = {"image": {"height": 50, "width": 100}, "annotation": things}
    assert read(tmp_path, "json", json.dumps(content)) == [
        (9, 0, 0.1, 0.1, 0.305, 0.5, True),
        (9, 1, 0.0, 0.0, 1.0, 1.0, False),
    ]


def test_words_are_labels_and_corners(tmp_path):
    made = read(tmp_path, "txt", "4 10 5 30 25\n2 0 0 50 50\n4 1 1 2 2\n")
    assert [row[:2] for row in made] == [(4, 0), (4, 1), (2, 0)]
    assert made[0] == (4, 0, 0.1, 0.1, 0.3, 0.5, False)


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("xml", "<annotation>", "no XML"),
        ("xml", "<annotations/>", "no annotation"),
        ("xml", b"\x00\xff", "no XML"),
        ("xml", f"<annotation>{SIZE}<object>{box()}</object></annotation>", "before the name"),
        ("xml", f"<annotation>{SIZE}{thing('bird')}</annotation>", "Unknown name: bird"),
        ("xml", f"<annotation>{SIZE}{thing('cat', xmin='x')}</annotation>", "numbers"),
        ("xml", f"<annotation>{SIZE}{thing('cat', xmin='1e999')}</annotation>", "numbers"),
        ("xml", '<!DOCTYPE a [<!ENTITY b "c">]><annotation/>', "document type"),
        ("xml", '<!DOCTYPE a SYSTEM "file:///x"><annotation/>'.encode("utf-16"), "document type"),
        ("xml", "<a>" * 60, "in each other"),
        (
            "xml",
            "<annotation><size><width>0</width><height>1</height></size></annotation>",
            "valid",
        ),
        ("json", "[", "no annotations in JSON"),
        ("json", "[1]", "no annotations in JSON"),
        ("json", "[" * 100000, "no annotations in JSON"),
        ("json", '{"annotation": [{"category_id": 1, "bbox": [1]}]}', "Unknown name"),
        ("json", '{"annotation": [{"category_id": 17, "bbox": [1]}]}', "no annotations in JSON"),
        ("json", '{"annotation": [{"category_id": 17, "bbox": [1, 1, 1, NaN]}]}', "numbers"),
        ("txt", "1 2 3", "five numbers"),
        ("txt", "1 2 3 4 x", "xmin"),
        ("txt", "99999999999 1 2 3 4", "xmin"),
        ("txt", "1 2 3 4 inf", "numbers"),
    ],
)
def test_files_that_are_none_are_refused(kind, content, words, tmp_path):
    with pytest.raises(DataError, match=words):
        read(tmp_path, kind, content)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    with pytest.raises(DataError, match="too large"):
        read(tmp_path, "txt", b" " * (2**24 + 1))


def test_names_have_labels(tmp_path):
    path = tmp_path / "map.prototxt"
    path.write_text("".join(f'item {{ name: "{n}" label: {i} }} ' for n, i in ("a1", "b2", "a7")))
    assert read_label_map(path) == {"a": 7, "b": 2}
    with pytest.raises(DataError, match="duplicates of name"):
        read_label_map(path, check=True)
