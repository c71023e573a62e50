from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import blobnet

Image = pytest.importorskip("PIL.Image")

NET = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""
TRAIN = """
layer { name: "data" type: "ImageData" top: "data" top: "label"
  transform_param { mean_value: 104 mean_value: 117 mean_value: 123 scale: 0.5 crop_size: 4 }
  image_data_param { source: "list.txt" batch_size: 2 new_height: 6 new_width: 6 } }
"""
MAPS = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 2 kernel_size: 1 } }
"""
WORDS = ("predict", "deploy.prototxt", "w.caffemodel", "cat.png")


@pytest.fixture
def folder(tmp_path, monkeypatch, rng):
    """The current folder, with nets, their weights and images in it."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("deploy", NET), ("maps", MAPS)):
        (tmp_path / f"{name}.prototxt").write_text(text)
    blobnet.Net("deploy.prototxt", phase="TEST", seed=1).save("w.caffemodel")
    maps = blobnet.Net("maps.prototxt", phase="TEST", seed=1)
    maps.params["conv"][0].data[1, 2] = 1  # class 1 where there is red
    maps.params["conv"][1].data[:] = 20, 0
    maps.save("maps.caffemodel")
    pixels = rng.integers(256, size=(6, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).save("cat.png")
    red = np.zeros((8, 10, 3), np.uint8)
    red[:4, :, 0] = 200
    (tmp_path / "more").mkdir()
    Image.fromarray(red).save("more/red.png")
    (tmp_path / "labels.txt").write_text("n01440764 tench\ncat\ndog\n")
    return tmp_path


def best(net, data):
    """The classes and their scores, the best first, as lines."""
    prob = net.forward(data=data)["prob"][0]
    return [f"{prob[i]:.5f}" for i in np.argsort(-prob)]


def in_a_line(text: str) -> str:
    """Without the breaks at 80 columns."""
    assert all(len(line) < 80 for line in text.splitlines())
    return text.replace("\n  ", " ")


def test_classes_are_told_by_name(folder, run):
    ran = run(*WORDS, "--labels", "labels.txt", "--mean", "1,2,3", "--scale", "0.1", "--top", "2")
    assert ran.code == 0, ran.err
    first, *lines = ran.out.splitlines()
    assert first == "cat.png"
    assert len(lines) == 2
    assert {line.split()[1] for line in lines} <= {"tench", "cat", "dog"}
    assert in_a_line(ran.err) == (
        "images as the options say: resized to 4 x 4, blue green red, less the mean 1, 2, 3, "
        "times 0.1\n"
    )


def test_what_the_training_did_is_found_beside_the_net(folder, run):
    (folder / "train_val.prototxt").write_text(TRAIN)
    ran = run(*WORDS)
    assert ran.code == 0, ran.err
    assert in_a_line(ran.err) == (
        "images as layer 'data' of train_val.prototxt says: resized to 6 x 6, the middle 4 x 4 "
        "cut out, blue green red, less the mean 104, 117, 123, times 0.5\n"
    )
    pixels = np.asarray(Image.open("cat.png"), np.float32)[1:5, 1:5, ::-1].transpose(2, 0, 1)
    mean = np.array([104, 117, 123], np.float32)[:, None, None]
    net = blobnet.Net("deploy.prototxt", phase="TEST", weights="w.caffemodel")
    expected = best(net, ((pixels - mean) * np.float32(0.5))[None])
    assert [line.split()[0] for line in ran.out.splitlines()[1:4]] == expected


def test_a_definition_may_be_named_and_options_win(folder, run):
    (folder / "other.prototxt").write_text(TRAIN)
    ran = run(*WORDS, "--like", "other.prototxt", "--scale", "0.25", "--channels", "rgb")
    assert ran.code == 0, ran.err
    assert ran.err.startswith("images as the options and layer 'data' of other.prototxt say: ")
    assert "red green blue, less the mean 104, 117, 123, times 0.25\n" in in_a_line(ran.err)


def test_who_says_nothing_of_the_images_is_asked(folder, run):
    ran = run(*WORDS)
    assert ran.code == 2
    assert "how were images prepared for deploy.prototxt?" in ran.err
    assert "--like train_val.prototxt" in ran.err


@pytest.mark.parametrize("size", ["12x10", "12,10", "12, 10"])
def test_height_and_width_are_said_as_in_dataset(folder, run, size):
    ran = run(*WORDS, "--scale", "1", "--size", size)
    assert ran.code == 0, ran.err
    assert "resized to 12 x 10" in in_a_line(ran.err)


def test_tables_are_written(folder, run):
    words = ("--scale", "0.01", "--csv", "all.csv", "--json", "all.json")
    ran = run(*WORDS, "more", *words)
    assert ran.code == 0, ran.err
    with open("all.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == ["cat.png"] * 3 + ["more/red.png"] * 3
    assert {row["what"] for row in rows} == {"class"}
    read = json.loads((folder / "all.json").read_text())
    assert [each["image"] for each in read] == ["cat.png", "more/red.png"]
    assert [float(row["score"]) for row in rows[:3]] == [
        each["score"] for each in read[0]["classes"]
    ]


def test_a_mask_is_told_and_drawn(folder, run):
    words = ("predict", "maps.prototxt", "maps.caffemodel", "more", "--size", "own", "--scale", "1")
    ran = run(*words, "--out", "found")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[:4] == [
        "more/red.png",
        "    50.00%  0",
        "    50.00%  1",
        "  wrote found/red.png",
    ]
    drawn = np.asarray(Image.open("found/red.png"))
    assert drawn.shape == (30 * 8, 30 * 10, 3)  # so small an image is drawn larger


def test_images_of_one_name_are_all_drawn(folder, run):
    Image.open("cat.png").save("more/cat.png")
    ran = run(*WORDS, "more/cat.png", "--scale", "1", "--out", ".")
    assert ran.code == 0, ran.err
    assert {path.name for path in folder.glob("*.png")} == {"cat.png", "cat_2.png", "cat_3.png"}


def test_what_is_no_image_is_told_and_the_others_are_seen(folder, run):
    (folder / "more" / "a.png").write_text("no image")
    ran = run(*WORDS, "more", "--scale", "1")
    assert ran.code == 1
    assert "more/a.png: the image cannot be decoded" in ran.err
    assert "1 of 3 images could not be read" in ran.err
    assert "more/red.png" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--size", "0x5"], 2, "no size"),
        (["--crop", "own"], 2, "no size"),
        (["--scale", "nan"], 2, "nan"),
        (["--mean", "1,2"], 1, "the mean does not fit"),
        (["--mean", "gone.npy"], 1, "gone.npy"),
        (["--scale", "1", "--labels", "gone.txt"], 1, "gone.txt"),
        (["--scale", "1", "--blob", "prop"], 1, "prop"),
        (["--scale", "1", "--csv", "gone/a.csv"], 2, "no folder gone"),
        (["--scale", "1", "--as", "circles"], 2, "circles"),
        (["--scale", "1", "gone.png"], 1, "gone.png"),
    ],
)
def test_what_does_not_do_is_explained(words, code, message, folder, run):
    ran = run(*WORDS, *words)
    assert ran.code == code
    assert message in ran.err
    assert "Traceback" not in ran.err
