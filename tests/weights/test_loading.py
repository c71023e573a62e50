"""Loading weights where names are shared, doubled, nearly the same, or not there at all."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from blobnet import Net, WeightsError, parse_net
from blobnet.proto import NetParameter
from blobnet.serialization.weights import stored_weights

DATA = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }'
KINDS = ["w.caffemodel", "w.caffemodel.h5"]


def ip(name, specs="", num_output=3, bias=False):
    return f"""layer {{ name: "{name}" type: "InnerProduct" bottom: "x" top: "{name}" {specs}
                inner_product_param {{ num_output: {num_output} bias_term: {str(bias).lower()}
                weight_filler {{ type: "gaussian" std: 1 }} }} }}"""


def w(name):
    return f'param {{ name: "{name}" }}'


def make(*layers, seed=1):
    return Net(parse_net(DATA + "".join(layers)), "TEST", seed=seed)


def values(net, layer, index=0):
    return net.params[layer][index].data


@pytest.fixture
def warnings(caplog):
    def of(function, *args, **options):
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="blobnet.net"):
            function(*args, **options)
        return caplog.messages

    return of


# --- params of one name ---------------------------------------------------------------------------


@pytest.mark.parametrize("as_file", [True, False])
def test_a_layer_that_the_file_does_not_have_goes_by_its_param_s_name(as_file, tmp_path):
    source = make(ip("tower1", w("W")), ip("tower2", w("W")), ip("other"))
    target = make(ip("tower3", w("W")), ip("other"), seed=2)
    source.save(tmp_path / "w.caffemodel")
    target.copy_from(tmp_path / "w.caffemodel" if as_file else source.to_proto(), complete=True)
    np.testing.assert_array_equal(values(target, "tower3"), values(source, "tower1"))
    np.testing.assert_array_equal(values(target, "other"), values(source, "other"))


def test_weights_that_have_been_read_are_taken_as_they_are():
    source, target = make(ip("a"), ip("b")), make(ip("b"), ip("a"), seed=2)
    stored = stored_weights(source.to_proto())
    assert target.copy_from(stored, complete=True) == []
    np.testing.assert_array_equal(values(target, "a"), values(source, "a"))
    with pytest.raises(WeightsError, match="the given weights: weights are missing"):
        target.copy_from({"a": stored["a"]}, complete=True)


def test_layers_of_one_name_go_before_params_of_one_name():
    source = make(ip("a", w("V")), ip("b", w("W")))
    target = make(ip("a", w("W")), ip("b", w("V")), ip("c", w("W")), seed=2)
    target.copy_from(source.to_proto())
    for layer, expected in (("a", "a"), ("b", "b"), ("c", "a")):
        np.testing.assert_array_equal(values(target, layer), values(source, expected))


def test_a_param_of_another_shape_is_learned_anew_and_warned_about(warnings):
    target = make(ip("new", w("W"), num_output=5))
    before = values(target, "new").copy()
    assert warnings(target.copy_from, make(ip("old", w("W"))).to_proto())[0] == (
        "Layer new does not get param 'W' of layer old: it does not fit"
    )
    np.testing.assert_array_equal(values(target, "new"), before)


@pytest.mark.parametrize("as_file", [True, False])
def test_a_permissive_param_takes_as_many_numbers_in_another_shape(as_file, tmp_path):
    source = make(ip("there", w("W"), num_output=3))
    back = """
        layer { name: "in" type: "Input" top: "h" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "back" type: "InnerProduct" bottom: "h" top: "back"
                param { name: "W" share_mode: PERMISSIVE }
                inner_product_param { num_output: 4 bias_term: false } }
    """
    target = Net(parse_net(back), "TEST")
    source.save(tmp_path / "w.caffemodel")
    assert target.copy_from(tmp_path / "w.caffemodel" if as_file else source.to_proto()) == []
    np.testing.assert_array_equal(values(target, "back"), values(source, "there").reshape(4, 3))


def test_layers_that_get_nothing_are_returned():
    target = make(ip("a"), ip("b", bias=True), ip("c", w("W")), seed=2)
    source = make(ip("b", bias=True), ip("d", w("W")))
    assert target.copy_from(source.to_proto()) == ["a"]
    assert target.copy_from([source.to_proto(), make(ip("a")).to_proto()]) == []


def test_a_shared_weight_that_comes_with_no_layer_is_refused(tmp_path):
    """HDF5 keeps it at its owner, which this net does not have: nothing would be loaded."""
    make(ip("owner", w("W")), ip("b", w("W"))).save(tmp_path / "w.h5")
    target = make(ip("a", w("W")), ip("b", w("W")), seed=2)
    before = values(target, "b").copy()
    with pytest.raises(WeightsError, match=r"Missing param 0 of layer 'b'.*layer 'a', which"):
        target.copy_from(tmp_path / "w.h5")
    np.testing.assert_array_equal(values(target, "b"), before)
    target.copy_from([make(ip("a"), seed=3).to_proto(), tmp_path / "w.h5"])
    np.testing.assert_array_equal(values(target, "b"), values(make(ip("a"), seed=3), "a"))


def test_different_values_for_one_shared_weight_are_warned_about(warnings):
    apart, together = make(ip("a"), ip("b")), make(ip("a", w("W")), ip("b", w("W")), seed=2)
    assert warnings(together.copy_from, apart.to_proto()) == [
        "the given NetParameter: layers a, b share their weights in the net, but not in the file: "
        "those of b are used"
    ]
    np.testing.assert_array_equal(values(together, "a"), values(apart, "b"))
    assert warnings(together.copy_from, together.to_proto()) == []


# --- names in files -------------------------------------------------------------------------------


def doubled(change):
    """A message with two layers of one name: as Caffe writes it where a net has them."""
    net = make(ip("ip"), ip("twin"))
    values(net, "twin")[...] = values(net, "ip") + change
    proto = net.to_proto()
    proto.layer[-1].name = "ip"
    return net, proto


@pytest.mark.parametrize("as_file", [True, False])
def test_two_layers_of_one_name_in_a_file_are_refused_where_they_differ(as_file, tmp_path):
    _, proto = doubled(change=1)
    (tmp_path / "w").write_bytes(proto.SerializeToString())
    target = make(ip("ip"), ip("more"), seed=2)
    before = values(target, "ip").copy()
    with pytest.raises(WeightsError, match="'ip'; damaged: two layers of the file have this name"):
        target.copy_from(tmp_path / "w" if as_file else proto)
    np.testing.assert_array_equal(values(target, "ip"), before)


def test_they_are_no_trouble_where_they_are_equal_or_not_wanted():
    net, equal = doubled(change=0)
    target = make(ip("ip"), seed=2)
    target.copy_from(equal)
    np.testing.assert_array_equal(values(target, "ip"), values(net, "ip"))
    source = make(ip("other"), ip("ip"), ip("twin"))
    different = source.to_proto()
    different.layer[-1].name = "ip"
    target = make(ip("other"), seed=2)
    target.copy_from(different)
    np.testing.assert_array_equal(values(target, "other"), values(source, "other"))


def test_a_name_up_to_case_and_blanks_is_warned_about(warnings):
    source = make(ip("Conv 1"), ip("fc"))
    target = make(ip("conv1"), ip("fc"), seed=2)
    before = values(target, "conv1").copy()
    assert warnings(target.copy_from, source.to_proto()) == [
        "the given NetParameter: layer 'Conv 1' is not loaded into layer 'conv1': the names differ "
        "in case or blanks"
    ]
    np.testing.assert_array_equal(values(target, "conv1"), before)
    both = make(ip("Conv 1"), ip("conv1"), ip("fc"))
    assert warnings(target.copy_from, both.to_proto()) == []


def test_a_weight_that_two_files_give_is_warned_about(warnings):
    first, second = make(ip("a"), ip("b")), make(ip("b"), ip("c"), seed=2)
    target = make(ip("a"), ip("b"), ip("c"), seed=3)
    assert warnings(target.copy_from, [first.to_proto(), second.to_proto()]) == [
        "the given NetParameter: replaces weights that an earlier file gave: b"
    ]
    np.testing.assert_array_equal(values(target, "b"), values(second, "b"))


@pytest.mark.parametrize("kind", KINDS)
def test_complete_wants_weights_for_every_layer(kind, tmp_path):
    make(ip("a"), ip("b", w("W")), ip("c", w("W"))).save(tmp_path / kind)
    target = make(ip("a"), ip("b", w("W")), ip("d"), seed=2)
    before = values(target, "a").copy()
    with pytest.raises(WeightsError, match=rf"{kind}: weights are missing(.*\n)+.*none for d\n"):
        target.copy_from(tmp_path / kind, complete=True)
    np.testing.assert_array_equal(values(target, "a"), before)
    make(ip("a"), ip("b", w("W")), seed=2).copy_from(tmp_path / kind, complete=True)


# --- names that a form of file cannot keep --------------------------------------------------------


@pytest.mark.parametrize("name", ["", ".", "a/", "/a", "a//b", "a/./b", "a\0b"])
def test_hdf5_refuses_names_before_a_file_is_touched(name, tmp_path):
    net = make(ip("first"))
    net.save(tmp_path / "w.h5")
    before = (tmp_path / "w.h5").read_bytes()
    odd = make(ip(name.replace("\0", r"\000")))
    with pytest.raises(WeightsError, match=r"HDF5 cannot keep .*\n(.*\n)+.*BINARYPROTO"):
        odd.save(tmp_path / "w.h5")
    assert (tmp_path / "w.h5").read_bytes() == before
    odd.save(tmp_path / "w.caffemodel")
    loaded = make(ip(name.replace("\0", r"\000")), seed=2)
    loaded.copy_from(tmp_path / "w.caffemodel")
    np.testing.assert_array_equal(values(loaded, name), values(odd, name))


def test_hdf5_refuses_a_nul_in_the_name_of_a_layer_without_weights(tmp_path):
    relu = r'layer { name: "re\000lu" type: "ReLU" bottom: "x" top: "r" }'
    with pytest.raises(WeightsError, match=r"cannot keep the name 're\\x00lu'"):
        make(relu).save(tmp_path / "w.h5")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["..", "a b", " ", "a.b", "0", "0/0", "ä/日本", "x" * 5000])
def test_other_names_are_kept_by_both_forms(kind, name, tmp_path):
    source, target = make(ip(name, bias=True)), make(ip(name, bias=True), seed=2)
    source.save(tmp_path / kind)
    target.copy_from(tmp_path / kind)
    np.testing.assert_array_equal(values(target, name), values(source, name))


def test_a_message_may_have_names_that_are_no_text():
    """Another program's file: such a layer is none of ours, and no reason to fail."""
    source = make(ip("ip"), ip("latin"))
    message = source.to_proto().SerializeToString().replace(b"latin", b"lat\xefn")
    target = make(ip("ip"), seed=2)
    target.copy_from(NetParameter.FromString(message))
    np.testing.assert_array_equal(values(target, "ip"), values(source, "ip"))
