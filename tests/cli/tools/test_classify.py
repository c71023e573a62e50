from __future__ import annotations

import numpy as np
import pytest

from blobnet.pycaffe.classifier import Classifier
from blobnet.pycaffe.io import load_image
from tests.pycaffe.images_net import CLASSES, write_net

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path, monkeypatch, rng):
    """The current folder: a net, its weights, a mean, and images in `pictures`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CAFFE_ROOT", raising=False)
    write_net(tmp_path)
    np.save("mean.npy", rng.uniform(0, 255, (3, 9, 9)))
    (tmp_path / "pictures").mkdir()
    for name in ("c.jpg", "a.jpg", "b.jpg", "d.png"):
        pixels = rng.integers(0, 256, (14, 17, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / name)
    return tmp_path


@pytest.fixture
def classify(folder, run):
    def call(*words):
        net = ("--model_def", "deploy.prototxt", "--pretrained_model", "small.caffemodel")
        return run("classify", *net, "--images_dim", "10,12", *words)

    return call


def expected(names, **settings):
    mean = np.load("mean.npy")
    classifier = Classifier(
        "deploy.prototxt", "small.caffemodel", (10, 12), mean, None, 255.0, [2, 1, 0]
    )
    return classifier.predict([load_image(f"pictures/{name}") for name in names], **settings)


def test_an_image_becomes_a_row_of_scores(folder, classify):
    ran = classify("--mean_file", "mean.npy", "pictures/d.png", "scores.npy")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[:3] == ["CPU mode", "Loading file: pictures/d.png", "Classifying 1 inputs."]
    assert lines[3].startswith("Done in ")
    assert lines[4] == "Saving results into scores.npy"
    np.testing.assert_array_equal(np.load("scores.npy"), expected(["d.png"]))


def test_a_folders_images_come_in_the_order_of_their_names(folder, classify):
    ran = classify("-mean_file=mean.npy", "--center_only", "pictures", "scores")
    assert "Classifying 3 inputs." in ran.out
    names = ["a.jpg", "b.jpg", "c.jpg"]
    np.testing.assert_array_equal(np.load("scores.npy"), expected(names, oversample=False))
    assert classify("--mean_file", "", "--ext", "png", "pictures", "one.npy").code == 0
    assert np.load("one.npy").shape == (1, CLASSES)


def test_images_in_an_array(folder, classify, rng):
    images = rng.random((20, 9, 9, 3))
    np.save("images.npy", images)
    settings = ("--mean_file", "", "--raw_scale", "2", "--input_scale", "3", "--channel_swap", "")
    ran = classify(*settings, "--gpu", "images.npy", "scores.npy")
    assert "--gpu: blobnet runs on the CPU" in ran.err
    classifier = Classifier(
        "deploy.prototxt", "small.caffemodel", (10, 12), raw_scale=2, input_scale=3
    )
    np.testing.assert_array_equal(np.load("scores.npy"), classifier.predict(images))


def test_caffes_folder_has_the_defaults(folder, run, monkeypatch):
    words = ("--images_dim", "10,12", "pictures/a.jpg", "scores.npy")
    ran = run("classify.py", *words)
    assert ran.code == 1
    assert "--model_def is not given" in ran.err
    assert "models/bvlc_reference_caffenet/deploy.prototxt" in ran.err
    assert "CAFFE_ROOT" in ran.err
    model = folder / "caffe" / "models" / "bvlc_reference_caffenet"
    mean = folder / "caffe" / "python" / "caffe" / "imagenet"
    for made in (model, mean):
        made.mkdir(parents=True)
    (folder / "deploy.prototxt").rename(model / "deploy.prototxt")
    (folder / "small.caffemodel").rename(model / "bvlc_reference_caffenet.caffemodel")
    (folder / "mean.npy").rename(mean / "ilsvrc_2012_mean.npy")
    monkeypatch.setenv("CAFFE_ROOT", str(folder / "caffe"))
    assert run("classify.py", *words).code == 0
    assert np.load("scores.npy").shape == (1, CLASSES)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--mean_file", "none.npy", "pictures", "o.npy"), "--mean_file none.npy: cannot be read"),
        (("--mean_file", "pictures/a.jpg", "pictures", "o.npy"), "no .npy file"),
        (("--mean_file", "objects.npy", "pictures", "o.npy"), "cannot be read"),
        (("--mean_file", "cut.npy", "pictures", "o.npy"), "cannot be read"),
        (("--mean_file", "", "none.jpg", "o.npy"), "none.jpg: cannot be read"),
        (("--mean_file", "", "--ext", "gif", "pictures", "o.npy"), "no images that end in .gif"),
        (("--mean_file", "", "mean.npy", "o.npy"), "images (N, height, width, channels)"),
        (("--mean_file", "", "--images_dim", "4,4", "pictures", "o.npy"), "do not fit"),
    ],
)
def test_what_cannot_be_done_is_explained(words, error, folder, classify):
    np.save("objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    (folder / "cut.npy").write_bytes((folder / "mean.npy").read_bytes()[:-9])
    ran = classify(*words)
    assert ran.code == 1
    assert error in ran.err
    assert not (folder / "o.npy").exists()


@pytest.mark.parametrize("words", [("--channel_swap", "a,b"), ("--images_dim", "2;3")])
def test_lists_that_are_none_are_wrong_usage(words, classify):
    assert classify(*words, "pictures", "o.npy").code == 2


def test_a_result_that_cannot_be_written_is_found_out_before(folder, classify):
    ran = classify("--mean_file", "", "pictures", "none/o.npy")
    assert (ran.code, ran.out) == (2, "")
