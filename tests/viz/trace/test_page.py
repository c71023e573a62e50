from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser

import numpy as np
import pytest

from blobnet.errors import BlobnetError, MissingExtraError
from blobnet.viz.trace import trace_page, trace_steps, write_trace_page
from blobnet.viz.trace.array_note import ArrayNote
from blobnet.viz.trace.pictures import histogram
from tests.viz.trace.small_trainings import BY_HAND, SMALL, make_solver

VOID = {"meta", "img", "rect"}


class Page(HTMLParser):
    """Reads a page; every element has to be closed where it should be."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.attributes, self._open = [], [], [], []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attributes]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if not self._open or self._open[-1] != "style":
            self.words.append(data)


def page_of(net=BY_HAND, settings="", steps=1, **options):
    return trace_page(list(trace_steps(make_solver(net, settings, dtype="f8"), steps, **options)))


@pytest.fixture(scope="module")
def by_hand():
    return page_of()


def words_of(page):
    return re.sub(r"\s+", " ", " ".join(Page(page).words))


def test_the_page_needs_nothing_else_and_fits_a_phone(by_hand):
    page = Page(by_hand)
    assert by_hand.startswith("<!DOCTYPE html>")
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "http" not in by_hand
    assert ("meta", "name", "viewport") in page.attributes
    assert ("meta", "content", "width=device-width, initial-scale=1") in page.attributes
    assert ("meta", "charset", "utf-8") in page.attributes


def test_it_tells_what_the_text_tells(by_hand):
    words = words_of(by_hand)
    for told in (
        "How by hand learns, step by step",
        "rate = 0.5; loss = 0.29837111",
        "Fully connected layer: y = x @ W.T + b.",
        "0.59326999",
        "loss = 0.29837111",
        "dW += dy.T @ x,",
        "delta in ip2 .diff",
        "0.13849856",
        "w = w - rate * g",
        "rate = 0.5 * lr_mult 1; g = gradient",
        "[0,0] 0.4 0.082167041 0.04108352 0.35891648",
        "before - change = after, exactly, in all 4 values",
        "stays as it is, lr_mult is 0",
        "No gradient is needed in x, target.",
    ):
        assert told.replace(" .diff", ".diff") in words.replace(" .diff", ".diff"), told


def test_every_layer_can_be_folded(by_hand):
    page = Page(by_hand)
    updates = 6
    assert page.tags.count("details") == page.tags.count("summary") == 7 + 5 + updates
    assert ("details", "open", None) in page.attributes


def test_a_large_net_is_folded_at_first():
    relus = "".join(
        f'layer {{ name: "relu{i}" type: "ReLU" bottom: "ip1" top: "ip1" }}' for i in range(2, 12)
    )
    net = SMALL.replace('layer { name: "ip2"', relus + 'layer { name: "ip2"')
    page = page_of(net)
    forward = page[: page.index("<h3>Update")]
    assert "<details>" in forward
    assert "<details open>" not in forward


def test_several_steps_are_one_page():
    words = words_of(page_of(steps=3, settings="iter_size: 2"))
    for told in ("Iteration 0", "Iteration 2", "Forward 2 of 2", "Backward 1 of 2"):
        assert told in words


def test_large_arrays_are_tables_of_statistics():
    words = words_of(page_of(few=1))
    assert "min mean max mean abs zeros" in words
    assert "Arrays of up to 1 values are shown in full" in words


CONV = """
    name: "filters"
    layer { name: "d" type: "DummyData" top: "x" top: "y" dummy_data_param {
      shape { dim: 2 dim: 1 dim: 8 dim: 8 } shape { dim: 2 } data_filler { type: "gaussian" }
      data_filler { type: "constant" } } }
    layer { name: "conv" type: "Convolution" bottom: "x" top: "maps" convolution_param {
      num_output: 20 kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "ip" type: "InnerProduct" bottom: "maps" top: "z" inner_product_param {
      num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "z" bottom: "y" top: "loss" }
"""


def pictures_in(page):
    """Of every picture its words and its bytes."""
    found = re.findall(
        r'<img class="\w+" alt="([^"]+)"[^>]* src="data:image/(\S+);base64,(\S+)">', page
    )
    return [(words, kind, b64decode(data)) for words, kind, data in found]


def test_the_net_its_images_and_its_filters_are_drawn():
    pytest.importorskip("matplotlib")
    solver = make_solver(CONV, dtype="f8")
    page = trace_page(list(trace_steps(solver)), solver.net)
    (words, kind, svg), *images = pictures_in(page)
    assert (words, kind) == ("the net: its layers from top to bottom", "svg+xml")
    assert b"filters in phase TRAIN" in svg
    assert {kind for _, kind, _ in images} == {"png"}
    assert all(png.startswith(b"\x89PNG") for _, _, png in images)
    assert {words for words, _, _ in images} == {
        "2 of 2 images",  # what comes in
        "the first 16 of 20 images",  # filters, and what they change by
        "the first 16 of 40 images",  # maps
    }
    assert "http" not in page
    Page(page)  # all is closed


def test_without_matplotlib_the_page_says_what_is_missing(monkeypatch):
    def missing(module, extra, purpose):
        raise MissingExtraError(f'{purpose}: pip install "blobnet[{extra}]"')

    monkeypatch.setattr("blobnet.viz.trace.pictures.import_extra", missing)
    monkeypatch.setattr("blobnet.viz.nets.picture.import_extra", missing)
    solver = make_solver(CONV, dtype="f8")
    page = trace_page(list(trace_steps(solver)), solver.net)
    assert pictures_in(page) == []
    assert "blobnet[plot]" in page
    assert "histogram from" in page


def test_the_bars_of_a_histogram_are_as_high_as_their_counts():
    note = ArrayNote.of(np.repeat([0.0, 1.0, 32.0], [10, 5, 20]))
    bars = re.findall(r'<rect x="(\d+)" y="(\d+)" width="5" height="(\d+)"/>', histogram(note))
    assert [(int(x) // 6, int(y), int(high)) for x, y, high in bars if int(high)] == [
        (0, 24, 24),
        (1, 36, 12),
        (31, 0, 48),
    ]


def test_names_cannot_become_markup():
    evil = "<script>alert('x')</script>&amp;\\n"
    net = BY_HAND.replace('name: "ip1"', f'name: "{evil}"').replace("by hand", "<b>bold</b>")
    net = net.replace('"h"', "\"<i a='1'>\"")
    page = page_of(net)
    parsed = Page(page)
    assert "script" not in parsed.tags
    assert "i" not in parsed.tags
    assert "<b>bold</b>" in " ".join(parsed.words)
    assert "alert('x')" in " ".join(parsed.words)


def test_the_sign_has_a_colour_and_the_size_its_strength(by_hand):
    assert re.search(r'rgba\(230,159,0,0\.50\)">0\.7413\d+<', by_hand)
    assert re.search(r'rgba\(0,114,178,0\.15\)">-0\.2170\d+<', by_hand)


def test_values_of_every_kind_have_a_cell():
    net = """
        layer { name: "d" type: "DummyData" top: "x" top: "y" dummy_data_param {
          shape { dim: 2 dim: 2 dim: 2 } data_filler { type: "constant" value: 2 } } }
        layer { name: "log" type: "Log" bottom: "x" top: "z" log_param { shift: -2 } }
        layer { name: "none" type: "Input" top: "n" input_param { shape { dim: 0 } } }
        layer { name: "s" type: "Silence" bottom: "z" bottom: "n" }
        layer { name: "loss" type: "EuclideanLoss" bottom: "x" bottom: "y" top: "loss" }
    """
    words = words_of(page_of(net))
    assert "-inf" in words
    assert "no values" in words
    assert "[1]" in words  # the second matrix of three axes


def test_no_steps_are_a_page_too():
    assert "a net learns" in words_of(trace_page([]))


def test_the_file_is_written_whole_or_not_at_all(by_hand, tmp_path):
    steps = list(trace_steps(make_solver(BY_HAND, dtype="f8")))
    path = write_trace_page(steps, str(tmp_path / "step.html"))
    assert path.read_text(encoding="utf-8") == by_hand
    with pytest.raises(BlobnetError, match=r"step\.html"):
        write_trace_page(steps, tmp_path / "none" / "step.html")
