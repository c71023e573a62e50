from __future__ import annotations

import csv
import sys
import types

import numpy as np
import pytest

from blobnet.pycaffe.detector import Detector
from tests.pycaffe.images_net import write_net

Image = pytest.importorskip("PIL.Image")

TABLE = """filename, ymin, xmin, ymax, xmax, note
b.png,0,0,9,9,first
a.png,1,2,14,15.0,
"b.png",3,3,14,17,"two, words"
"""
WINDOWS = [
    ("b.png", np.array([[0, 0, 9, 9], [3, 3, 14, 17]])),
    ("a.png", np.array([[1, 2, 14, 15]])),
]


@pytest.fixture
def folder(tmp_path, monkeypatch, rng):
    """The current folder: a net, its weights, a mean, two images and windows in them."""
    monkeypatch.chdir(tmp_path)
    write_net(tmp_path)
    np.save("mean.npy", rng.uniform(0, 255, (3, 9, 9)))
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 256, (14, 17, 3), np.uint8)).save(tmp_path / name)
    (tmp_path / "windows.csv").write_text(TABLE)
    return tmp_path


@pytest.fixture
def detect(folder, run):
    def call(*words):
        net = ("--model_def", "deploy.prototxt", "--pretrained_model", "small.caffemodel")
        return run("detect", *net, "--context_pad", "2", *words)

    return call


def expected():
    mean = np.load("mean.npy").mean(axis=(1, 2))
    detector = Detector(
        "deploy.prototxt", "small.caffemodel", mean, None, 255.0, [2, 1, 0], context_pad=2
    )
    return detector.detect_windows(WINDOWS)


def test_windows_of_a_list_become_lines_with_scores(folder, detect):
    ran = detect("--crop_mode", "list", "--mean_file", "mean.npy", "windows.csv", "scores.csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == ["CPU mode", "Loading input..."]
    assert "Processed 3 windows in " in ran.out
    with open("scores.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [
        "filename",
        "ymin",
        "xmin",
        "ymax",
        "xmax",
        "class0",
        "class1",
        "class2",
        "class3",
    ]
    for row, found in zip(rows, expected(), strict=True):
        assert row[0] == found["filename"]
        assert [float(corner) for corner in row[1:5]] == list(found["window"])
        np.testing.assert_allclose(np.array(row[5:], np.float32), found["prediction"], rtol=1e-5)
    assert b"\r" not in (folder / "scores.csv").read_bytes()


def test_other_results_are_pandas_store(folder, detect, monkeypatch):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("tables")
    detect("--crop_mode", "list", "--mean_file", "mean.npy", "windows.csv", "scores.h5")
    frame = pandas.read_hdf("scores.h5", "df")
    assert list(frame.columns) == ["prediction", "ymin", "xmin", "ymax", "xmax"]
    assert list(frame.index) == ["b.png", "b.png", "a.png"]


def test_without_pandas_it_is_said_before_the_work(folder, detect, monkeypatch):
    monkeypatch.setitem(sys.modules, "tables", types.ModuleType("tables"))
    monkeypatch.setitem(sys.modules, "pandas", None)
    ran = detect("--crop_mode", "list", "--mean_file", "", "windows.csv", "scores.h5")
    assert (ran.code, ran.out) == (1, "")
    assert "needs the package pandas" in ran.err
    assert "pip install pandas tables" in ran.err


@pytest.mark.parametrize("names", ["windows.csv", "names.txt"])
def test_selective_search_takes_files(names, folder, detect, monkeypatch):
    asked = []
    search = types.ModuleType("search")
    search.get_windows = lambda paths, cmd: (
        asked.extend(paths) or [np.array([[0, 0, 9, 9]]) for _ in paths]
    )
    (folder / "names.txt").write_text("b.png\n\na.png\n")
    without = detect("--mean_file", "", names, "scores.csv")
    assert (without.code, "MATLAB" in without.err) == (1, True)
    monkeypatch.setitem(sys.modules, "selective_search_ijcv_with_python", search)
    assert detect("--mean_file", "", names, "scores.csv").code == 0
    assert asked == [str(folder / "b.png"), str(folder / "a.png")]


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("w.csv", "filename,ymin,xmin,ymax\na.png,1,2,3\n", "the first line must name the columns"),
        ("w.csv", "", "an empty file"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\n", "w.csv: no windows"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\na.png,1,2,3\n", "w.csv, line 2: no window"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\na.png,1,2,3,nan\n", "line 2: no window"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\n,1,2,3,4\n", "line 2: no window"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\na.png,99,1,100,5\n", "has no pixels"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\nno.png,0,0,5,5\n", "no.png: cannot be read"),
        ("w.txt", "a.png", "w.txt: no windows"),
    ],
)
def test_what_are_no_windows_is_explained(name, text, error, folder, detect):
    (folder / name).write_text(text)
    ran = detect("--crop_mode", "list", "--mean_file", "", name, "scores.csv")
    assert ran.code == 1
    assert error in ran.err
    assert not (folder / "scores.csv").exists()


@pytest.mark.parametrize("shape", [(3,), (3, 1, 1)])
def test_a_mean_of_channels_is_taken_as_it_is(shape, folder, detect):
    values = np.load("mean.npy").mean(axis=(1, 2))
    np.save("channels.npy", values.reshape(shape))
    for mean, name in (("mean.npy", "one.csv"), ("channels.npy", "two.csv")):
        assert detect("--crop_mode", "list", "--mean_file", mean, "windows.csv", name).code == 0
    assert (folder / "one.csv").read_text() == (folder / "two.csv").read_text()


def test_a_mean_of_other_axes_is_refused(folder, detect):
    np.save("flat.npy", np.ones((9, 9)))
    ran = detect("--crop_mode", "list", "--mean_file", "flat.npy", "windows.csv", "o.csv")
    assert (ran.code, "--mean_file: no mean" in ran.err) == (1, True)
