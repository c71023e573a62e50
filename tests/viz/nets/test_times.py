from __future__ import annotations

import io

import pytest

import blobnet
from blobnet.viz.nets.times import TimedLayer, print_times, timed_layer, total

NET = """
    layer { name: "in" type: "Input" top: "x"
            input_param { shape { dim: 2 dim: 3 dim: 6 dim: 6 } } }
    layer { name: "first" type: "Convolution" bottom: "x" top: "first"
            convolution_param { num_output: 4 kernel_size: 3 } }
    layer { name: "second" type: "Convolution" bottom: "first" top: "second"
            convolution_param { num_output: 5 kernel_size: 1 } }
    layer { name: "fixed" type: "Convolution" bottom: "second" top: "fixed"
            param { lr_mult: 0 } param { lr_mult: 0 }
            convolution_param { num_output: 6 kernel_size: 1 } }
    layer { name: "sum" type: "Reduction" bottom: "fixed" top: "sum" loss_weight: 1 }
"""
FIRST = 2 * 4 * 4 * 4 * 3 * 9
"""Images, outputs, rows, columns; inputs, taps."""
SECOND = 2 * 5 * 4 * 4 * 4
FIXED = 2 * 6 * 4 * 4 * 5


@pytest.fixture
def net():
    return blobnet.Net(blobnet.parse_net(NET), "TRAIN")


def test_a_pass_back_multiplies_for_each_gradient_that_is_wanted(net):
    timed = [timed_layer(wired, 1.0, 2.0) for wired in net.wired]
    assert [(layer.multiply_adds, layer.multiply_adds_backward) for layer in timed] == [
        (0, 0),
        (FIRST, FIRST),  # the weights'
        (SECOND, 2 * SECOND),  # the bottom's too
        (FIXED, FIXED),  # the bottom's
        (0, 0),
    ]
    assert [layer.backward for layer in timed] == [None, 2.0, 2.0, 2.0, 2.0]


def test_without_a_pass_back_nothing_is_multiplied_there(net):
    layer = timed_layer(net.wired[2], 1.0, None)
    assert (layer.backward, layer.multiply_adds_backward) == (None, 0)


def test_a_layer_that_another_one_has_taken_in_takes_no_time(net):
    net.wired[2].fused = True
    assert timed_layer(net.wired[2], 0.0, None).forward is None


def test_the_total_is_the_sum():
    one, two = (
        TimedLayer("a", "A", 1.5, None, 10, 0),
        TimedLayer("b", "B", None, 4.0, 20, 30),
    )
    assert total([one, two, two]) == TimedLayer("total", "", 1.5, 8.0, 50, 60)
    assert total([one]).backward is None


def test_the_table_tells_times_speeds_and_shares():
    layers = [
        TimedLayer("conv[1]", "Convolution", 2.0, 8.0, 10_000_000, 20_000_000),
        TimedLayer("relu", "ReLU", 0.5, None, 0, 0),
        TimedLayer("quick", "InnerProduct", 0.0, 0.0, 10, 10),
    ]
    file = io.StringIO()
    print_times(layers, 20e9, threads=2, file=file)
    rows = [line.split() for line in file.getvalue().splitlines() if line.split()]
    assert rows[0] == ["multiply-", "forward", "GFLOP", "of", "backward", "GFLOP", "of"]
    assert rows[1] == ["layer", "type", "adds", "ms", "/s", "peak", "ms", "/s", "peak"]
    assert rows[3:6] == [
        [
            "conv[1]",
            "Convolution",
            "10",
            "M",
            "2.000",
            "10.0",
            "50",
            "%",
            "8.000",
            "5.0",
            "25",
            "%",
        ],
        ["relu", "ReLU", "0.500", "-"],
        ["quick", "InnerProduct", "10", "0.000", "0.000"],
    ]
    assert rows[6][:4] == ["total", "10", "M", "2.500"]
    assert "20 GFLOP/s is what one large matrix product reaches here, in 2 threads" in (
        file.getvalue()
    )
