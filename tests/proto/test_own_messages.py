from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from blobnet import LayerError
from blobnet.proto import (
    FillerParameter,
    InnerProductParameter,
    LayerParameter,
    NetParameter,
    message_source,
)
from blobnet.proto.full_form import full_form, in_full_form
from blobnet.proto.own_messages import add_message, own_field_name, own_fields
from tests.own_layers import FIELDS, protoc_class, registers_as_before


@pytest.fixture(autouse=True)
def _own_register():
    with registers_as_before():
        yield


# --- the message ----------------------------------------------------------------------------------


def test_a_layer_that_says_nothing_has_the_defaults():
    field = add_message("Defaults", FIELDS)
    layer = LayerParameter()
    param = layer.Extensions[field.extension]
    assert (param.alpha, param.size, param.flag, param.label) == (1, 3, True, "")
    assert param.mode == param.SUM
    assert param.weight_filler.type == "constant"
    assert not param.dims
    assert not param.fillers
    assert not layer.HasExtension(field.extension)
    assert layer == LayerParameter()


def test_what_is_written_stays_in_bytes_copies_and_pickles():
    field = add_message("Kept", FIELDS)
    layer = LayerParameter(name="a")
    param = layer.Extensions[field.extension]
    param.alpha, param.mode = 2.5, param.MAX
    param.dims.extend([1, 2**40])
    param.fillers.add(value=3)
    net = NetParameter(layer=[layer])
    for same in (
        NetParameter.FromString(net.SerializeToString()),
        copy.deepcopy(net),
        pickle.loads(pickle.dumps(net)),
    ):
        read = same.layer[0].Extensions[field.extension]
        assert (read.alpha, read.mode, list(read.dims)) == (2.5, read.MAX, [1, 2**40])
        assert read.fillers[0].value == 3
        assert same == net


def test_a_message_may_be_one_of_the_schema():
    field = add_message("Dense", InnerProductParameter)
    layer = LayerParameter()
    layer.Extensions[field.extension].num_output = 3
    assert isinstance(layer.Extensions[field.extension], InnerProductParameter)
    assert not layer.HasField("inner_product_param")


def test_a_message_that_protoc_made_has_name_and_number_of_its_fork():
    cls = protoc_class(
        "ForkedParameter",
        """
        name: "own_forked.proto" package: "own_forked"
        message_type { name: "ForkedParameter"
          field { name: "beta" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL } }
        message_type { name: "LayerParameter"
          field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
          field { name: "own_forked_param" number: 40150 type: TYPE_MESSAGE label: LABEL_OPTIONAL
                  type_name: ".own_forked.ForkedParameter" } }
        """,
    )
    forks_layer = cls.DESCRIPTOR.file.message_types_by_name["LayerParameter"]
    data = b"\x0a\x01a" + b"\xb2\xcd\x13\x02\x10\x07"  # name: "a" own_forked_param { beta: 7 }
    field = add_message("Forked", cls)
    assert (field.extension.name, field.extension.number) == ("own_forked_param", 40150)
    assert forks_layer.fields_by_name["own_forked_param"].number == 40150
    read = LayerParameter.FromString(data).Extensions[field.extension]
    assert isinstance(read, cls)
    assert read.beta == 7


def test_a_message_outlives_a_collection_of_garbage():
    field = add_message("Outlives", {"filler": FillerParameter, "mode": ("SUM", "MAX")})
    text = text_format.Parse("outlives_param { mode: MAX filler { } }", full_form(LayerParameter)())
    gc.collect()
    layer = LayerParameter.FromString(text.SerializeToString())
    param = layer.Extensions[field.extension]
    assert param.mode == param.MAX
    assert param.HasField("filler")
    assert full_form(LayerParameter)().outlives_param.filler.value == 0


FILE = """
    name: "own_file.proto" package: "own_file"
    message_type { name: "FromFileParameter"
      field { name: "inner" number: 1 type: TYPE_MESSAGE label: LABEL_OPTIONAL
              type_name: ".own_file.Inner" } }
    message_type { name: "Inner"
      field { name: "beta" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL default_value: "7" } }
"""


def test_a_message_out_of_a_proto_file(monkeypatch):
    file = text_format.Parse(FILE, FileDescriptorProto())
    monkeypatch.setattr(message_source, "compiled_files", lambda path: [file])
    with pytest.raises(LayerError, match="swish_param"):
        add_message("FromFile", "mine.proto", number=147)
    assert not message_source.is_in_pool("own_file.proto")
    field = add_message("FromFile", "mine.proto", number=40300)
    gc.collect()
    layer = LayerParameter()
    assert layer.Extensions[field.extension].inner.beta == 7
    layer.Extensions[field.extension].inner.beta = 8
    assert LayerParameter.FromString(layer.SerializeToString()) == layer


# --- its name -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer_type", "name"),
    [
        ("Mine", "mine_param"),
        ("InnerProduct", "inner_product_param"),
        ("LRN", "lrn_param"),
        ("LSTMUnit", "lstm_unit_param"),
        ("HDF5Data", "hdf5_data_param"),
        ("ROIPooling", "roi_pooling_param"),
        ("BatchNorm2", "batch_norm2_param"),
        ("my_layer", "my_layer_param"),
    ],
)
def test_the_field_is_called_after_the_type(layer_type, name):
    assert own_field_name(layer_type) == name


def test_another_name_on_request():
    assert add_message("Named", {}, name="call_me").extension.name == "call_me"


@pytest.mark.parametrize("layer_type", ["", "1st", "my layer", "a.b", "größe"])
def test_a_type_whose_name_makes_no_field_is_refused(layer_type):
    with pytest.raises(LayerError, match="its name makes no field"):
        add_message(layer_type, {})


def test_a_name_that_is_no_name_is_refused():
    with pytest.raises(LayerError, match=r"cannot have a message `a b`\n.*letters"):
        add_message("Odd", {}, name="a b")


def test_a_name_that_every_layer_has_is_refused_with_a_way_out():
    with pytest.raises(LayerError, match=r"`loss_param`\n.*every layer has\n.*param_name="):
        add_message("Loss", {})
    with pytest.raises(LayerError, match="every layer has"):
        add_message("Bottom", {}, name="bottom")


def test_two_types_cannot_have_one_name():
    add_message("FirstOfTwo", {})
    with pytest.raises(
        LayerError, match=r'`first_of_two_param`\n.*message of layer type "FirstOfTwo"\n'
    ):
        add_message("SecondOfTwo", {}, name="first_of_two_param")


def test_protobuf_forgets_no_message():
    with registers_as_before():
        add_message("Forgotten", {"alpha": 1.0})
    with pytest.raises(LayerError, match=r"another message of that name(.*\n)*.*Python anew"):
        add_message("Forgotten", {"alpha": 2.0})


# --- its number -----------------------------------------------------------------------------------


def test_the_number_is_the_same_in_every_process():
    program = (
        "from blobnet.proto.own_messages import add_message; add_message('Before', {});"
        "print(add_message('SameNumber', {}).extension.number)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == add_message("SameNumber", {}).extension.number
    assert 2**28 <= int(done.stdout) < 2**29


@pytest.mark.parametrize("number", [12, 99, 149, 18999, 20000, 49999, 51000, 2**29 - 1])
def test_free_numbers_can_be_had(number):
    assert add_message(f"Free{number}", {}, number=number).extension.number == number


@pytest.mark.parametrize("number", [-1, 0, 19000, 19999, 2**29])
def test_numbers_that_protobuf_does_not_know_are_refused(number):
    with pytest.raises(LayerError, match=rf"the number {number}\n.*from 149 to {2**29 - 1}"):
        add_message("NoNumber", {}, number=number)


@pytest.mark.parametrize("number", [50000, 50700, 50999])
def test_numbers_of_fields_of_forks_are_refused(number):
    with pytest.raises(LayerError, match="but for 19000 to 19999 and 50000 to 50999"):
        add_message("NoNumber", {}, number=number)


def test_a_field_of_a_fork_gives_way_to_the_users_message_of_that_name():
    """Who wrote such a layer before the schema had the field goes on as before."""
    assert LayerParameter.DESCRIPTOR.fields_by_name["mask_resize_param"].number == 50013
    field = add_message("MaskResize", {"side": 7}, number=11890)
    text = text_format.Parse("mask_resize_param { side: 8 }", full_form(LayerParameter)())
    layer = LayerParameter.FromString(text.SerializeToString())
    assert layer.Extensions[field.extension].side == 8
    assert not layer.HasField("mask_resize_param")
    assert str(in_full_form(layer)) == "mask_resize_param {\n  side: 8\n}\n"


@pytest.mark.parametrize(("number", "owner"), [(1, "name"), (147, "swish_param")])
def test_a_number_of_the_schema_is_refused_with_its_owner(number, owner):
    with pytest.raises(
        LayerError, match=rf"number {number}\n.*\n.*the number of {owner}\n.*param_nu"
    ):
        add_message("NoNumber", {}, number=number)


def test_two_types_cannot_have_one_number():
    add_message("FirstNumber", {}, number=40001)
    with pytest.raises(LayerError, match=r"40001\n.*\n.*the number of first_number_param"):
        add_message("SecondNumber", {}, number=40001)


# --- what fails leaves nothing --------------------------------------------------------------------


def test_after_a_failure_the_same_can_be_added_mended():
    before = own_fields()
    for mistake in ({"param": {"alpha": None}}, {"name": "name"}, {"number": 1}):
        with pytest.raises(LayerError):
            add_message("Mended", **{"param": {"alpha": 1.0}, **mistake})
    assert own_fields() == before
    added = add_message("Mended", {"alpha": 2.0})
    assert own_fields() == [*before, added]
    assert LayerParameter().Extensions[added.extension].alpha == 2
