from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import pytest

import blobnet
from blobnet.errors import BlobnetError, MissingExtraError, NetError
from blobnet.viz.nets import draw_net, load_net
from blobnet.viz.nets.layout import lay_out
from blobnet.viz.nets.measures import Measures
from blobnet.viz.nets.picture import make_figure
from tests.viz.nets import known_nets

pytest.importorskip("matplotlib")

TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def lenet():
    return load_net(known_nets.lenet5(), "TEST")


def net_of(text, phase="TEST"):
    return blobnet.Net(blobnet.parse_net(text), phase)


def words_of(svg):
    """All texts of an SVG, which has to be well-formed."""
    root = ET.parse(svg).getroot()
    return [
        "".join(element.itertext()).strip()
        for element in root.iter()
        if element.tag.endswith("text")
    ]


def texts_of(figure):
    return {text.get_text(): text for text in figure.axes[0].texts}


def boxes_of(figure):
    """Where every text stands, in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = (text for text in figure.axes[0].texts if text.get_text())
    return [text.get_window_extent(renderer) for text in texts]


# --- files ----------------------------------------------------------------------------------------


def test_a_png_is_one(lenet, tmp_path):
    path = draw_net(lenet, tmp_path / "net.PNG")
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_an_svg_has_its_words_as_text(lenet, tmp_path):
    words = words_of(draw_net(lenet, str(tmp_path / "net.svg")))
    assert "LeNet in phase TEST" in words
    assert "9 layers, 431,080 parameters, 146.8 M multiply-adds for 64 items" in words
    for name in lenet.layer_names:
        assert name in words
    assert f"64{TIMES}20{TIMES}24{TIMES}24" in words
    assert f"20{TIMES}1{TIMES}5{TIMES}5 + 20" in words
    assert "num_output: 20 kernel_size: 5 stride: 1" in words


def test_the_legend_has_what_there_is_alone():
    net = net_of("""
        layer { name: "d" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "b" type: "BNLL" bottom: "x" top: "y" }
        layer { name: "r" type: "ReLU" bottom: "y" top: "y" }
    """)
    words = set(texts_of(make_figure(net)))
    assert {"data", "activation", "has none", "in place"} <= words
    assert not {"vision", "loss", "other", "has weights"} & words


def test_chinese_names_have_twice_the_room():
    latin, chinese = (
        Measures(
            lay_out(
                net_of(f'''layer {{ name: "{letter * 12}" type: "Input" top: "x"
                                   input_param {{ shape {{ dim: 2 }} }} }}''')
            )
        )
        for letter in ("a", "\u5b57")
    )
    assert chinese.types - chinese.margin > 1.7 * (latin.types - latin.margin)


def test_the_same_net_is_the_same_file(lenet, tmp_path):
    first, second = (draw_net(lenet, tmp_path / f"{name}.svg").read_bytes() for name in "ab")
    assert first == second


@pytest.mark.parametrize("name", ["net.jpg", "net", "net.svg.gz"])
def test_another_format_is_refused(name, lenet, tmp_path):
    with pytest.raises(NetError, match=r"\.png or \.svg"):
        draw_net(lenet, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_explained(lenet, tmp_path):
    with pytest.raises(BlobnetError, match=r"net\.svg"):
        draw_net(lenet, tmp_path / "none" / "net.svg")


def test_without_matplotlib_there_is_an_error_with_a_way_out(lenet, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r'pip install "blobnet\[plot\]"'):
        draw_net(lenet, tmp_path / "net.svg")


# --- what is seen ---------------------------------------------------------------------------------


def test_layers_stand_in_their_order_left_of_what_they_make(lenet):
    texts = texts_of(make_figure(lenet))
    names = ["pool1", "conv2", "pool2"]
    heights = [texts[name].get_position()[1] for name in names]
    assert heights == sorted(heights)
    axes = make_figure(lenet).axes[0]
    pools = [text.get_position() for text in axes.texts if text.get_text() == "pool1"]
    (layer, blob) = sorted(pools)
    assert layer[1] == blob[1]
    marks = [line for line in axes.lines if list(line.get_ydata()) == [layer[1]]]
    assert len(marks) == 1
    assert layer[0] < marks[0].get_xdata()[0] < blob[0]


def marks_of(net):
    """Layer name to its mark."""
    axes = make_figure(net).axes[0]
    by_height = {line.get_ydata()[0]: line for line in axes.lines if len(line.get_xdata()) == 1}
    left = min(text.get_position()[0] for text in axes.texts)
    return {
        text.get_text(): by_height[text.get_position()[1]]
        for text in axes.texts
        if text.get_position()[0] == left and text.get_position()[1] in by_height
    }


def test_weights_make_squares_and_work_in_place_is_hollow(lenet):
    marks = marks_of(lenet)
    assert marks["conv1"].get_marker() == "s"
    assert marks["pool1"].get_marker() == "o"
    assert marks["relu1"].get_markerfacecolor() == "white"
    assert marks["conv1"].get_markerfacecolor() == marks["pool1"].get_markerfacecolor()
    assert marks["conv1"].get_markerfacecolor() != marks["ip1"].get_markerfacecolor()


def tiny():
    """Narrower than what stands above it."""
    return f'''name: "{"a long name " * 20}"
        layer {{ name: "a" type: "Input" top: "x" input_param {{ shape {{ dim: 1 dim: 1 }} }} }}'''


@pytest.mark.parametrize("make", [known_nets.googlenet, known_nets.resnet50, tiny])
def test_words_lie_inside_the_picture_and_not_on_each_other(make):
    figure = make_figure(net_of(make()))
    page, rows = figure.bbox, {}
    for box in boxes_of(figure):
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
        rows.setdefault(round((box.y0 + box.y1) / 2), []).append(box)
    for row in rows.values():
        row.sort(key=lambda box: box.x0)
        for left, right in itertools.pairwise(row):
            assert left.x1 < right.x0


def test_a_very_long_net_still_fits_into_a_png(tmp_path, monkeypatch):
    monkeypatch.setattr("blobnet.viz.nets.picture._MOST_PIXELS", 300)
    path = draw_net(load_net(known_nets.lenet5(), "TEST"), tmp_path / "net.png")
    header = path.read_bytes()[16:24]
    sides = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")
    assert 250 < max(sides) <= 300


# --- odd nets -------------------------------------------------------------------------------------


def test_names_are_shown_as_they_are(tmp_path):
    name = "$a_b$ <b>&amp; \\u20ac 畳み込み"
    text = f'layer {{ name: "{name}" type: "Input" top: "{name}" input_param {{ shape {{ }} }} }}'
    text = text.replace("\\u", "\\\\u")
    net = net_of(text)
    words = words_of(draw_net(net, tmp_path / "net.svg"))
    assert words.count(net.layer_names[0]) == 2
    draw_net(net, tmp_path / "net.png")  # the letters that the font has not are no disaster


def test_types_of_forks_have_the_colour_of_all_others(tmp_path):
    net = blobnet.Net(
        blobnet.parse_net("""
            layer { name: "in" type: "Input" top: "x" top: "rois"
                    input_param { shape { dim: 1 dim: 2 dim: 8 dim: 8 } shape { dim: 1 dim: 5 } } }
            layer { name: "pool" type: "ROIPooling" bottom: "x" bottom: "rois" top: "y"
                    roi_pooling_param { pooled_w: 2 pooled_h: 2 spatial_scale: 1 } }
        """),
        phase="TEST",
    )
    assert "pool" in draw_net(net, tmp_path / "net.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        'name: "nothing"',
        """layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 0 dim: 3 } } }
           layer { name: "s" type: "Silence" bottom: "x" }""",
        """layer { name: "d" type: "DummyData" top: "x" top: "cont" dummy_data_param {
             shape { dim: 3 dim: 2 dim: 4 } shape { dim: 3 dim: 2 } } }
           layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "h"
             recurrent_param { num_output: 5 } }""",
    ],
    ids=["nothing", "silence", "lstm"],
)
def test_nets_of_other_kinds(text, tmp_path):
    assert words_of(draw_net(net_of(text), tmp_path / "net.svg"))


# --- large nets -----------------------------------------------------------------------------------


def png_size(path):
    header = path.read_bytes()[16:24]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")


def test_a_picture_takes_no_more_memory_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setattr("blobnet.viz.nets.picture._LARGEST_PICTURE", 200_000)
    width, height = png_size(draw_net(load_net(known_nets.lenet5(), "TEST"), tmp_path / "net.png"))
    assert 190_000 < width * height <= 200_000


def test_a_wide_net_fits_into_a_png_too(tmp_path, monkeypatch):
    monkeypatch.setattr("blobnet.viz.nets.picture._MOST_PIXELS", 300)
    shape = "input_param { shape { dim: 1 dim: 1 } }"
    sources = "".join(
        f'layer {{ name: "{i}" type: "Input" top: "x{i}" {shape} }}' for i in range(20)
    )
    bottoms = " ".join(f'bottom: "x{i}"' for i in range(20))
    net = net_of(f'{sources} layer {{ name: "c" type: "Concat" {bottoms} top: "c" }}')
    assert max(png_size(draw_net(net, tmp_path / "net.png"))) <= 300


def test_a_net_that_nobody_could_read_in_a_png_is_refused_with_a_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr("blobnet.viz.nets.picture._MOST_PIXELS", 50)
    net = load_net(known_nets.lenet5(), "TEST")
    with pytest.raises(blobnet.NetError, match=r"too large for a \.png(.*\n)*.*\.svg"):
        draw_net(net, tmp_path / "net.png")
    assert not (tmp_path / "net.png").exists()
    assert draw_net(net, tmp_path / "net.svg").exists()
