"""The lines of `debug_info`, letter by letter: scripts and people search for them."""

from __future__ import annotations

import logging

import pytest

from blobnet import Net, parse_net

NET = """
    debug_info: true
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" PARAMS
            inner_product_param { num_output: 2 weight_filler { value: 2 } } }
    layer { name: "top" type: "InnerProduct" bottom: "ip" top: "out" loss_weight: 1 PARAMS
            inner_product_param { num_output: 2 weight_filler { value: 3 } } }
"""
TOTAL = "    [Backward] All net params (data, diff):"
NAMED = 'param { name: "W" lr_mult: 1 } param { lr_mult: 0 }'


@pytest.fixture
def lines(caplog):
    """A function that runs a net and returns what it logged as (level, text)."""

    def run(params: str, *steps: str) -> list[tuple[int, str]]:
        net = Net(parse_net(NET.replace("PARAMS", params)))
        net.blobs["x"].data[...] = [[1, -4]]
        with caplog.at_level(logging.INFO, logger="blobnet.net"):
            for step in steps:
                caplog.clear()
                getattr(net, step)()
        return [(record.levelno, record.getMessage()) for record in caplog.records]

    return run


def texts(logged: list[tuple[int, str]]) -> list[str]:
    return [text for _, text in logged]


def test_forward(lines):
    logged = lines("", "forward")
    assert texts(logged) == [
        "    [Forward] Layer in, top blob x data: 2.5",
        "    [Forward] Layer ip, top blob ip data: 6",
        "    [Forward] Layer ip, param blob 0 data: 2",
        "    [Forward] Layer ip, param blob 1 data: 0",
        "    [Forward] Layer top, top blob out data: 36",
        "    [Forward] Layer top, param blob 0 data: 3",
        "    [Forward] Layer top, param blob 1 data: 0",
    ]
    assert {level for level, _ in logged} == {logging.INFO}


def test_forward_calls_a_weight_by_its_name(lines):
    logged = texts(lines(NAMED, "forward"))
    assert "    [Forward] Layer ip, param blob W data: 2" in logged
    assert "    [Forward] Layer ip, param blob 1 data: 0" in logged
    assert "    [Forward] Layer top, param blob W data: 2" in logged


def test_backward(lines):
    logged = lines("param { } param { lr_mult: 0 }", "forward", "backward")
    assert texts(logged) == [
        "    [Backward] Layer top, bottom blob ip diff: 6",
        "    [Backward] Layer top, param blob 0 diff: 6",
        "    [Backward] Layer ip, param blob 0 diff: 15",
        f"{TOTAL} L1 norm = (20, 84); L2 norm = (7.2111, 36.9865)",
    ]
    assert [level for level, _ in logged] == [logging.INFO] * 3 + [logging.ERROR]


def test_backward_counts_a_shared_weight_once(lines):
    total = texts(lines(NAMED, "forward", "backward"))[-1]
    # a row of W is [2, 2]; its gradient is 4 * [1, -4] from layer ip, [-6, -6] from layer top
    assert total == f"{TOTAL} L1 norm = (8, 48); L2 norm = (4, 31.241)"


def test_a_part_of_the_way_back_is_not_summed_up(caplog):
    net = Net(parse_net(NET.replace("PARAMS", "")))
    net.forward()
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        net.backward(end="top")
        net.backward(start="ip")
    assert [text.partition(",")[0] for text in caplog.messages] == [
        *["    [Backward] Layer top"] * 3,
        *["    [Backward] Layer ip"] * 2,
    ]


def test_update(lines):
    logged = lines("", "forward", "backward", "update")
    assert texts(logged) == [
        "    [Update] Layer ip, param 0 data: 2; diff: 15",
        "    [Update] Layer ip, param 1 data: 0; diff: 6",
        "    [Update] Layer top, param 0 data: 3; diff: 6",
        "    [Update] Layer top, param 1 data: 0; diff: 1",
    ]


def test_update_names_the_owner_of_a_shared_weight(lines):
    logged = texts(lines(NAMED, "forward", "backward", "update"))
    assert "    [Update] Layer ip, param W data: 2; diff: 12" in logged
    assert "    [Update] Layer top, param blob W (owned by layer ip, param W) diff: 12" in logged


def test_a_net_says_nothing_unless_asked(caplog):
    net = Net(parse_net(NET.replace("PARAMS", "").replace("debug_info: true", "")))
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        net.forward_backward()
        net.update()
    assert not caplog.records


def test_debug_info_can_be_switched_on_later(caplog):
    net = Net(parse_net(NET.replace("PARAMS", "").replace("debug_info: true", "")))
    net.debug_info = True
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        net.forward()
    assert len(caplog.records) == 7


def test_an_empty_blob_has_the_size_zero(caplog):
    net = Net(parse_net('debug_info: true layer { name: "in" type: "Input" top: "x" }'))
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        net.forward()
    assert caplog.messages == ["    [Forward] Layer in, top blob x data: 0"]


@pytest.mark.filterwarnings("error")
def test_numbers_beyond_all_bounds_are_shown_without_a_warning(caplog):
    net = Net(parse_net(NET.replace("PARAMS", "")))
    net.blobs["x"].data[...] = [[1, -4]]
    net.params["ip"][0].data[...] = 3e38
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        net.forward_backward()
    assert "param blob 0 data: inf" in caplog.text
    assert f"{TOTAL} L1 norm = (inf, " in caplog.text
