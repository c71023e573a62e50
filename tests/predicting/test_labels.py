from __future__ import annotations

import pytest

import blobnet
from blobnet.predicting import Labels, read_labels


def read(folder, text):
    path = folder / "labels.txt"
    path.write_text(text, encoding="utf-8")
    return read_labels(path)


def test_a_line_is_a_class(tmp_path):
    labels = read(tmp_path, "background\n\nbird, a\n")
    assert [labels[i] for i in range(4)] == ["background", "1", "bird, a", "3"]
    assert len(labels) == 3


def test_imagenets_numbers_are_left_out(tmp_path):
    labels = read(tmp_path, "n01440764 tench, Tinca tinca\nn0144 x\nn01443537\n")
    assert [labels[i] for i in range(3)] == ["tench, Tinca tinca", "n0144 x", "n01443537"]


def test_a_label_map_of_ssd_is_read(tmp_path):
    text = """
    # made by hand
    item { name: "none_of_the_above" label: 0 display_name: "background" }
    item { name: "aeroplane" label: 7 }
    """
    labels = read(tmp_path, text)
    assert (labels[0], labels[7], labels[1], len(labels)) == ("background", "aeroplane", "1", 8)


def test_without_a_file_classes_have_their_numbers():
    assert Labels()[12] == "12"


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_names_is_refused(text, tmp_path):
    with pytest.raises(blobnet.DataError, match=r"labels\.txt: there is no label"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(blobnet.DataError, match=r"the labels .*gone\.txt"):
        read_labels(tmp_path / "gone.txt")
