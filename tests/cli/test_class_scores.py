"""`blobnet test` with --confusion, --csv and --by-class."""

from __future__ import annotations

import csv

import pytest

import blobnet

NET = """
layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
  shape { dim: 4 dim: 2 } shape { dim: 4 }
  data_filler { type: "constant" value: 1 } data_filler { type: "constant" value: 1 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 3 } }
layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "y" top: "accuracy" }
"""
TEST = ["test", "--model", "net.prototxt", "--weights", "net.caffemodel", "--iterations", "5"]


@pytest.fixture
def net(tmp_path, monkeypatch):
    """Four items of class 1 in each batch, all of which are taken for class 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    made = blobnet.Net("net.prototxt", "TEST")
    made.params["ip"][1].data[...] = [1, 2, 3]
    made.save("net.caffemodel")
    (tmp_path / "labels.txt").write_text("cat\ndog\ncow\n")
    return tmp_path


def test_classes_are_told_drawn_and_written(net, run):
    options = ["--confusion", "c.png", "--csv", "c.csv", "--labels", "labels.txt"]
    ran = run(*TEST, *options)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "class                     precision    recall        F1   support",
        "cat                               -         -         -         0",
        "dog                               -    0.0000    0.0000        20",
        "cow                          0.0000         -    0.0000         0",
        "mean over classes                 -    0.0000    0.0000        20",
        "accuracy 0.0000 (layer accuracy)",
        "20 times dog was taken for cow",
        "wrote c.csv",
        "wrote c.png",
    ]
    assert ran.log[-1] == "accuracy = 0"
    rows = list(csv.reader((net / "c.csv").read_text().splitlines()))
    assert rows[0] == ["label", "class", "precision", "recall", "f1", "support"]
    assert rows[2] == ["1", "dog", "", "0.0", "0.0", "20"]
    assert (net / "c.png").read_bytes().startswith(b"\x89PNG")


def test_without_names_classes_have_numbers(net, run):
    ran = run(*TEST, "--by-class")
    assert "20 times 1 was taken for 2" in ran.out
    assert ran.out.splitlines()[-1] == "next: name the classes with --labels FILE"


def test_nothing_is_told_where_nothing_is_asked(net, run):
    assert run(*TEST).out == ""


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--labels", "labels.txt"], 2, "go with --confusion"),
        (["--confusion", "none/c.png"], 2, "there is no folder none"),
        (["--by-class", "--scores-of", "ip"], 1, "layer 'ip' compares no scores"),
        (["--by-class", "--labels", "none.txt"], 1, "none.txt: cannot be read"),
    ],
)
def test_options_that_make_no_sense(net, run, options, code, words):
    ran = run(*TEST, *options)
    assert ran.code == code
    assert words in ran.err
