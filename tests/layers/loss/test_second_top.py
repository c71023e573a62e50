"""The probabilities that are the second top of a loss: learned from as those of Softmax are."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet

NET = """
force_backward: true
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 4 dim: 2 } } }
layer { name: "t" type: "Input" top: "t" input_param { shape { dim: 3 dim: 2 } } }
layer { name: "H" type: "Input" top: "H" input_param { shape { dim: 4 dim: 4 } } }
%s
"""
LOSS = """layer { name: "loss" type: "%s" %s loss_param { ignore_label: 3 }
    propagate_down: true propagate_down: false %s }"""
BOTTOMS = {
    "SoftmaxWithLoss": ('bottom: "x" bottom: "t"', ""),
    "InfogainLoss": ('bottom: "x" bottom: "t" bottom: "H"', "propagate_down: false"),
}
READERS = {
    "another top": """layer { name: "r" type: "Power" bottom: "p" top: "q"
        power_param { power: 3 } loss_weight: 0.7 }""",
    "in place": """layer { name: "r" type: "Power" bottom: "p" top: "p"
        power_param { power: 3 } loss_weight: 0.7 }""",
    "two": """layer { name: "r" type: "Power" bottom: "p" top: "q"
        power_param { power: 3 } loss_weight: 0.7 }
        layer { name: "s" type: "Silence" bottom: "p" }""",
    "nobody that counts": 'layer { name: "s" type: "Silence" bottom: "p" }',
}


def run(text: str) -> tuple[float, np.ndarray]:
    net = blobnet.Net(blobnet.parse_net(NET % text), "TRAIN", dtype="float64")
    rng = np.random.default_rng(0)
    values = {"x": rng.normal(size=(3, 4, 2)), "t": [[0, 1], [3, 2], [1, 1]]}
    values["H"] = rng.normal(size=(4, 4))
    for _ in range(2):
        net.forward(**{name: values[name] for name in net.inputs})
        net.backward()
    return net.loss, net.blobs["x"].diff.copy()


@pytest.mark.parametrize("weight", [1, 0, -2])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("type_name", BOTTOMS)
def test_as_those_of_a_softmax_layer(type_name, reader, weight):
    bottoms, more = BOTTOMS[type_name]
    weighted = f"{more} loss_weight: {weight}"
    both = LOSS % (type_name, f'{bottoms} top: "l" top: "p"', weighted + " loss_weight: 0")
    alone = LOSS % (type_name, f'{bottoms} top: "l"', weighted)
    softmax = 'layer { name: "p" type: "Softmax" bottom: "x" top: "p" }'
    found, expected = run(both + READERS[reader]), run(alone + softmax + READERS[reader])
    assert found[0] == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("type_name", BOTTOMS)
def test_a_loss_weight_of_their_own(type_name):
    bottoms, more = BOTTOMS[type_name]
    weight = "loss_weight: 1 loss_weight: 0.5"
    scaled = 'layer { name: "p" type: "Softmax" bottom: "x" top: "p" loss_weight: 0.5 }'
    found = run(LOSS % (type_name, f'{bottoms} top: "l" top: "p"', f"{more} {weight}"))
    expected = run(LOSS % (type_name, f'{bottoms} top: "l"', more) + scaled)
    assert found[0] == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12, atol=1e-15)
