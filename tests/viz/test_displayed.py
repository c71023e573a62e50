"""What nets and solvers show by their methods, as objects that a notebook displays."""

from __future__ import annotations

import copy
import html
import pickle
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import blobnet
from blobnet.errors import BlobnetError, DataError, NetError
from blobnet.viz.images.feature_maps import show_image

MODELS = Path(__file__).parents[2] / "models"


def by_hand(settings=""):
    param = blobnet.parse_solver((MODELS / "by_hand" / "solver.prototxt").read_text("utf-8"))
    param.net = str(MODELS / "by_hand" / "net.prototxt")
    param.MergeFrom(blobnet.parse_solver(settings))
    return blobnet.get_solver(param, dtype="float64")


@pytest.fixture
def solver():
    return by_hand()


@pytest.fixture
def net():
    return blobnet.Net(str(MODELS / "lenet5" / "deploy.prototxt"), phase="TEST", seed=1)


# --- summary and draw ---------------------------------------------------------------------------


def test_a_summary_is_what_the_command_prints(net, tmp_path):
    shown = net.summary()
    lines = repr(shown).splitlines()
    conv2 = next(line for line in lines if "conv2" in line)
    assert re.match(r" conv2 +Convolution +64\S50\S8\S8 +25,050 ", conv2)
    assert "parameters     431,080" in lines
    assert html.unescape(shown._repr_html_()) == f"<pre>{shown}</pre>"
    assert shown.save(tmp_path / "net.txt").read_text(encoding="utf-8") == f"{shown}\n"


def test_a_summary_is_the_same_in_a_notebook(net, monkeypatch):
    expected = net.summary()
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)  # rich displays by itself there
    monkeypatch.setenv("FORCE_COLOR", "1")  # kernels want colours
    assert net.summary() == expected


def test_names_cannot_write_html():
    text = """layer { name: "<b>" type: "Input" top: "<b>" input_param { shape { dim: 1 } } }"""
    shown = blobnet.Net(blobnet.parse_net(text), phase="TEST").summary()
    assert "<b>" in repr(shown)
    assert "<b>" not in shown._repr_html_()


def test_a_net_is_drawn_as_svg(net, tmp_path):
    pytest.importorskip("matplotlib")
    shown = net.draw()
    root = ElementTree.fromstring(shown._repr_svg_())
    assert root.tag.endswith("svg")
    assert "conv1" in shown._repr_svg_()
    assert shown._repr_png_() is None
    assert repr(shown) == repr(net)
    assert shown.save(tmp_path / "net.svg").read_bytes() == shown.image
    with pytest.raises(BlobnetError, match=r"ends in \.svg\n.*net\.png"):
        shown.save(tmp_path / "net.png")


# --- show ---------------------------------------------------------------------------------------


def test_filters_are_shown_without_an_image(net):
    pytest.importorskip("matplotlib")
    shown = [net.show(), net.show(names=["conv1"])]
    assert [repr(one) for one in shown] == ["filters of conv1, conv2", "filters of conv1"]
    assert all(one._repr_png_().startswith(b"\x89PNG") for one in shown)
    assert shown[0].image != shown[1].image
    with pytest.raises(NetError, match="did you mean conv1"):
        net.show(names=["conv11"])


def test_with_an_image_the_text_is_the_answer(net):
    pytest.importorskip("matplotlib")
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    shown = net.show(pixels, scale=1 / 256)
    np.testing.assert_array_equal(net.blobs["data"].data, pixels[None, None] / np.float32(256))
    best = int(net.blobs["prob"].data[0].argmax())
    assert re.match(rf"prob: {best} \(0\.\d+\), ", repr(shown))
    assert shown._repr_png_().startswith(b"\x89PNG")
    assert net.show(pixels, ["conv1"], scale=1 / 256).image != shown.image


def test_pixels_of_an_array_go_in_as_those_of_its_file_do(net, tmp_path):
    image = pytest.importorskip("PIL.Image")
    colors = np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    image.fromarray(colors[:, :, ::-1]).save(tmp_path / "a.bmp")  # which keeps red, green, blue
    seen = []
    for given in (tmp_path / "a.bmp", colors, colors.astype(np.float32)):
        show_image(net, given, scale=1 / 256)
        seen.append(net.blobs["data"].data.copy())
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_allclose(seen[2], seen[1], atol=1 / 256)  # of floats none is rounded


def test_a_gray_array_fills_three_channels():
    text = 'layer { name: "i" type: "Input" top: "i" input_param { shape { dim: [1, 3, 4, 4] } } }'
    net = blobnet.Net(blobnet.parse_net(text), phase="TEST")
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    show_image(net, pixels)
    np.testing.assert_array_equal(net.blobs["i"].data[0], np.stack([pixels] * 3))


@pytest.mark.parametrize("shape", [(28,), (1, 28, 28), (28, 28, 4), (0, 28), (2, 2, 2, 2)])
def test_what_is_no_image_is_refused(net, shape):
    with pytest.raises(DataError, match=r"no image\n.*\(height, width\)"):
        show_image(net, np.zeros(shape))


# --- plot ---------------------------------------------------------------------------------------


def test_a_training_is_plotted_so_far(solver, tmp_path):
    pytest.importorskip("matplotlib")
    shown = []
    for steps in (5, 20):
        solver.step(steps)
        shown.append(solver.plot("by hand"))
        assert shown[-1]._repr_png_().startswith(b"\x89PNG")
        assert shown[-1]._repr_svg_() is None
    assert shown[0].image != shown[1].image
    assert repr(shown[1]) == f"25 iterations from 0 on, the last loss {solver.loss:.6g}"
    assert shown[1].save(tmp_path / "curves.png").read_bytes() == shown[1].image
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]
    assert repr(by_hand().plot()) == "0 iterations from 0 on"


def test_curves_go_back_with_the_training(tmp_path):
    settings = f'snapshot_prefix: "{tmp_path / "a"}" test_iter: 1 test_interval: 2 momentum: 0.5'
    solver = by_hand(settings + f' test_net: "{MODELS / "by_hand" / "net.prototxt"}"')
    solver.step(3)
    state = solver.snapshot()
    solver.step(5)
    losses, tests = [*solver.curves.losses], list(solver.curves.tests["E"])
    assert [at for at, _ in tests] == [0, 2, 4, 6]
    solver.restore(state)
    solver.step(5)
    assert [*solver.curves.losses] == losses
    assert solver.curves.tests["E"] == tests
    other = by_hand(settings)
    other.restore(state)
    other.step(2)
    assert (other.curves.first_iter, [*other.curves.losses]) == (3, losses[3:5])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copies_take_their_curves_along(solver, copied):
    solver.step(2)
    other = copied(solver)
    other.step(1)
    assert len(solver.curves.losses) == 2
    assert [*other.curves.losses][:2] == [*solver.curves.losses]
    assert other.curves.losses[2] == other.loss


# --- trace --------------------------------------------------------------------------------------


def test_a_trace_makes_the_steps_that_it_tells(solver, tmp_path):
    pytest.importorskip("matplotlib")
    shown = solver.trace(2)
    assert solver.iter == 2
    assert [f"=== iteration {i} of by_hand" in repr(shown) for i in (0, 1, 2)] == [
        True,
        True,
        False,
    ]
    (page,) = re.findall(r'<iframe srcdoc="([^"]*)"', shown._repr_html_())
    assert html.unescape(page) == shown.html
    assert "<!DOCTYPE html>" in shown.html
    assert "<" not in page
    assert shown.save(tmp_path / "page.html").read_text(encoding="utf-8") == shown.html


def test_a_trace_changes_weights_as_steps_do(solver):
    other = blobnet.get_solver(solver.param, dtype="float64")
    solver.trace(2)
    other.step(2)
    for mine, theirs in zip(solver.net.learnable_params, other.net.learnable_params, strict=True):
        np.testing.assert_array_equal(mine.data, theirs.data)
