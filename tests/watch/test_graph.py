"""A net in the words of the page."""

from __future__ import annotations

import json

from tests.watch.trainings import by_hand, convolving


def test_layers_with_what_they_make_and_the_ways_of_the_blobs():
    graph = by_hand().graph
    assert json.loads(json.dumps(graph))["name"] == "by_hand"
    hidden = graph["layers"][2]
    assert hidden["type"] == "InnerProduct"
    assert hidden["bottoms"] == ["x"]
    assert hidden["tops"] == [{"name": "hidden_sum", "shape": [1, 2]}]
    assert hidden["weights"] == [[2, 2], [2]]
    assert [layer["loss"] for layer in graph["layers"]] == [False] * 6 + [True]
    ways = {
        line["name"]: (line["start"], [row for row, _ in line["ends"]]) for line in graph["lines"]
    }
    assert ways["x"] == (0, [2])
    assert ways["target"] == (1, [6])
    assert ways["o"] == (5, [6])


def test_splits_that_the_net_puts_in_are_left_out():
    session = convolving()
    graph = session.graph
    names = [layer["name"] for layer in graph["layers"]]
    assert names == ["data", "label", "conv", "relu", "ip", "loss"]
    test_net = session.solver.test_nets[0]
    assert len(test_net.layers) > len(names)  # those have Splits
    assert [layer["in_place"] for layer in graph["layers"]][3]
    for layer in graph["layers"]:
        assert session.solver.net.layer_names[layer["id"]] == layer["name"]
