from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.cli import show_command

pytest.importorskip("matplotlib")
Image = pytest.importorskip("PIL.Image")

CONVOLUTIONS = "".join(
    f"""
    layer {{ name: "conv{i}" type: "Convolution" bottom: "{bottom}" top: "conv{i}"
      convolution_param {{ num_output: 4 kernel_size: 3 weight_filler {{ type: "xavier" }} }} }}
    """
    for i, bottom in enumerate(["data", "conv0"])
)
INPUT = """
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
"""
DATA = """
    layer { name: "data" type: "Data" top: "data" top: "label"
      data_param { source: "not_there" backend: LMDB batch_size: 2 } }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with nets, their weights and an image in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deploy.prototxt").write_text(INPUT + CONVOLUTIONS)
    (tmp_path / "train.prototxt").write_text(DATA + CONVOLUTIONS)
    blobnet.Net("deploy.prototxt", phase="TEST", seed=1).save("w.caffemodel")
    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    Image.fromarray(pixels).save("cat.png")
    return tmp_path


@pytest.fixture
def nets(monkeypatch):
    """The nets that the command makes."""
    made, load_net = [], show_command.load_net

    def load(*words, **options):
        made.append(load_net(*words, **options))
        return made[-1]

    monkeypatch.setattr(show_command, "load_net", load)
    return made


def test_filters_are_drawn(folder, run):
    ran = run("show", "deploy.prototxt", "w.caffemodel", "filters.png")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "wrote filters.png",
        "next: blobnet show deploy.prototxt w.caffemodel IMAGE maps.png",
    ]
    assert (folder / "filters.png").read_bytes().startswith(b"\x89PNG")


def test_an_image_is_shown_to_the_net_as_the_options_say(folder, run, nets):
    words = ("--mean", "1,2,3", "--scale", "0.5", "--layer", "conv1", "--tiles", "2")
    ran = run("show", "deploy.prototxt", "w.caffemodel", "cat.png", "maps.png", *words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "wrote maps.png",
        "next: blobnet show deploy.prototxt w.caffemodel filters.png",
    ]
    (net,) = nets
    pixels = net.blobs["data"].data[0, :, 0, 0]
    assert pixels.tolist() == [(2 - 1) / 2, (1 - 2) / 2, (0 - 3) / 2]  # the first is blue
    weights = blobnet.Net("deploy.prototxt", phase="TEST", weights="w.caffemodel").params
    np.testing.assert_array_equal(net.params["conv0"][0].data, weights["conv0"][0].data)


def test_an_image_without_any_options_goes_in_as_it_is_which_is_said(folder, run):
    ran = run("show", "deploy.prototxt", "w.caffemodel", "cat.png", "maps.png")
    assert ran.code == 0
    assert "note: the image went in with values from 0 to 255" in ran.out


def test_a_net_whose_data_is_not_there_takes_a_shape_instead(folder, run):
    ran = run("show", "train.prototxt", "w.caffemodel", "out.png")
    assert ran.code == 1
    assert "--shape data=2," in ran.err
    for files in (["out.png"], ["cat.png", "out.png"]):
        words = ("train.prototxt", "w.caffemodel", *files, "--shape", "data=2,3,8,8")
        assert run("show", *words).code == 0


def test_it_says_what_is_left_out(folder, run, monkeypatch):
    monkeypatch.setattr(show_command, "MOST_BLOBS", 1)
    ran = run("show", "deploy.prototxt", "w.caffemodel", "cat.png", "out.png")
    assert "  the first 1 of 3 blobs; --layer draws others: conv0, conv1...\n" in ran.out


def test_a_picture_of_ours_may_be_drawn_again(folder, run):
    for _ in range(2):
        assert run("show", "deploy.prototxt", "w.caffemodel", "out.png").code == 0


def test_a_forgotten_picture_does_not_cost_the_image(folder, run):
    before = (folder / "cat.png").read_bytes()
    ran = run("show", "deploy.prototxt", "w.caffemodel", "cat.png")
    assert ran.code == 2
    assert "cat.png is there already" in ran.err
    assert (folder / "cat.png").read_bytes() == before


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["maps.jpg"], "maps.jpg: the last name is the picture's, OUT.png"),
        (["a.png", "b.png", "c.png"], "Give one IMAGE"),
        ([], "[IMAGE] OUT.png"),
    ],
)
def test_wrong_files_are_wrong_usage(files, message, folder, run):
    ran = run("show", "deploy.prototxt", "w.caffemodel", *files)
    assert ran.code == 2
    assert message in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nix.prototxt", "w.caffemodel", "out.png"], "nix.prototxt"),
        (["deploy.prototxt", "nix.caffemodel", "out.png"], "nix.caffemodel"),
        (["deploy.prototxt", "w.caffemodel", "nix.png", "out.png"], "the image nix.png: cannot"),
        (["deploy.prototxt", "w.caffemodel", "out.png", "--layer", "cnv0"], "did you mean conv0"),
        (["deploy.prototxt", "w.caffemodel", "cat.png", "out.png", "--mean", "nix.npy"], "nix.npy"),
    ],
)
def test_what_does_not_do_is_explained(words, message, folder, run):
    ran = run("show", *words)
    assert ran.code == 1
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert not (folder / "out.png").exists()


def test_a_picture_that_another_command_has_drawn_is_replaced(folder, run):
    assert run("draw", "deploy.prototxt", "picture.png").code == 0
    drawn = (folder / "picture.png").read_bytes()
    ran = run("show", "deploy.prototxt", "w.caffemodel", "picture.png")
    assert ran.code == 0, ran.err
    assert (folder / "picture.png").read_bytes() != drawn
