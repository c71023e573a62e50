from __future__ import annotations

import io

import numpy as np
import pytest

import blobnet
from blobnet.viz.nets import load_net, print_summary, summarize
from tests.viz.nets import known_nets

TIMES = "\N{MULTIPLICATION SIGN}"


def summary_of(text, phase="TRAIN"):
    return summarize(load_net(blobnet.parse_net(text), phase))


def printed(summary):
    file = io.StringIO()
    print_summary(summary, file)
    return file.getvalue()


def input_layer(*shape):
    dims = " ".join(f"dim: {size}" for size in shape)
    return f'layer {{ name: "in" type: "Input" top: "x" input_param {{ shape {{ {dims} }} }} }}\n'


# --- numbers --------------------------------------------------------------------------------------


def test_lenet_by_hand():
    summary = summarize(load_net(known_nets.lenet5(), "TEST"))
    rows = {row.name: row for row in summary.rows}
    assert list(rows) == [
        "data", "conv1", "pool1", "conv2", "pool2", "ip1", "relu1", "ip2", "prob",
    ]  # fmt: skip
    parameters = {name: row.parameters for name, row in rows.items() if row.parameters}
    assert parameters == {
        "conv1": 20 * 25 + 20,
        "conv2": 50 * 500 + 50,
        "ip1": 500 * 800 + 500,
        "ip2": 10 * 500 + 10,
    }
    assert rows["conv1"].tops == (("conv1", (64, 20, 24, 24)),)
    assert rows["conv1"].memory == 4 * 64 * 20 * 24 * 24
    assert rows["ip2"].multiply_adds == 64 * 500 * 10
    assert rows["relu1"].in_place
    assert rows["relu1"].memory == 0
    assert summary.parameters == summary.learning == 431_080
    assert summary.parameter_memory == 4 * 431_080
    assert summary.multiply_adds == 64 * 2_293_000
    assert summary.memory == sum(row.memory for row in summary.rows)
    assert (summary.name, summary.phase, summary.batch) == ("LeNet", "TEST", 64)


@pytest.mark.parametrize(
    ("name", "parameters", "learning"),
    [
        ("caffenet", 60_965_224, 60_965_224),
        ("googlenet", 6_998_552, 6_998_552),
        ("resnet50", 25_557_096 + 2 * 26_560 + 53, 25_557_096),  # and BatchNorm's statistics
    ],
)
def test_published_numbers_of_parameters(name, parameters, learning):
    summary = summary_of(getattr(known_nets, name)(), "TEST")
    assert (summary.parameters, summary.learning) == (parameters, learning)


def test_multiply_adds_of_lenet_by_hand():
    conv1 = 20 * 24 * 24 * (1 * 5 * 5)
    conv2 = 50 * 8 * 8 * (20 * 5 * 5)
    summary = summarize(load_net(known_nets.lenet5(), "TEST"))
    assert summary.multiply_adds == 64 * (conv1 + conv2 + 800 * 500 + 500 * 10)


@pytest.mark.parametrize(
    ("name", "published"),
    [  # in millions, of one image
        ("caffenet", 724),  # 0.72 G
        ("googlenet", 1583),  # "about 1.5 billion", in the paper; 1.58 G, counted
        ("resnet50", 3858),  # "3.8 billion", in the paper
        ("mobilenet", 569),  # "569 million", in the paper
    ],
)
def test_published_multiply_adds(name, published):
    summary = summary_of(getattr(known_nets, name)(), "TEST")
    assert round(summary.multiply_adds / 1e6) == published


def test_weights_that_are_shared_count_once():
    ip = """layer { name: "%s" type: "InnerProduct" bottom: "x" top: "%s"
        param { name: "w" } inner_product_param { num_output: 5 bias_term: false } }"""
    summary = summary_of(input_layer(2, 3) + ip % ("one", "one") + ip % ("two", "two"))
    _, one, two = summary.rows  # the Split between them is none of the prototxt's
    assert (one.parameters, one.borrowed) == (15, 0)
    assert (two.parameters, two.borrowed) == (0, 15)
    assert summary.parameters == 15
    assert summary.multiply_adds == 2 * 2 * 15
    assert "shared" in printed(summary)


def test_types_whose_tops_are_other_memory_take_none():
    text = input_layer(2, 3, 4)
    text += 'layer { name: "f" type: "Flatten" bottom: "x" top: "f" }\n'
    text += """layer { name: "r" type: "Reshape" bottom: "f" top: "r"
        reshape_param { shape { dim: 2 dim: -1 dim: 2 } } }\n"""
    text += 'layer { name: "s" type: "Split" bottom: "r" top: "s" top: "t" }\n'
    text += """layer { name: "p" type: "Parameter" top: "p"
        parameter_param { shape { dim: 5 } } }\n"""
    text += 'layer { name: "relu" type: "ReLU" bottom: "s" top: "y" }'
    net = blobnet.Net(blobnet.parse_net(text))
    net.forward()
    memory = {row.name: row.memory for row in summarize(net).rows}
    same_memory = {"Flatten", "Parameter", "Reshape", "Split"}
    for wired in net.wired:
        shared = any(
            np.shares_memory(top.data, other.data)
            for top in wired.top
            for other in (*wired.bottom, *wired.layer.blobs_)
        )
        assert shared == (wired.layer.type in same_memory)
        assert (memory[wired.layer.name] == 0) == shared


def test_a_concat_takes_memory_where_it_has_something_to_copy():
    text = input_layer(2, 3)
    text += 'layer { name: "lent" type: "Concat" bottom: "x" top: "lent" }\n'
    text += 'layer { name: "twice" type: "Concat" bottom: "lent" bottom: "lent" top: "twice" }'
    memory = {row.name: row.memory for row in summary_of(text).rows}
    assert (memory["lent"], memory["twice"]) == (0, 4 * 2 * 6)


def test_a_net_of_doubles_takes_twice_the_memory():
    param = blobnet.parse_net(known_nets.lenet5().read_text())
    small, large = (summarize(blobnet.Net(param, dtype=dtype)) for dtype in ("f4", "f8"))
    assert large.memory == 2 * small.memory
    assert large.parameter_memory == 2 * small.parameter_memory


def test_nothing_is_computed():
    net = load_net(known_nets.lenet5(), "TEST")
    summarize(net)
    assert not any(blob._data_storage.allocated for blob in net.blobs.values())


# --- the table ------------------------------------------------------------------------------------


def test_the_table_has_a_line_for_each_layer():
    lines = printed(summarize(load_net(known_nets.lenet5(), "TRAIN"))).splitlines()
    (conv1,) = (line.split() for line in lines if line.startswith(" conv1"))
    shape = TIMES.join(["64", "20", "24", "24"])
    assert conv1 == ["conv1", "Convolution", shape, "520", "18.43", "M", "2.81", "MiB"]
    (relu,) = (line.split() for line in lines if line.startswith(" relu1"))
    assert relu == ["relu1", "ReLU", "in", "place"]


def test_the_totals_are_below_it():
    text = printed(summarize(load_net(known_nets.lenet5(), "TRAIN")))
    assert 'net "LeNet" in phase TRAIN: 9 layers' in text
    assert "parameters     431,080\n" in text
    assert "146.8 M for 64 items, 2.293 M for each" in text
    assert "4.81 MiB of tops, 1.64 MiB of parameters; gradients take as much again" in text


def test_parameters_that_never_learn_are_told():
    text = input_layer(1, 3) + 'layer { name: "bn" type: "BatchNorm" bottom: "x" top: "y" }'
    summary = summary_of(text, "TEST")
    assert (summary.parameters, summary.learning) == (7, 0)
    words = printed(summary)
    assert "7, 7 of them never learn" in words
    assert "items" not in words  # a batch of one
    assert "gradients" not in words


def test_several_tops_are_told_by_name():
    text = """layer { name: "d" type: "DummyData" top: "data" top: "label"
        dummy_data_param { shape { dim: 8 dim: 3 } shape { dim: 8 } } }"""
    assert f"data 8{TIMES}3, label 8" in printed(summary_of(text))


def test_names_are_no_markup():
    text = 'layer { name: "[red]a[/red] :smile:" type: "Input" top: "x" input_param { shape { } } }'
    assert "[red]a[/red] :smile:" in printed(summary_of(text))


def test_a_net_without_layers_has_an_empty_table():
    assert "0 layers" in printed(summary_of('name: "nothing"'))
