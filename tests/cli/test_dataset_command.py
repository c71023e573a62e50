from __future__ import annotations

import os
import sys

import pytest

import blobnet
from tests.cli.digits import write_mnist

DATA = """
    layer { name: "d" type: "Data" top: "data" top: "label"
      data_param { source: "%s" batch_size: 30 backend: LMDB } }
"""


@pytest.fixture
def mnist(tmp_path):
    return write_mnist(tmp_path / "my mnist")


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_databases_hold_the_digits(here, mnist, run):
    ran = run("dataset", "mnist", "--data", mnist, "out")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"data: MNIST from {mnist} (--data)",
        "wrote out/mnist_train_lmdb: 30 digits",
        "wrote out/mnist_test_lmdb: 20 digits",
        "next: give these paths to your Data layers, as `source`, with backend: LMDB",
    ]
    net = blobnet.Net(blobnet.parse_net(DATA % "out/mnist_train_lmdb"), phase="TRAIN")
    labels = net.forward()["label"]
    assert labels.tolist() == [index % 10 for index in range(30)]
    assert net.blobs["data"].shape == (30, 1, 28, 28)


def test_where_the_example_lies_the_next_command_is_its_training(here, mnist, run):
    solver = here / "models" / "lenet5" / "solver.prototxt"
    solver.parent.mkdir(parents=True)
    solver.touch()
    elsewhere = run("dataset", "mnist", "--data", mnist, "out")
    assert "blobnet train" not in elsewhere.out
    ran = run("dataset", "mnist", "--data", mnist, ".")
    assert ran.out.endswith("next: blobnet train --solver models/lenet5/solver.prototxt\n")


def test_databases_are_replaced_only_when_that_is_asked_for(here, mnist, run):
    assert run("dataset", "mnist", "--data", mnist, "out").code == 0
    before = (here / "out" / "mnist_train_lmdb" / "data.mdb").stat().st_ino
    ran = run("dataset", "mnist", "--data", mnist, "out")
    assert ran.code == 1
    assert ran.err.startswith("blobnet: out/mnist_train_lmdb exists already")
    assert (here / "out" / "mnist_train_lmdb" / "data.mdb").stat().st_ino == before
    assert run("dataset", "mnist", "--data", mnist, "--overwrite", "out").code == 0
    assert (here / "out" / "mnist_train_lmdb" / "data.mdb").stat().st_ino != before


def test_places_that_were_passed_over_are_named(here, mnist, run, monkeypatch):
    monkeypatch.delenv("BLOBNET_DATA", raising=False)
    monkeypatch.setattr("blobnet.datasets.mnist.cache_folder", lambda: here / "cache")
    monkeypatch.setattr("blobnet.datasets.mnist.download_mnist", lambda folder: fail())

    def fail():
        raise blobnet.DataError("no mirror could be downloaded from")

    ran = run("dataset", "mnist", "out")
    assert ran.code == 0
    told = (
        f"MNIST: nothing in the cache, {here / 'cache'}",  # a path too long for a line has its own
        "MNIST: no mirror could be downloaded from",
        "data: the 1,797 small digits that come with blobnet (UCI, enlarged to 28 x 28)",
    )
    assert " ".join(ran.out.split()).startswith(" ".join(told))
    assert max(len(line) for line in ran.out.splitlines() if str(here) not in line) < 80
    assert "wrote out/mnist_test_lmdb: 360 digits" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--data", "nowhere", "out"], 1, "blobnet: no MNIST in nowhere"),
        (["--data", "file", "out"], 2, "'file' is a file"),
        (["--data", ".", "file"], 2, "'file' is a file"),
        (["--data", ".", "out"], 1, "blobnet: no MNIST in ."),
    ],
)
def test_folders_that_do_not_do_are_explained(words, code, told, here, run):
    (here / "file").touch()
    ran = run("dataset", "mnist", *words)
    assert ran.code == code
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_cannot_be_made_is_explained(here, mnist, run):
    (here / "file").touch()
    ran = run("dataset", "mnist", "--data", mnist, "file/out")
    assert ran.code == 1
    assert ran.err.startswith("blobnet: cannot write a store in file/out")


# --- from text ------------------------------------------------------------------------------------


@pytest.fixture
def csv_file(here):
    text = "label,a,b,c,d,e,f\n3,1,2,3,4,5,6\n0,9,9,9,9,9,9\n"
    (here / "images.csv").write_text(text)
    return "images.csv"


def test_lines_of_text_become_a_database(here, csv_file, run):
    ran = run("dataset", "csv", csv_file, "out/store", "--shape", "2,3")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "images.csv: line 1 is a header: label,a,b,c,d,e,f",
        "wrote out/store: 2 images of 1 x 2 x 3, labels 0 to 3",
        "next: give this path to a Data layer, as `source`, with backend: LMDB",
    ]
    net = blobnet.Net(blobnet.parse_net(DATA % "out/store"), phase="TRAIN")
    assert net.forward()["label"][:3].tolist() == [3, 0, 3]
    assert net.blobs["data"].data[0].ravel().tolist() == [1, 2, 3, 4, 5, 6]


def test_several_channels_and_caffe_s_single_dash(here, csv_file, run):
    ran = run("dataset", "csv", csv_file, "store", "-shape", "3,2,1")
    assert "wrote store: 2 images of 3 x 2 x 1, labels 0 to 3" in ran.out


def test_with_both_parts_of_mnist_the_next_command_is_a_training(here, run):
    solver = here / "models" / "three_layer" / "solver.prototxt"
    solver.parent.mkdir(parents=True)
    solver.touch()
    (here / "one.csv").write_text("4,0\n")
    told = [
        run("dataset", "csv", "one.csv", name).out.splitlines()
        for name in ("mnist_train_lmdb", "mnist_test_lmdb", "other")
    ]
    assert told[0][0] == "wrote mnist_train_lmdb: 1 image of 1 x 1 x 1, labels 4 to 4"
    expected = "next: blobnet train --solver models/three_layer/solver.prototxt"
    assert [lines[-1] == expected for lines in told] == [False, True, False]


def test_a_database_is_replaced_only_when_that_is_asked_for_here_too(here, csv_file, run):
    words = ("dataset", "csv", csv_file, "store", "--shape", "2,3")
    assert run(*words).code == 0
    again = run(*words)
    assert again.code == 1
    assert again.err.startswith("blobnet: store exists already")
    assert run(*words, "--overwrite").code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["images.csv", "store"], 1, "images.csv:2: these pixels are no square"),
        (["images.csv", "store", "--shape", "3,3"], 1, "images.csv:2: another number of pixels"),
        (["nowhere.csv", "store"], 1, "blobnet: cannot read nowhere.csv"),
        (["images.csv", "images.csv"], 2, "'images.csv' is a file"),
        ([".", "store"], 2, "'.' is a directory"),
        (["images.csv", "store", "--shape", "6"], 2, "'6' is no shape such as 28,28 or 3,32,32"),
        (["images.csv", "store", "--shape", "1,2,3,1"], 2, "is no shape"),
        (["images.csv", "store", "--shape", "0,6"], 2, "is no shape"),
        (["images.csv", "store", "--shape", "2,x"], 2, "is no shape"),
    ],
)
def test_text_that_does_not_do_is_explained(words, code, told, here, csv_file, run):
    ran = run("dataset", "csv", *words)
    assert ran.code == code
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert not (here / "store").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8")
def test_a_folder_whose_name_is_no_text_is_written(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images.csv").write_text("3,10,20,30,40\n")
    name = os.fsdecode(b"out\xff")
    ran = run("dataset", "csv", "images.csv", name)
    assert ran.code == 0, ran.err
    assert r"wrote out\udcff: 1 image of 1 x 2 x 2, labels 3 to 3" in ran.out
    assert (tmp_path / name / "data.mdb").is_file()
