from __future__ import annotations

import re

import pytest

from blobnet.viz.trace import trace_steps, trace_text
from tests.viz.trace.small_trainings import BY_HAND, make_solver

TIMES = "\N{MULTIPLICATION SIGN}"


def told(net=BY_HAND, settings="", **options):
    (step,) = trace_steps(make_solver(net, settings, dtype="f8"), **options)
    return trace_text(step)


@pytest.fixture(scope="module")
def by_hand():
    return told()


def part(text, start, end):
    """The lines from the one that begins with `start` up to the one that begins with `end`."""
    return text[text.index(start) : text.index(end, text.index(start) + 1)].splitlines()


def test_the_forward_says_what_comes_in_the_formula_and_what_goes_out(by_hand):
    assert part(by_hand, "  ip2 (InnerProduct)", "  o (") == [
        "  ip2 (InnerProduct)",
        "    Fully connected layer: y = x @ W.T + b.",
        "    num_output: 2",
        f"    in h  1{TIMES}2  [[0.59326999 0.59688438]]",
        f"    weights blobs_[0]  2{TIMES}2",
        "        [[0.4  0.45]",
        "         [0.5  0.55]]",
        "    weights blobs_[1]  2  [0.6 0.6]",
        f"    out ip2  1{TIMES}2  [[1.10590597 1.2249214 ]]",
    ]
    assert "    loss = 0.29837111\n" in by_hand


def test_the_backward_says_delta_and_gradients(by_hand):
    backward = by_hand[by_hand.index("--- backward, from the loss to the data") :]
    assert part(backward, "  ip2 (InnerProduct)", "  h (") == [
        "  ip2 (InnerProduct)",
        "    dW += dy.T @ x,  db += dy summed over M,  dx = dy @ W.",
        f"    delta in ip2.diff  1{TIMES}2  [[ 0.13849856 -0.03809824]]",
        f"    gradient blobs_[0].diff  2{TIMES}2",
        "        [[ 0.08216704  0.08266763]",
        "         [-0.02260254 -0.02274024]]",
        f"    delta out h.diff  1{TIMES}2  [[0.03635031 0.04137032]]",
    ]
    assert "    no gradient is needed in x, target\n" in by_hand


def test_the_update_says_each_weight_before_and_after(by_hand):
    update = by_hand[by_hand.index("--- update") :]
    assert update.startswith("--- update: SGD, w = w - rate * g\n    rate = 0.5\n")
    assert part(update, "  ip2 blobs_[0]", "  ip2 blobs_[1]") == [
        f"  ip2 blobs_[0]  2{TIMES}2",
        "    rate = 0.5 * lr_mult 1;  g = gradient",
        "           before      gradient        change       after",
        "    [0,0]     0.4   0.082167041    0.04108352  0.35891648",
        "    [0,1]    0.45   0.082667628   0.041333814  0.40866619",
        "    [1,0]     0.5   -0.02260254   -0.01130127  0.51130127",
        "    [1,1]    0.55  -0.022740242  -0.011370121  0.56137012",
        "    check: before - change = after, exactly, in all 4 values",
    ]
    assert "  ip2 blobs_[1]  2: stays as it is, lr_mult is 0" in update


def test_rate_momentum_decay_and_memory_are_told():
    settings = "momentum: 0.9 weight_decay: 0.01 iter_size: 2 clip_gradients: 7"
    text = told(settings=settings, layers=["ip2"])
    assert "SGD, h = momentum * h + rate * g,  w = w - h" in text
    assert (
        "    rate = 0.5, momentum = 0.9, weight_decay = 0.01, regularization_type = L2, "
        "clip_gradients = 7, iter_size = 2\n"
    ) in text
    assert "g = gradient (clipped if need be) / 2 + 0.01 * before\n" in text
    assert re.search(r"before +gradient +g +h before +h +change +after\n", text)
    assert "--- forward 1 of 2\n" in text
    assert text.count("gradient blobs_[0].diff") == 2


def test_l1_decay_pulls_by_the_sign():
    settings = 'weight_decay: 0.01 regularization_type: "L1"'
    assert "g = gradient + 0.01 * the sign of before\n" in told(settings=settings)


def test_adam_names_its_two_memories():
    text = told(settings='type: "Adam" momentum: 0.9', layers=["ip1"])
    assert re.search(r"before +gradient +m before +m +v before +v +change +after\n", text)


def test_large_arrays_are_one_line_each():
    text = told(few=1, layers=["ip1"])
    assert "    arrays of up to 1 values in full, larger ones by what they are like\n" in text
    assert f"    in x  1{TIMES}2  min 0.05, mean 0.075, max 0.1, mean abs 0.075, zeros 0 %" in text
    assert f"    before    2{TIMES}2  min 0.15, mean 0.225, max 0.3," in text


def test_numbers_in_full_fit_into_the_width():
    text = told("""
        layer { name: "d" type: "DummyData" top: "x" top: "y" dummy_data_param {
          shape { dim: 2 dim: 3 dim: 5 } data_filler { type: "gaussian" } } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "x" bottom: "y" top: "loss" }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
          inner_product_param { num_output: 1 } }
        layer { name: "s" type: "Silence" bottom: "ip" }
    """)
    assert f"x  2{TIMES}3{TIMES}5\n" in text
    assert max(map(len, text.splitlines())) <= 110


def test_batches_of_size_zero_are_told():
    text = told("""
        layer { name: "d" type: "Input" top: "x" top: "y" input_param {
          shape { dim: 0 dim: 3 } } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "x" bottom: "y" top: "loss" }
    """)
    assert f"    out x  0{TIMES}3  no values" in text
