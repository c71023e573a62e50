from __future__ import annotations

from google.protobuf import text_format

from blobnet.proto import BlobProto, LayerParameter, NetParameter, SolverParameter
from blobnet.proto.full_form import full_form, in_full_form, in_plain_form
from blobnet.proto.own_messages import add_message
from tests.own_layers import registers_as_before

HOLDING_LAYERS = (LayerParameter, NetParameter, SolverParameter)


def test_without_own_messages_there_is_but_one_form():
    for message in HOLDING_LAYERS:
        assert full_form(message) is message
    net = NetParameter(name="n")
    assert in_full_form(net) is net


def test_own_messages_are_fields_like_the_others(mine):
    layer = full_form(LayerParameter).DESCRIPTOR
    schema = LayerParameter.DESCRIPTOR
    added = layer.fields_by_name["mine_param"]
    assert added.number == mine.own_field_.extension.number
    assert not added.is_extension
    expected = {field.name: field.number for field in schema.fields}
    assert {field.name: field.number for field in layer.fields} == expected | {
        "mine_param": added.number
    }


def test_nets_and_solvers_hold_layers_of_that_form(mine):
    net, solver = full_form(NetParameter)(), full_form(SolverParameter)()
    net.layer.add().mine_param.alpha = 2
    for inner in (solver.net_param, solver.test_net_param.add()):
        inner.layer.add().mine_param.alpha = 2
    assert (
        SolverParameter.FromString(solver.SerializeToString())
        .net_param.layer[0]
        .HasExtension(mine.own_field_.extension)
    )


def test_other_messages_have_one_form(mine):
    assert full_form(BlobProto) is BlobProto


def test_both_forms_have_the_same_bytes(mine):
    text = """
        layer { name: "a" loss_weight: 2 blobs { data: 1 } lrn_param { alpha: 3 }
                mine_param { alpha: 2 mode: MAX dims: [1, 2] fillers { } } }
    """
    full = text_format.Parse(text, full_form(NetParameter)())
    net = NetParameter.FromString(full.SerializeToString())
    assert net.layer[0].Extensions[mine.own_field_.extension].alpha == 2
    assert net.SerializeToString() == full.SerializeToString()
    assert in_full_form(net) == full


def test_the_way_back_from_a_full_form(mine):
    full = full_form(NetParameter)()
    full.layer.add().mine_param.alpha = 2
    plain = in_plain_form(full)
    assert type(plain) is NetParameter
    assert plain.layer[0].Extensions[mine.own_field_.extension].alpha == 2
    blob = BlobProto()
    assert in_plain_form(blob) is blob
    assert in_plain_form(plain) is plain


def test_a_further_type_makes_a_new_form(mine):
    with registers_as_before():
        before = full_form(NetParameter)
        assert full_form(NetParameter) is before
        add_message("FullFormOther", {"beta": 1.0})
        names = {field.name for field in full_form(LayerParameter).DESCRIPTOR.fields}
        assert {"mine_param", "full_form_other_param"} <= names
    assert "full_form_other_param" not in full_form(LayerParameter).DESCRIPTOR.fields_by_name
