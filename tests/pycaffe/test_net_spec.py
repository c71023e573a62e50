"""Nets written in Python become the prototxt that one would write by hand."""

from __future__ import annotations

import copy
import inspect
import re

import numpy as np
import pytest
from google.protobuf import text_format

import blobnet
from blobnet.errors import BlobnetError
from blobnet.proto import FillerParameter, LayerParameter, NetParameter
from blobnet.proto.own_messages import add_message
from blobnet.pycaffe import net_spec
from blobnet.pycaffe.net_spec import Function, NetSpec, Top, to_proto
from blobnet.pycaffe.net_spec import layers as L  # noqa: N812
from blobnet.pycaffe.net_spec import params as P  # noqa: N812
from tests.own_layers import registers_as_before


def small() -> NetSpec:
    n = NetSpec()
    n.data, n.label = L.DummyData(
        shape=[{"dim": [2, 1, 8, 8]}, {"dim": [2]}], transform_param={"scale": 0.5}, ntop=2
    )
    n.conv1 = L.Convolution(
        n.data,
        num_output=3,
        kernel_size=5,
        weight_filler={"type": "xavier"},
        param=[{"lr_mult": 1}, {"lr_mult": 2, "decay_mult": 0}],
    )
    n.relu1 = L.ReLU(n.conv1, in_place=True)
    n.pool1 = L.Pooling(n.relu1, pool=P.Pooling.AVE, kernel_size=2, stride=2, name="pooling")
    n.loss = L.EuclideanLoss(n.pool1, n.pool1, loss_weight=2, include={"phase": 0})
    n.silence = L.Silence(n.label, ntop=0)
    return n


SMALL = """\
layer {
  name: "data"
  type: "DummyData"
  top: "data"
  top: "label"
  transform_param {
    scale: 0.5
  }
  dummy_data_param {
    shape {
      dim: 2
      dim: 1
      dim: 8
      dim: 8
    }
    shape {
      dim: 2
    }
  }
}
layer {
  name: "conv1"
  type: "Convolution"
  bottom: "data"
  top: "conv1"
  param {
    lr_mult: 1
  }
  param {
    lr_mult: 2
    decay_mult: 0
  }
  convolution_param {
    num_output: 3
    kernel_size: 5
    weight_filler {
      type: "xavier"
    }
  }
}
layer {
  name: "relu1"
  type: "ReLU"
  bottom: "conv1"
  top: "conv1"
}
layer {
  name: "pooling"
  type: "Pooling"
  bottom: "conv1"
  top: "pool1"
  pooling_param {
    pool: AVE
    kernel_size: 2
    stride: 2
  }
}
layer {
  name: "loss"
  type: "EuclideanLoss"
  bottom: "pool1"
  bottom: "pool1"
  top: "loss"
  loss_weight: 2
  include {
    phase: TRAIN
  }
}
layer {
  name: "silence"
  type: "Silence"
  bottom: "label"
}
"""


def plain(specified: NetSpec | NetParameter) -> str:
    """Its text; some versions of protobuf write `2.0` for `2`."""
    return re.sub(r"\.0$", "", str(specified), flags=re.MULTILINE)


def one(layer: LayerParameter | str) -> NetParameter:
    return text_format.Parse(f"layer {{ {layer} }}", NetParameter())


def made(top: Top | Function) -> NetParameter:
    return to_proto(top)


def test_a_specification_is_the_text_that_one_would_write():
    n = small()
    assert plain(n.to_proto()) == plain(n) == SMALL
    assert type(n.to_proto()) is NetParameter


def test_a_net_is_made_of_it():
    assert list(blobnet.Net(small().to_proto(), phase="TRAIN").blobs)[:3] == [
        "data",
        "label",
        "conv1",
    ]


def test_names_that_nobody_gives_are_types_and_numbers():
    data, label = L.DummyData(ntop=2)
    first = L.ReLU(L.ReLU(data), in_place=True)
    net = L.SoftmaxWithLoss(L.InnerProduct(first), label).to_proto()
    assert [(layer.name, *layer.bottom, "->", *layer.top) for layer in net.layer] == [
        ("DummyData1", "->", "DummyData1", "DummyData2"),
        ("ReLU1", "DummyData1", "->", "ReLU1"),
        ("ReLU2", "ReLU1", "->", "ReLU1"),
        ("InnerProduct1", "ReLU1", "->", "InnerProduct1"),
        ("SoftmaxWithLoss1", "InnerProduct1", "DummyData2", "->", "SoftmaxWithLoss1"),
    ]


def test_names_are_given_and_made_in_one_net():
    n = NetSpec()
    hidden = L.ReLU(L.Input())
    n["out"] = L.Eltwise(hidden, L.ReLU(hidden.fn.inputs[0]))
    names = [layer.name for layer in n.to_proto().layer]
    assert names == ["Input1", "ReLU1", "ReLU2", "out"]
    assert n["out"] is n.out is n.tops["out"]


def test_several_tops_share_their_layers():
    data = L.Input()
    silences = [L.Silence(data, ntop=0), L.Silence(data, ntop=0)]
    net = to_proto(*silences, data)
    assert [layer.name for layer in net.layer] == ["Input1", "Silence1", "Silence2"]


def test_a_net_may_be_deep():
    top = L.Input()
    for _ in range(3000):
        top = L.ReLU(top)
    assert len(top.to_proto().layer) == 3001


@pytest.mark.parametrize(
    ("top", "layer"),
    [
        (
            L.Python(module="m", layer="Mine", param_str="{}", loss_weight=1),
            'type: "Python" loss_weight: 1 '
            'python_param { module: "m" layer: "Mine" param_str: "{}" }',
        ),
        (
            L.Deconvolution(convolution_param={"num_output": 2, "kernel_size": [3, 4]}),
            'type: "Deconvolution" convolution_param { num_output: 2 kernel_size: [3, 4] }',
        ),
        (
            L.Pooling(kernel_size=np.int64(3), pool="MAX"),
            'type: "Pooling" pooling_param { kernel_size: 3 pool: MAX }',
        ),
        (
            L.Convolution(kernel_size=(3, 5), pad=np.array([1, 2]), bias_term=np.bool_(False)),
            'type: "Convolution" '
            "convolution_param { kernel_size: [3, 5] pad: [1, 2] bias_term: false }",
        ),
        (
            L.Scale(filler=FillerParameter(type="msra"), propagate_down=[True]),
            'type: "Scale" propagate_down: true scale_param { filler { type: "msra" } }',
        ),
        (
            L.Crop(crop_param={"axis": 2, "offset": [5]}),
            'type: "Crop" crop_param { axis: 2 offset: 5 }',
        ),
        (L.Concat(transform_param={}), 'type: "Concat"'),
        (  # the pad of a script of Python 2: (3 - 1) / 2
            L.Convolution(pad=1.0, kernel_size=[3.0]),
            'type: "Convolution" convolution_param { pad: 1 kernel_size: 3 }',
        ),
        (
            L.DetectionOutput(num_classes=3, nms_param={"top_k": 9}),
            'type: "DetectionOutput" '
            "detection_output_param { num_classes: 3 nms_param { top_k: 9 } }",
        ),
        (
            L.OfAFork(loss_param={"normalize": True}),
            'type: "OfAFork" loss_param { normalize: true }',
        ),
    ],
)
def test_settings_go_into_the_fields_of_their_names(top, layer):
    name = top.fn.type_name
    assert made(top) == one(f'name: "{name}1" top: "{name}1" {layer}')


def test_a_type_of_ones_own_is_written_like_the_others(mine):
    n = NetSpec()
    n.x = L.Input(shape={"dim": [2]})
    n.y = L.Mine(n.x, alpha=2, dims=(1, 2), mode=P.Mine.MAX)
    text = plain(n)
    assert "mine_param {\n    alpha: 2\n    mode: MAX\n    dims: 1\n    dims: 2\n  }" in text
    assert "[" not in text
    assert blobnet.Net(n.to_proto()).layers[1].own_param.alpha == 2
    assert net_spec.param_name_dict()["Mine"] == "mine"
    n = NetSpec()
    n.x = L.Input(shape={"dim": [2]})
    assert type(n.to_proto()) is NetParameter


def test_names_that_end_in_param_are_of_the_layer():
    with registers_as_before():
        add_message("HasParam", {"param": 1, "size": 2})
        layer = L.HasParam(param={"lr_mult": 0}, size=5).to_proto().layer[0]
        assert layer.param[0].lr_mult == 0
        assert layer.has_param_param.size == 5
        assert not layer.has_param_param.HasField("param")


def test_the_words_of_enums_are_attributes():
    assert (P.Pooling.MAX, P.Pooling.AVE, P.Eltwise.SUM, P.Data.LMDB) == (0, 1, 1, 1)
    assert P.Pooling.PoolMethod.Value("STOCHASTIC") == 2
    assert set(dir(P.Pooling)) >= {"MAX", "AVE", "STOCHASTIC"}


def test_types_are_led_to_their_messages():
    names = net_spec.param_name_dict()
    assert names["InnerProduct"] == "inner_product"
    assert names["ReLU"] == "relu"
    assert names["Transformation"] == "transform"
    assert "SoftmaxWithLoss" not in names
    assert next(iter(names)) == "Transformation", "in the order of the fields"


def test_assigning_to_any_message():
    net = NetParameter()
    net_spec.assign_proto(net, "name", "n")
    net_spec.assign_proto(net, "input_shape", {"dim": [1, 2]})
    net_spec.assign_proto(net, "input", "a")
    assert net == text_format.Parse(
        'name: "n" input: "a" input_shape { dim: [1, 2] }', NetParameter()
    )


# --- looking at it --------------------------------------------------------------------------------


def test_at_a_prompt_it_says_how_it_is_made():
    lines = repr(small()).splitlines()
    assert lines[0] == "n = NetSpec()"
    assert lines[2].startswith("n.label = L.DummyData(shape=")
    assert lines[2].endswith("ntop=2)[1]")
    assert lines[4] == "n.relu1 = L.ReLU(n.conv1, in_place=True)"
    assert lines[-1] == "n.silence = L.Silence(n.label, ntop=0)"
    assert repr(L.ReLU(L.ReLU(L.Input()))) == "<Top 0 of L.ReLU(...)>"


def test_names_can_be_completed():
    assert {"conv1", "to_proto", "tops"} <= set(dir(small()))
    assert {"Convolution", "ReLU"} <= set(dir(L))


def test_layers_explain_themselves():
    assert L.Convolution.__name__ == "Convolution"
    text = inspect.getdoc(L.Convolution)
    assert "num_output" in text
    assert "convolution_param" in text
    assert "OfAFork" in inspect.getdoc(L.OfAFork)


def test_a_specification_can_be_copied():
    n = small()
    n.pool1.fn.params["stride"] = 1
    assert str(copy.deepcopy(n)) == str(n)
    copied = copy.copy(n)
    assert copied.tops is n.tops
    assert not hasattr(n, "nothing")
    assert not hasattr(L, "__deepcopy__")


# --- what is wrong --------------------------------------------------------------------------------


def test_an_input_that_is_no_top_is_named():
    with pytest.raises(TypeError) as caught:
        L.Silence(L.DummyData(ntop=2), ntop=0)
    assert str(caught.value) == "Silence input 0 is not a Top (type is <class 'tuple'>)"


@pytest.mark.parametrize(
    ("top", "error", "words"),
    [
        (
            lambda: L.Pooling(kernal_size=3),
            AttributeError,
            ["layer 'Pooling1'", "type Pooling has no field 'kernal_size'", "kernel_size"],
        ),
        (
            lambda: L.Convolution(weight_filler={"tipe": "xavier"}),
            AttributeError,
            ["layer 'Convolution1'", "FillerParameter has no field 'tipe'", "did you mean type?"],
        ),
        (
            lambda: L.Deconvolution(kernel_size=3),
            AttributeError,
            ["type Deconvolution has no field", "convolution_param=dict(kernel_size=...)"],
        ),
        (lambda: L.ReLU(zzz_param={}), AttributeError, ["no field 'zzz_param'", "register_layer"]),
        (lambda: L.Pooling(stride="a"), TypeError, ["PoolingParameter", "stride", "'a'"]),
        (lambda: L.Pooling(stride=-1), ValueError, ["layer 'Pooling1'", "stride", "-1"]),
        (lambda: L.Pooling(stride=[2]), TypeError, ["stride", "[2]"]),
        (lambda: L.Pooling(pool="MOX"), ValueError, ["MAX or AVE or STOCHASTIC", "'MOX'"]),
        (lambda: L.Convolution(weight_filler="xavier"), TypeError, ["a dict of its fields: type"]),
        (lambda: L.Convolution(param=[{"lr_mult": 1}, 2]), TypeError, ["param", "ParamSpec", "2"]),
    ],
)
def test_settings_that_a_layer_cannot_have_are_explained(top, error, words):
    with pytest.raises(error) as caught:
        top().to_proto()
    assert isinstance(caught.value, BlobnetError)
    for word in words:
        assert word in str(caught.value)


def test_what_is_no_top_is_named_when_the_net_is_made():
    n = NetSpec()
    n.data = L.DummyData(ntop=2)
    with pytest.raises(TypeError, match=r"(?s)'data' .* is not a Top.*n\.data, n\.label"):
        n.to_proto()
    with pytest.raises(TypeError, match="argument 0 of to_proto"):
        to_proto("a")
    assert repr(n).startswith("n = NetSpec()\nn.data = (<Top 0 of L.DummyData(ntop=2)>")


def test_a_missing_name_suggests_the_nearest():
    for error in (AttributeError, KeyError, BlobnetError):
        with pytest.raises(error, match=r"(?s)no top 'conv'.*did you mean conv1\?"):
            small().conv  # noqa: B018
    with pytest.raises(KeyError):
        small()["conv"]
    with pytest.raises(AttributeError, match=r"(?s)PoolingParameter has no value 'MOX'.*MAX"):
        P.Pooling.MOX  # noqa: B018
    with pytest.raises(AttributeError, match=r"(?s)no message of parameters for 'Poling'.*Pooling"):
        P.Poling  # noqa: B018


def test_it_has_the_words_of_ssd():
    n = NetSpec()
    n.x = L.Input(shape={"dim": [1, 2, 8, 8]})
    n.conv = L.Convolution(n.x, num_output=2, kernel_size=3)
    n.more = L.ReLU(n.conv)
    assert n.keys() == ["x", "conv", "more"]
    assert n.vals() == [n.x, n.conv, n.more]
    n.update("conv", {"dilation": 2, "param": [{"lr_mult": 0}]})
    del n["more"]
    layer = n.to_proto().layer[-1]
    assert (layer.name, layer.convolution_param.dilation[0], layer.param[0].lr_mult) == (
        "conv",
        2,
        0,
    )
    for act in (lambda: n.update("conf", {}), lambda: n.__delitem__("conf")):
        with pytest.raises(AttributeError, match=r"no top 'conf'(.|\n)*did you mean conv"):
            act()
    n.update = L.ReLU(n.conv)
    assert n.update.fn.type_name == "ReLU"
