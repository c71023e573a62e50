from __future__ import annotations

import re

import pytest

NET = """
layer { name: "data" type: "Data" top: "data" top: "label" }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }
  convolution_param { num_output: 96 kernel_size: 5 stride: 2 pad: 1 group: 4 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "plain" type: "Deconvolution" bottom: "pool" top: "plain" param { name: "w" }
  convolution_param { num_output: 1 kernel_size: 2 } }
layer { name: "loss" type: "Python" bottom: "plain" bottom: "elsewhere" top: "loss" top: "more"
  loss_weight: 0.5 python_param { module: "m" layer: "Loss" } }
"""
# what summarize.py itself prints of the net, without its colours
WIDE = """\
data  Data                                          -> data, label
conv  Convolution   (, x2.0 Dx0.0) data             -> conv             5/2+1 96/4
relu  ReLU                         conv             -> conv
pool  Pooling                      conv             -> pool             3/2+1
plain Deconvolution (w)            pool             -> plain            2 1
loss  m.Loss                       plain, elsewhere -> 0.5 * loss, more
"""
NARROW = """\
data  Data              -> data, label
conv  Convolution (, x2.0 Dx0.0) data -> conv 5/2+1 96/4
relu  ReLU        conv  -> conv
pool  Pooling     conv  -> pool  3/2+1
plain Deconvolution (w) pool -> plain 2 1
loss  m.Loss      plain, elsewhere -> 0.5 * loss, more
"""


@pytest.fixture
def table(tiny, run):
    """A function that gives the lines of a net."""

    def of(net: str, *words: str) -> list[str]:
        (tiny / "net.prototxt").write_text(net)
        ran = run("summarize", "net.prototxt", *words)
        assert (ran.code, ran.err) == (0, "")
        return ran.out.splitlines()

    return of


def plain(lines: list[str]) -> list[str]:
    """Without colours and what is not seen."""
    return [re.sub(r"\033\[[\d;]+m", "", line).rstrip() for line in lines]


def test_a_layer_has_a_line(table):
    assert plain(table(NET)) == plain(table(NET, "-w", "30")) == WIDE.splitlines()


def test_columns_are_no_wider_than_they_may_be(table):
    assert plain(table(NET, "--max-width", "6")) == NARROW.splitlines()


def test_numbers_are_as_short_as_they_can_be(table):
    text = 'layer { name: "a" type: "X" param { lr_mult: 0.1 } loss_weight: 0.3 top: "t" }'
    assert plain(table(text)) == ["a X (x0.1)  -> 0.3 * t"]


def test_a_blob_has_one_colour_and_what_nobody_reads_is_underlined(table):
    lines = table(NET)
    assert "\033[92mdata\033[0m" in lines[0]
    assert "\033[93m\033[1;4mlabel\033[0m" in lines[0]
    assert lines[1].count("\033[92mdata\033[0m") == 1
    assert lines[2].count("\033[94mconv\033[0m") == 2
    assert "\033[41melsewhere\033[0m" in lines[-1]
    assert "\033[96m0.5 * \033[1;4mloss\033[0m" in lines[-1]


def test_colours_can_be_left_out(table, monkeypatch):
    coloured = table(NET)
    monkeypatch.setenv("NO_COLOR", "1")
    lines = table(NET)
    assert "\033" not in "".join(lines)
    assert [line.rstrip() for line in lines] == plain(coloured)


def test_old_nets_are_read_and_no_name_works_upon_the_terminal(table):
    lines = plain(table('layers { name: "a\\033[1mb" type: RELU bottom: "x" top: "y\\n" }'))
    assert lines == ["a\\x1b[1mb ReLU  x -> y\\n"]


def test_what_does_not_do_is_explained(tiny, run):
    (tiny / "empty.prototxt").write_text('name: "n"')
    assert "empty.prototxt: a net without layers" in run("summarize", "empty.prototxt").err
    ran = run("summarize", "none.prototxt")
    assert (ran.code, ran.out) == (1, "")
    assert "none.prototxt: cannot be read" in ran.err
    assert run("summarize", "net.prototxt", "-w", "0").code == 2
