"""Nets of 2013: every type, every field in every type that has it, weights, mixtures."""

from __future__ import annotations

import re

import pytest
from google.protobuf import text_format

from blobnet.errors import ProtoError
from blobnet.netdef import upgrade_net
from blobnet.proto import BlobProto, NetParameter, V0LayerParameter


def net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


def v0_layer(settings: str) -> NetParameter:
    return net(f'layers {{ bottom: "b" top: "t" layer {{ name: "x" {settings} }} }}')


def v2_layer(settings: str) -> NetParameter:
    return net(f'layer {{ bottom: "b" top: "t" name: "x" {settings} }}')


TYPES = {
    "accuracy": "Accuracy",
    "bnll": "BNLL",
    "concat": "Concat",
    "conv": "Convolution",
    "data": "Data",
    "dropout": "Dropout",
    "euclidean_loss": "EuclideanLoss",
    "flatten": "Flatten",
    "hdf5_data": "HDF5Data",
    "hdf5_output": "HDF5Output",
    "im2col": "Im2col",
    "images": "ImageData",
    "infogain_loss": "InfogainLoss",
    "innerproduct": "InnerProduct",
    "lrn": "LRN",
    "multinomial_logistic_loss": "MultinomialLogisticLoss",
    "pool": "Pooling",
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "softmax_loss": "SoftmaxWithLoss",
    "split": "Split",
    "tanh": "TanH",
    "window_data": "WindowData",
}


@pytest.mark.parametrize(("old", "new"), TYPES.items())
def test_each_type_gets_its_name_of_today(old, new):
    upgraded = upgrade_net(v0_layer(f'type: "{old}"'))
    assert upgraded == v2_layer(f'type: "{new}"')


FILLER = '{ type: "gaussian" std: 0.25 sparse: 3 }'

# The V0 field, then for each type that has it what becomes of it.
SETTINGS = {
    "num_output: 7": {
        "conv": "convolution_param { num_output: 7 }",
        "innerproduct": "inner_product_param { num_output: 7 }",
    },
    "biasterm: false": {
        "conv": "convolution_param { bias_term: false }",
        "innerproduct": "inner_product_param { bias_term: false }",
    },
    f"weight_filler {FILLER}": {
        "conv": f"convolution_param {{ weight_filler {FILLER} }}",
        "innerproduct": f"inner_product_param {{ weight_filler {FILLER} }}",
    },
    f"bias_filler {FILLER}": {
        "conv": f"convolution_param {{ bias_filler {FILLER} }}",
        "innerproduct": f"inner_product_param {{ bias_filler {FILLER} }}",
    },
    "pad: 2": {"conv": "convolution_param { pad: 2 }", "pool": "pooling_param { pad: 2 }"},
    "kernelsize: 5": {
        "conv": "convolution_param { kernel_size: 5 }",
        "pool": "pooling_param { kernel_size: 5 }",
    },
    "group: 2": {"conv": "convolution_param { group: 2 }"},
    "stride: 3": {"conv": "convolution_param { stride: 3 }", "pool": "pooling_param { stride: 3 }"},
    "pool: MAX": {"pool": "pooling_param { pool: MAX }"},
    "pool: AVE": {"pool": "pooling_param { pool: AVE }"},
    "pool: STOCHASTIC": {"pool": "pooling_param { pool: STOCHASTIC }"},
    "dropout_ratio: 0.25": {"dropout": "dropout_param { dropout_ratio: 0.25 }"},
    "local_size: 3": {"lrn": "lrn_param { local_size: 3 }"},
    "alpha: 0.5": {"lrn": "lrn_param { alpha: 0.5 }"},
    "beta: 0.5": {"lrn": "lrn_param { beta: 0.5 }"},
    "k: 2": {"lrn": "lrn_param { k: 2 }"},
    'source: "s"': {
        "data": 'data_param { source: "s" }',
        "hdf5_data": 'hdf5_data_param { source: "s" }',
        "images": 'image_data_param { source: "s" }',
        "window_data": 'window_data_param { source: "s" }',
        "infogain_loss": 'infogain_loss_param { source: "s" }',
    },
    "batchsize: 64": {
        "data": "data_param { batch_size: 64 }",
        "hdf5_data": "hdf5_data_param { batch_size: 64 }",
        "images": "image_data_param { batch_size: 64 }",
        "window_data": "window_data_param { batch_size: 64 }",
    },
    "rand_skip: 9": {
        "data": "data_param { rand_skip: 9 }",
        "images": "image_data_param { rand_skip: 9 }",
    },
    "shuffle_images: true": {"images": "image_data_param { shuffle: true }"},
    "new_height: 8": {"images": "image_data_param { new_height: 8 }"},
    "new_width: 6": {"images": "image_data_param { new_width: 6 }"},
    "concat_dim: 0": {"concat": "concat_param { concat_dim: 0 }"},
    "det_fg_threshold: 0.25": {"window_data": "window_data_param { fg_threshold: 0.25 }"},
    "det_bg_threshold: 0.75": {"window_data": "window_data_param { bg_threshold: 0.75 }"},
    "det_fg_fraction: 0.125": {"window_data": "window_data_param { fg_fraction: 0.125 }"},
    "det_context_pad: 4": {"window_data": "window_data_param { context_pad: 4 }"},
    'det_crop_mode: "square"': {"window_data": 'window_data_param { crop_mode: "square" }'},
    'hdf5_output_param { file_name: "f" }': {"hdf5_output": 'hdf5_output_param { file_name: "f" }'},
    # No type has these two any more: they belonged to a reshape layer that Caffe dropped.
    "new_num: 1": {},
    "new_channels: 1": {},
}

FOR_EVERY_TYPE = {
    "scale: 0.5": "transform_param { scale: 0.5 }",
    'meanfile: "m"': 'transform_param { mean_file: "m" }',
    "cropsize: 24": "transform_param { crop_size: 24 }",
    "mirror: true": "transform_param { mirror: true }",
    "blobs { data: 2 } blobs { }": "blobs { data: 2 } blobs { }",
    "blobs_lr: 1 blobs_lr: 0": "param { lr_mult: 1 } param { lr_mult: 0 }",
    "weight_decay: 1 weight_decay: 0": "param { decay_mult: 1 } param { decay_mult: 0 }",
}

FITTING = [(type_, old, new) for old, cases in SETTINGS.items() for type_, new in cases.items()]


def test_no_field_is_forgotten():
    settings = [*SETTINGS, *FOR_EVERY_TYPE]
    tested = {setting.split()[0].rstrip(":") for setting in settings} | {"name", "type"}
    assert tested == {field.name for field in V0LayerParameter.DESCRIPTOR.fields}


@pytest.mark.parametrize(("type_", "old", "new"), FITTING)
def test_a_setting_moves_into_the_message_of_the_type(type_, old, new):
    upgraded = upgrade_net(v0_layer(f'type: "{type_}" {old}'))
    assert upgraded == v2_layer(f'type: "{TYPES[type_]}" {new}')


@pytest.mark.parametrize("type_", ["data", "images", "window_data", "hdf5_data", "relu"])
@pytest.mark.parametrize(("old", "new"), FOR_EVERY_TYPE.items())
def test_a_setting_that_every_type_may_have(type_, old, new):
    upgraded = upgrade_net(v0_layer(f'type: "{type_}" {old}'))
    assert upgraded == v2_layer(f'type: "{TYPES[type_]}" {new}')


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_a_type_does_not_have_is_left_out_and_told(setting, caplog):
    name = setting.split()[0].rstrip(":")
    for type_ in TYPES.keys() - SETTINGS[setting].keys():
        old = v0_layer(f'type: "{type_}" {setting}')
        caplog.clear()
        assert upgrade_net(old) == v2_layer(f'type: "{TYPES[type_]}"')
        words = rf"Unknown parameter {name} for layer type {type_} \(layer 'x'\)"
        told = rf"{words}\n(.*\n)+  fix: .*take {name} out"
        assert [bool(re.match(told, record.getMessage())) for record in caplog.records] == [True]
        with pytest.raises(ProtoError, match=told):
            upgrade_net(old, fully=True)


def test_the_refusal_tells_which_types_have_the_setting():
    with pytest.raises(ProtoError, match=r"expected: +pad in a layer of type conv or pool\n.*: 2"):
        upgrade_net(v0_layer('type: "relu" pad: 2'), fully=True)


def test_an_unknown_type_is_refused_with_a_hint():
    with pytest.raises(
        ProtoError, match=r"(?s)Unknown layer name: sofmax_loss .*softmax_loss or softmax\?$"
    ):
        upgrade_net(v0_layer('type: "sofmax_loss"'))


def test_a_layer_without_a_type_keeps_its_weights_and_nothing_else():
    upgraded = upgrade_net(v0_layer("blobs { data: 1 }"))
    assert upgraded == v2_layer("blobs { data: 1 }")
    assert upgrade_net(v0_layer("num_output: 1")) == v2_layer("")
    with pytest.raises(ProtoError, match="Unknown parameter num_output"):
        upgrade_net(v0_layer("num_output: 1"), fully=True)


def test_all_settings_of_one_layer_come_together():
    upgraded = upgrade_net(
        v0_layer(
            'type: "window_data" source: "w" batchsize: 128 cropsize: 227 mirror: true scale: 2 '
            'meanfile: "m" det_fg_threshold: 0.5 det_bg_threshold: 0.5 det_fg_fraction: 0.25 '
            'det_context_pad: 16 det_crop_mode: "warp"'
        )
    )
    assert upgraded == v2_layer("""
        type: "WindowData"
        transform_param { scale: 2 mirror: true crop_size: 227 mean_file: "m" }
        window_data_param {
            source: "w" batch_size: 128 fg_threshold: 0.5 bg_threshold: 0.5 fg_fraction: 0.25
            context_pad: 16 crop_mode: "warp"
        }
    """)


def test_the_fields_of_the_net_stay():
    rest = 'name: "n" force_backward: true state { phase: TRAIN } debug_info: true'
    upgraded = upgrade_net(net(f'{rest} layers {{ layer {{ name: "x" type: "relu" }} }}'))
    assert upgraded == net(f'{rest} layer {{ name: "x" type: "ReLU" }}')


def test_weights_are_carried_along_to_the_last_bit():
    weights = BlobProto(
        num=1,
        channels=2,
        height=1,
        width=2,
        data=[0.1, -0.0, 1e-45, float("inf")],
        diff=[3e38, 0, 1, 2],
    )
    old = NetParameter()
    layer = old.layers.add().layer
    layer.name, layer.type = "fc", "innerproduct"
    layer.blobs.extend([weights, BlobProto(data=[0.3])])
    upgraded = upgrade_net(NetParameter.FromString(old.SerializeToString()))
    assert [blob.SerializeToString() for blob in upgraded.layer[0].blobs] == [
        weights.SerializeToString(),
        BlobProto(data=[0.3]).SerializeToString(),
    ]


@pytest.mark.parametrize(
    "other",
    [
        'layers { name: "x" type: RELU layer { name: "x" type: "relu" } }',
        'layers { layer { name: "x" type: "relu" } include { phase: TEST } }',
        'layers { name: "x" type: RELU bottom: "b" top: "t" }',
        'layers { name: "x" }',
    ],
)
def test_a_mixture_of_v0_and_v1_is_refused(other):
    old = 'layers { layer { name: "first" type: "tanh" } bottom: "a" top: "b" }'
    words = "Refusing to upgrade inconsistent NetParameter input"
    with pytest.raises(ProtoError, match=rf"{words}; layer 'x' \(number 1\).*\n.*\n.*got.*\n.*fix"):
        upgrade_net(net(f"{old} {other}"))


@pytest.mark.parametrize("field", ["new_height", "new_width"])
def test_a_negative_number_where_today_has_none(field):
    with pytest.raises(ProtoError, match=f"layer 'x': {field} cannot be negative"):
        upgrade_net(v0_layer(f'type: "images" {field}: -1'))
    upgraded = upgrade_net(v0_layer(f'type: "images" {field}: 7'))
    assert getattr(upgraded.layer[0].image_data_param, field) == 7
