import numpy as np
import pytest

from blobnet import DataError
from blobnet.python_layers.fast_rcnn.config import Train
from blobnet.python_layers.roi_data_layer._entries import entries_of, entry_of
from blobnet.python_layers.roi_data_layer.roidb import (
    VOC_CLASSES,
    flipped_roidb,
    make_roidb,
    voc_roidb,
)

IMAGE = np.zeros((40, 60, 3), np.uint8)
BOXES = [(10, 5, 29, 24), (0, 0, 9, 9)]


def test_a_roidb_from_lists():
    (item,) = make_roidb(
        [IMAGE], [BOXES], [[3, 7]], proposals=[[(10, 5, 29, 14), (50, 30, 59, 39)]]
    )
    assert (item["width"], item["height"], item["flipped"]) == (60, 40, False)
    np.testing.assert_array_equal(item["gt_classes"], [3, 7, 0, 0])
    np.testing.assert_array_equal(item["boxes"][:2], BOXES)
    np.testing.assert_allclose(item["max_overlaps"], [1, 1, 0.5, 0])
    np.testing.assert_array_equal(item["max_classes"], [3, 7, 3, 0])


def test_turned_round_the_first_pixel_is_the_last():
    plain, turned = make_roidb([IMAGE], [BOXES], [[3, 7]], flipped=True)
    assert (plain["flipped"], turned["flipped"]) == (False, True)
    np.testing.assert_array_equal(turned["boxes"], [(30, 5, 49, 24), (50, 0, 59, 9)])
    (again,) = flipped_roidb([turned])
    np.testing.assert_array_equal(again["boxes"], plain["boxes"])
    assert again["flipped"] is False


def test_an_entry_turns_its_pixels_round():
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    plain, turned = (
        entry_of({"image": image, "boxes": [], "gt_classes": [], "flipped": flipped}).pixels()
        for flipped in (False, True)
    )
    np.testing.assert_array_equal(plain, image)
    np.testing.assert_array_equal(turned, image[:, ::-1])


def test_what_py_faster_rcnn_has_is_taken():
    class Sparse:
        def toarray(self):
            return [[0, 0.6, 0.2], [0, 0, 0], [0, 0.1, 0.9]]

    entry = {"image": "a.jpg", "width": 5, "height": 6, "boxes": [(0, 0, 1, 1)] * 3}
    entry |= {"gt_classes": np.zeros(3), "gt_overlaps": Sparse()}
    found = entry_of(entry)
    np.testing.assert_array_equal(found.most, [0.6, 0, 0.9])
    np.testing.assert_array_equal(found.classes, [1, 0, 2])
    stated = entry_of(entry | {"max_overlaps": [1, 1, 1], "max_classes": [2, 2, 2]})
    np.testing.assert_array_equal(stated.most, [1, 1, 1])


def test_changes_are_those_to_the_object_that_overlaps_most():
    (item,) = make_roidb(
        [IMAGE], [BOXES], [[3, 7]], proposals=[[(10, 5, 29, 14), (50, 30, 59, 39)]]
    )
    targets = entry_of(item).regression_targets(Train())
    np.testing.assert_array_equal(targets[:, 0], [3, 7, 3, 0])
    np.testing.assert_allclose(targets[2, 1:], [0, 0.5 / 0.1, 0, np.log(2) / 0.2])
    assert not targets[[0, 1, 3], 1:].any()


BAD = {
    "empty": [],
    "no dict": ["a"],
    '"image"': [{"boxes": [], "gt_classes": []}],
    "3\\), blue": [{"image": np.zeros((3, 3)), "boxes": [], "gt_classes": []}],
    '"boxes"': [{"image": IMAGE, "boxes": [1, 2], "gt_classes": []}],
    '"gt_classes"': [{"image": IMAGE, "boxes": BOXES, "gt_classes": [1]}],
    "below 0": [{"image": IMAGE, "boxes": BOXES, "gt_classes": [1, -1]}],
    "numbers": [{"image": IMAGE, "boxes": [(0, 0, np.nan, 1)], "gt_classes": [1]}],
    '"bbox_targets"': [
        {"image": IMAGE, "boxes": BOXES, "gt_classes": [1, 1], "bbox_targets": [[1, 2, 3, 4, 5]]}
    ],
}


@pytest.mark.parametrize("told", BAD)
def test_what_is_no_roidb(told):
    with pytest.raises(DataError, match=told) as caught:
        entries_of(BAD[told])
    assert "roidb" in str(caught.value)


def test_lists_of_different_lengths():
    with pytest.raises(DataError, match="1 images, 2 boxes"):
        make_roidb([IMAGE], [BOXES, BOXES], [[1, 1]])


# --- PASCAL VOC -----------------------------------------------------------------------------------

XML = """<?xml version="1.0"?><annotation><size><width>60</width></size>
<object><name>Dog</name><difficult>0</difficult>
  <bndbox><xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>25</ymax></bndbox></object>
<object><name>cat</name><difficult>1</difficult>
  <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></object>
<object><name>unicorn</name>
  <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></object>
</annotation>"""


@pytest.fixture
def devkit(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    for folder in ("Annotations", "ImageSets/Main", "JPEGImages"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ImageSets/Main/train.txt").write_text("000001\n\n")
    (tmp_path / "Annotations/000001.xml").write_text(XML)
    Image.fromarray(IMAGE).save(tmp_path / "JPEGImages/000001.jpg")
    return tmp_path


def test_a_folder_of_pascal_voc(devkit):
    (item,) = voc_roidb(devkit, "train")
    np.testing.assert_array_equal(item["boxes"], [BOXES[0]])
    assert list(item["gt_classes"]) == [VOC_CLASSES.index("dog") + 1] == [12]
    assert (item["width"], item["height"]) == (60, 40)
    assert entry_of(item).pixels().shape == (40, 60, 3)
    (item,) = voc_roidb(devkit, "train", difficult=True)
    assert list(item["gt_classes"]) == [12, 8]
    items = voc_roidb(devkit, "train", classes=["Unicorn"], flipped=True)
    assert [list(item["gt_classes"]) for item in items] == [[1], [1]]


@pytest.mark.parametrize(
    "text",
    [
        "<annotation>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<a>" * 60 + "</a>" * 60,
        XML.replace("<xmin>11", "<xmin>x"),
        XML.replace("<xmin>11", "<xmin>90"),
        XML.replace("<xmin>11", "<xmin>nan"),
        "",
    ],
)
def test_annotations_that_are_none(text, devkit):
    (devkit / "Annotations/000001.xml").write_text(text)
    with pytest.raises(DataError, match=r"000001\.xml"):
        voc_roidb(devkit, "train")


def test_folders_and_lists_that_are_not_there(devkit):
    with pytest.raises(DataError, match="no folder of PASCAL VOC"):
        voc_roidb(devkit / "none", "train")
    with pytest.raises(DataError, match=r"val\.txt"):
        voc_roidb(devkit, "val")
