"""Names of layers with weights: what would get lost is refused, what is shared is not."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Net, NetError, parse_net
from blobnet.proto import NetParameter

DATA = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
FILLER = 'weight_filler { type: "gaussian" std: 1 } bias_filler { type: "gaussian" std: 1 }'
SHARED = 'param { name: "W" } param { name: "b" }'


def ip(name, top, bottom="x", specs=""):
    return f"""layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{top}" {specs}
                inner_product_param {{ num_output: 3 {FILLER} }} }}"""


def make(*layers, phase="TEST", seed=1):
    return Net(parse_net(DATA + "".join(layers)), phase, seed=seed)


def sigmoid(name, blob):
    return f'layer {{ name: "{name}" type: "Sigmoid" bottom: "{blob}" top: "{blob}" }}'


@pytest.mark.parametrize("name", ["ip", ""])
def test_two_layers_with_weights_and_one_name_are_refused(name):
    scale = f'layer {{ name: "{name}" type: "Scale" bottom: "a" top: "b" }}'
    expected = (
        f"two layers with weights have the name '{name}'\n",
        "the InnerProduct layer that makes 'a' and the Scale layer that makes 'b'",
        "rename one of them",
    )
    with pytest.raises(NetError) as caught:
        make(ip(name, "a"), scale)
    for part in expected:
        assert part in str(caught.value)
    with pytest.raises(NetError):
        make(ip(name, "a"), ip(name, "b", "a"))


def test_names_that_differ_in_case_or_blanks_are_different_names():
    net = make(ip("ip", "a"), ip("IP", "b", "a"), ip("ip ", "c", "b"))
    assert list(net.params) == ["ip", "IP", "ip "]


@pytest.mark.parametrize("specs", ['param { name: "W" }', 'param {} param { name: "b" }'])
def test_one_name_for_layers_that_share_only_some_weights_is_refused(specs):
    with pytest.raises(NetError, match="two layers with weights have the name 'ip'"):
        make(ip("ip", "a", "x", specs), ip("ip", "b", "a", specs))


def test_weights_shared_crosswise_are_not_the_same_weights():
    scale = """layer { name: "scale" type: "Scale" bottom: "x" top: "%s" param { name: "%s" }
                       param { name: "%s" } scale_param { bias_term: true } }"""
    make(scale % ("a", "v", "w"), scale % ("b", "v", "w"))
    with pytest.raises(NetError, match="two layers with weights have the name 'scale'"):
        make(scale % ("a", "v", "w"), scale % ("b", "w", "v"))


@pytest.mark.parametrize("kind", ["w.caffemodel", "w.caffemodel.h5"])
def test_layers_that_share_all_weights_may_have_one_name(kind, tmp_path, rng):
    """Then nothing is lost: neither in files, nor for test nets."""
    layers = ip("ip", "a", "x", SHARED), ip("ip", "b", "a", SHARED)
    net = make(*layers)
    x = rng.normal(size=(2, 3))
    W, b = (blob.data for blob in net.params["ip"])
    np.testing.assert_allclose(net.forward(x=x)["b"], (x @ W.T + b) @ W.T + b, rtol=1e-5)
    net.save(tmp_path / kind, write_diff=True)
    loaded, shared = make(*layers, seed=2), make(*layers, seed=3)
    loaded.copy_from(tmp_path / kind)
    shared.share_with(net)
    for other in (loaded, shared):
        np.testing.assert_array_equal(other.forward(x=x)["b"], net.forward(x=x)["b"])


def test_layers_without_weights_may_have_the_name_of_one_with_weights(tmp_path, rng):
    layers = sigmoid("ip", "x"), ip("ip", "a"), sigmoid("ip", "a"), sigmoid("ip", "a")
    net = make(*layers)
    x = rng.normal(size=(2, 3))
    for kind in ("w.caffemodel", "w.caffemodel.h5"):
        net.save(tmp_path / kind)
        loaded = make(*layers, seed=2)
        loaded.copy_from(tmp_path / kind)
        np.testing.assert_array_equal(loaded.forward(x=x)["a"], net.forward(x=x)["a"])


def test_a_name_that_is_no_text_is_refused():
    message = parse_net(DATA + ip("latin", "a")).SerializeToString()
    latin1 = NetParameter.FromString(message.replace(b"latin", b"lat\xefn"))
    with pytest.raises(NetError, match=r"layer #1: its name is no text\n.*UTF-8\n.*lat\\xefn"):
        Net(latin1)


def test_the_state_of_every_layer_has_a_key_of_its_own():
    """Also where a layer really has the name that a second one of another name gets."""
    names = ["drop", "drop", "drop (2)", "drop"]
    layers = "".join(
        f'layer {{ name: "{name}" type: "Dropout" bottom: "x" top: "x{number}" }}'
        for number, name in enumerate(names)
    )
    definition = parse_net(DATA + layers)
    net, other = (Net(definition, "TRAIN", seed=seed) for seed in (1, 2))
    keys = list(net.get_state())
    assert keys == ["in", "x_in_0_split", "drop", "drop (3)", "drop (2)", "drop (4)"]
    other.set_state(net.get_state())
    x = np.ones((2, 3))
    first, second = ({k: v.copy() for k, v in n.forward(x=x).items()} for n in (net, other))
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
