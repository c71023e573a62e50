"""A test net uses trained weights: by the names of layers and, failing that, of params."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Net, WeightsError, parse_net

DATA = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }'


def ip(name, specs="", num_output=3):
    return f"""layer {{ name: "{name}" type: "InnerProduct" bottom: "x" top: "{name}" {specs}
                        inner_product_param {{ num_output: {num_output} bias_term: false
                        weight_filler {{ type: "gaussian" std: 1 }} }} }}"""


def w(name, mode=""):
    return f'param {{ name: "{name}" {mode} }}'


def make(*layers, seed=1, **options):
    return Net(parse_net(DATA + "".join(layers)), "TEST", seed=seed, **options)


def values(net, layer):
    return net.params[layer][0].data


def assert_uses(test, layer, train, trained):
    """Whether a layer computes with trained weights, now and after they have changed."""
    x = np.arange(8).reshape(2, 4)
    for change in (0, 1):
        values(train, trained)[...] += change
        y = test.forward(x=x)[layer]
        np.testing.assert_allclose(y, x @ values(train, trained).T, rtol=1e-4)


@pytest.mark.parametrize("inference", [False, True])
def test_a_layer_only_in_the_test_net_uses_the_weights_that_its_param_names(inference):
    train = make(ip("trained", w("W")), ip("other"))
    test = make(ip("new", w("W")), ip("other"), seed=2, inference=inference)
    test.share_with(train)
    assert_uses(test, "new", train, "trained")
    assert_uses(test, "other", train, "other")


@pytest.mark.parametrize("order", [1, -1])
def test_it_uses_them_too_where_its_sharers_in_the_test_net_are_trained(order):
    """Its own net says whose weights they are; the train net need not know the param's name."""
    train = make(ip("trained"))
    test = make(*[ip("trained", w("W")), ip("new", w("W"))][::order], seed=2)
    test.share_with(train)
    assert_uses(test, "new", train, "trained")
    assert_uses(test, "trained", train, "trained")


def test_the_owner_may_be_missing_in_either_net():
    train = make(ip("owner", w("W")), ip("second", w("W")), ip("third", w("W")))
    test = make(ip("third", w("W")), ip("fourth", w("W")), seed=2)
    test.share_with(train)
    for layer in ("third", "fourth"):
        assert_uses(test, layer, train, "owner")
    test, train = train, test
    values(test, "owner")[...] = 9
    test.share_with(train)
    for layer in ("owner", "second", "third"):
        np.testing.assert_array_equal(values(test, layer), values(train, "fourth"))


def test_what_the_train_net_does_not_know_stays_as_it_is():
    train = make(ip("trained", w("W")), ip("plain"))
    test = make(ip("new", w("V")), ip("newer", w("V")), ip("nameless"), seed=2)
    before = {name: values(test, name).copy() for name in test.params}
    test.share_with(train)
    for name, array in before.items():
        np.testing.assert_array_equal(values(test, name), array)
    assert np.shares_memory(values(test, "new"), values(test, "newer"))


def test_layers_of_one_name_go_before_params_of_one_name():
    train = make(ip("a", w("V")), ip("b", w("W")))
    test = make(ip("a", w("W")), ip("b", w("V")), seed=2)
    test.share_with(train)
    for layer in ("a", "b"):
        assert_uses(test, layer, train, layer)


def test_two_trained_weights_for_one_shared_param_are_refused():
    train = make(ip("a"), ip("b"))
    test = make(ip("a", w("W")), ip("b", w("W")), ip("new", w("W")), seed=2)
    before = values(test, "a").copy()
    with pytest.raises(WeightsError, match=r"layer 'new' shares param 'W' with .*not the same"):
        test.share_with(train)
    np.testing.assert_array_equal(values(test, "a"), before)
    assert not np.shares_memory(values(test, "a"), values(train, "a"))


def test_another_shape_is_refused_unless_the_param_permits_it():
    train = make(ip("trained", w("W"), num_output=4))
    with pytest.raises(WeightsError, match=r"param 'W' of layer 'new' .*'trained'"):
        make(ip("new", w("W"), num_output=5)).share_with(train)
    with pytest.raises(WeightsError, match=r"expected: shape \(5, 4\)\n  got:      shape \(4, 4\)"):
        make(ip("new", w("W", "share_mode: PERMISSIVE"), num_output=5)).share_with(train)
    embed = """layer { name: "new" type: "Embed" bottom: "x" top: "new" %s
                       embed_param { input_dim: 8 num_output: 2 bias_term: false } }"""
    test = make(embed % w("W", "share_mode: PERMISSIVE"))
    test.share_with(train)
    table = values(train, "trained").reshape(8, 2)
    np.testing.assert_array_equal(test.forward(x=np.full((2, 4), 5))["new"][1, 3], table[5])
    with pytest.raises(WeightsError, match="shape mismatch"):
        make(embed % w("W")).share_with(train)


@pytest.mark.parametrize("mode", ["", "share_mode: PERMISSIVE"])
def test_test_nets_with_layers_of_one_name_do_not_touch_each_other(mode):
    train = make(ip("trained", w("W")))
    first, second = (make(ip("new", w(name, mode)), seed=3) for name in ("W", "V"))
    before = values(second, "new").copy()
    for test in (first, second):
        test.share_with(train)
    values(train, "trained")[...] = 5
    np.testing.assert_array_equal(values(first, "new"), 5)
    np.testing.assert_array_equal(values(second, "new"), before)
