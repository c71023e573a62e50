"""Nets of 2014: every type, every message, the lists that became ParamSpecs, data settings."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from blobnet.errors import ProtoError
from blobnet.netdef import upgrade_net
from blobnet.netdef.upgrade_v1_forks import FORK_TYPE_NAMES
from blobnet.proto import BlobProto, LayerParameter, NetParameter, V1LayerParameter

OF_FORKS = 50000
"""From here on are the numbers of what forks have."""


def net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


def upgraded(settings: str) -> NetParameter:
    return upgrade_net(net(f'layers {{ name: "x" {settings} }}'))


def expected(settings: str) -> NetParameter:
    return net(f'layer {{ name: "x" {settings} }}')


TYPES = {
    "ACCURACY": "Accuracy",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DROPOUT": "Dropout",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData",
    "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    "POOLING": "Pooling",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
    "WINDOW_DATA": "WindowData",
    "ELTWISE": "Eltwise",
    "POWER": "Power",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "HINGE_LOSS": "HingeLoss",
    "MEMORY_DATA": "MemoryData",
    "ARGMAX": "ArgMax",
    "THRESHOLD": "Threshold",
    "DUMMY_DATA": "DummyData",
    "SLICE": "Slice",
    "MVN": "MVN",
    "ABSVAL": "AbsVal",
    "SILENCE": "Silence",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "EXP": "Exp",
    "DECONVOLUTION": "Deconvolution",
}


def test_no_type_is_forgotten():
    types = V1LayerParameter.LayerType.items()
    assert {*TYPES, "NONE"} == {name for name, number in types if number < OF_FORKS}


def test_no_type_of_a_fork_is_forgotten():
    types = V1LayerParameter.LayerType.items()
    assert set(FORK_TYPE_NAMES) == {number for _, number in types if number >= OF_FORKS}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ROIPOOLING", "ROIPooling"),
        ("CONVOLUTION3D", "Convolution3D"),
        ("CROP", "AutoCrop"),
        ("VOXEL_SOFTMAX_LOSS", "VoxelSoftmaxWithLoss"),
        ("MULTI_STAGE_MEANFIELD", "MultiStageMeanfield"),
    ],
)
def test_a_type_of_a_fork_becomes_the_string_that_forks_have(old, new):
    assert upgraded(f"type: {old}") == expected(f'type: "{new}"')


def test_the_product_of_2013_is_an_eltwise_layer():
    product = 'type: "Eltwise" eltwise_param { operation: PROD }'
    assert upgraded("type: ELTWISE_PRODUCT") == expected(product)


@pytest.mark.parametrize(("old", "new"), TYPES.items())
def test_each_type_becomes_a_string(old, new):
    assert upgraded(f"type: {old}") == expected(f'type: "{new}"')


def test_the_type_none_is_refused():
    with pytest.raises(ProtoError, match=r"layer 'x' does nothing\n.*\n.*type: NONE\n.*fix"):
        upgraded("type: NONE")


def test_no_type_stays_no_type():
    """As in Caffe: weights are looked up by name, and a net without the type cannot be built."""
    assert upgraded("blobs { data: 1 }") == expected("blobs { data: 1 }")


# Fields that have the same name and the same meaning in both formats.
SAME = {
    "bottom": 'bottom: "a" bottom: "b"',
    "top": 'top: "a" top: "b"',
    "name": "",  # every layer of these tests has one
    "include": 'include { phase: TRAIN min_level: 1 } include { stage: "s" not_stage: "t" }',
    "exclude": "exclude { phase: TEST } exclude { max_level: 2 }",
    "blobs": "blobs { shape { dim: 2 } data: 1 data: 2 } blobs { num: 1 diff: 3 }",
    "loss_weight": "loss_weight: 0.5 loss_weight: 0",
    "accuracy_param": "accuracy_param { top_k: 5 }",
    "argmax_param": "argmax_param { out_max_val: true }",
    "concat_param": "concat_param { concat_dim: 0 }",
    "contrastive_loss_param": "contrastive_loss_param { margin: 2 legacy_version: true }",
    "convolution_param": "convolution_param { num_output: 4 pad: 1 kernel_size: 3 stride: 2 }",
    "data_param": 'data_param { source: "s" backend: LMDB }',
    "dropout_param": "dropout_param { dropout_ratio: 0.25 }",
    "dummy_data_param": "dummy_data_param { num: 2 channels: 3 height: 4 width: 5 }",
    "eltwise_param": "eltwise_param { operation: SUM coeff: 1 coeff: -1 }",
    "exp_param": "exp_param { base: 2 }",
    "hdf5_data_param": 'hdf5_data_param { source: "s" batch_size: 8 }',
    "hdf5_output_param": 'hdf5_output_param { file_name: "f" }',
    "hinge_loss_param": "hinge_loss_param { norm: L2 }",
    "image_data_param": 'image_data_param { source: "s" new_height: 8 new_width: 8 }',
    "infogain_loss_param": 'infogain_loss_param { source: "s" }',
    "inner_product_param": "inner_product_param { num_output: 10 bias_term: false }",
    "lrn_param": "lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }",
    "memory_data_param": "memory_data_param { batch_size: 1 channels: 2 height: 3 width: 4 }",
    "mvn_param": "mvn_param { across_channels: true }",
    "pooling_param": "pooling_param { pool: AVE kernel_size: 3 }",
    "power_param": "power_param { power: 2 shift: 1 }",
    "relu_param": "relu_param { negative_slope: 0.125 }",
    "sigmoid_param": "sigmoid_param { engine: CUDNN }",
    "softmax_param": "softmax_param { engine: CAFFE }",
    "slice_param": "slice_param { slice_dim: 0 slice_point: 2 }",
    "tanh_param": "tanh_param { engine: CAFFE }",
    "threshold_param": "threshold_param { threshold: 0.5 }",
    "window_data_param": 'window_data_param { source: "s" crop_mode: "square" }',
    "transform_param": "transform_param { scale: 0.5 mean_value: 1 mean_value: 2 }",
    "loss_param": "loss_param { ignore_label: 255 normalize: false }",
}

CHANGED = {"type", "param", "blob_share_mode", "blobs_lr", "weight_decay", "layer"}


DRAFTS = {"enable", "disable"}
"""What is called `include` and `exclude` since: see test_upgrade_draft.py."""


def test_no_field_is_forgotten():
    fields = V1LayerParameter.DESCRIPTOR.fields_by_name
    of_forks = {name for name, field in fields.items() if field.number >= OF_FORKS}
    assert set(fields.keys()) - of_forks == {*SAME, *CHANGED}
    for name in {*SAME, *of_forks} - DRAFTS:
        today = LayerParameter.DESCRIPTOR.fields_by_name[name]
        assert fields[name].message_type is today.message_type, name


@pytest.mark.parametrize("setting", SAME.values(), ids=SAME.keys())
def test_a_field_that_kept_its_name_is_carried_over(setting):
    assert upgraded(setting) == expected(setting)


def test_a_layer_with_everything():
    everything = " ".join(SAME.values())
    assert upgraded(f"type: POWER {everything}") == expected(f'type: "Power" {everything}')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("blobs_lr: 1 blobs_lr: 2", "param { lr_mult: 1 } param { lr_mult: 2 }"),
        ("weight_decay: 1 weight_decay: 0", "param { decay_mult: 1 } param { decay_mult: 0 }"),
        ('param: "w" param: ""', 'param { name: "w" } param { name: "" }'),
        (
            "blob_share_mode: PERMISSIVE blob_share_mode: STRICT",
            "param { share_mode: PERMISSIVE } param { share_mode: STRICT }",
        ),
        (
            "blobs_lr: 0 weight_decay: 1 weight_decay: 0",
            "param { lr_mult: 0 decay_mult: 1 } param { decay_mult: 0 }",
        ),
        (
            'param: "w" blob_share_mode: STRICT blob_share_mode: PERMISSIVE '
            "blobs_lr: 1 blobs_lr: 2 blobs_lr: 3 weight_decay: 4",
            'param { name: "w" share_mode: STRICT lr_mult: 1 decay_mult: 4 } '
            "param { share_mode: PERMISSIVE lr_mult: 2 } param { lr_mult: 3 }",
        ),
        (
            'blobs { data: 1 } param: "w" param: "b" param: "c"',
            'blobs { data: 1 } param { name: "w" } param { name: "b" } param { name: "c" }',
        ),
    ],
)
def test_lists_by_blob_become_param_specs(old, new):
    assert upgraded(f"type: CONVOLUTION {old}") == expected(f'type: "Convolution" {new}')


def test_the_fields_of_the_net_stay():
    rest = 'name: "n" force_backward: true state { level: 2 stage: "s" } debug_info: true'
    old = f'{rest} layers {{ name: "a" type: TANH }} layers {{ name: "b" type: SPLIT }}'
    assert upgrade_net(net(old)) == net(
        f'{rest} layer {{ name: "a" type: "TanH" }} layer {{ name: "b" type: "Split" }}'
    )


def test_input_fields_come_before_the_upgraded_layers():
    old = 'input: "d" input_shape { dim: 2 } layers { name: "a" type: TANH bottom: "d" }'
    assert upgrade_net(net(old)) == net("""
        layer { name: "input" type: "Input" top: "d" input_param { shape { dim: 2 } } }
        layer { name: "a" type: "TanH" bottom: "d" }
    """)


def test_weights_are_carried_along_to_the_last_bit():
    single = BlobProto(data=[0.1, -0.0, 1e-45, float("-inf")], diff=[1 / 3])
    double = BlobProto(double_data=[0.1, 5e-324], double_diff=[1 / 3])
    double.shape.dim.extend([1, 2])
    old = NetParameter()
    old.layers.add(name="fc", type=V1LayerParameter.INNER_PRODUCT, blobs=[single, double])
    layer = upgrade_net(NetParameter.FromString(old.SerializeToString())).layer[0]
    assert [blob.SerializeToString() for blob in layer.blobs] == [
        single.SerializeToString(),
        double.SerializeToString(),
    ]


DATA_TYPES = {
    "DATA": ("Data", "data_param"),
    "IMAGE_DATA": ("ImageData", "image_data_param"),
    "WINDOW_DATA": ("WindowData", "window_data_param"),
}
TRANSFORM = 'scale: 0.5 mean_file: "m" crop_size: 24 mirror: false'


@pytest.mark.parametrize(("old", "new", "message"), [(k, *v) for k, v in DATA_TYPES.items()])
@pytest.mark.parametrize(
    "setting", ["scale: 0.5", 'mean_file: "m"', "crop_size: 24", "mirror: false", TRANSFORM]
)
def test_image_settings_of_a_data_layer_move_into_transform_param(old, new, message, setting):
    assert upgraded(f'type: {old} {message} {{ source: "s" batch_size: 4 {setting} }}') == expected(
        f'type: "{new}" {message} {{ source: "s" batch_size: 4 }} transform_param {{ {setting} }}'
    )


def test_the_moved_setting_wins_over_the_one_in_transform_param():
    layer = "type: DATA data_param { scale: 2 } transform_param { scale: 3 mean_value: 104 }"
    assert upgraded(layer) == expected(
        'type: "Data" data_param { } transform_param { scale: 2 mean_value: 104 }'
    )


def test_a_data_layer_without_such_settings_stays_as_it_is():
    old = """
        layers { name: "a" type: DATA data_param { scale: 2 } }
        layers { name: "b" type: DATA data_param { source: "s" } }
        layers { name: "c" type: IMAGE_DATA }
    """
    assert upgrade_net(net(old)) == net("""
        layer { name: "a" type: "Data" data_param { } transform_param { scale: 2 } }
        layer { name: "b" type: "Data" data_param { source: "s" } }
        layer { name: "c" type: "ImageData" }
    """)


@pytest.mark.parametrize("message", ["data_param", "image_data_param", "window_data_param"])
def test_settings_in_a_message_of_another_type_are_not_touched(message):
    setting = f"{message} {{ {TRANSFORM} }}"
    assert upgraded(f"type: HDF5_DATA {setting}") == expected(f'type: "HDF5Data" {setting}')


@pytest.mark.parametrize(("type_name", "message"), DATA_TYPES.values())
def test_settings_under_layer_are_left_where_caffe_does_not_look(type_name, message):
    today = expected(f'type: "{type_name}" {message} {{ {TRANSFORM} }}')
    assert upgrade_net(today) == today
