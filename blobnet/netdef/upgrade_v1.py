"""Nets of 2014, V1 to V2: `layers { type: CONVOLUTION }` to `layer { type: "Convolution" }`.

Caffe: UpgradeV1Net and UpgradeNetDataTransformation in upgrade_proto.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable

from blobnet.errors import ProtoError, explain
from blobnet.netdef.upgrade_draft import upgrade_draft
from blobnet.netdef.upgrade_fields import copy_field, copy_fields
from blobnet.netdef.upgrade_v1_forks import FORK_TYPE_NAMES
from blobnet.proto import EltwiseParameter, LayerParameter, NetParameter, V1LayerParameter

_TYPE_NAMES = {
    V1LayerParameter.ABSVAL: "AbsVal",
    V1LayerParameter.ACCURACY: "Accuracy",
    V1LayerParameter.ARGMAX: "ArgMax",
    V1LayerParameter.BNLL: "BNLL",
    V1LayerParameter.CONCAT: "Concat",
    V1LayerParameter.CONTRASTIVE_LOSS: "ContrastiveLoss",
    V1LayerParameter.CONVOLUTION: "Convolution",
    V1LayerParameter.DATA: "Data",
    V1LayerParameter.DECONVOLUTION: "Deconvolution",
    V1LayerParameter.DROPOUT: "Dropout",
    V1LayerParameter.DUMMY_DATA: "DummyData",
    V1LayerParameter.ELTWISE: "Eltwise",
    V1LayerParameter.EUCLIDEAN_LOSS: "EuclideanLoss",
    V1LayerParameter.EXP: "Exp",
    V1LayerParameter.FLATTEN: "Flatten",
    V1LayerParameter.HDF5_DATA: "HDF5Data",
    V1LayerParameter.HDF5_OUTPUT: "HDF5Output",
    V1LayerParameter.HINGE_LOSS: "HingeLoss",
    V1LayerParameter.IM2COL: "Im2col",
    V1LayerParameter.IMAGE_DATA: "ImageData",
    V1LayerParameter.INFOGAIN_LOSS: "InfogainLoss",
    V1LayerParameter.INNER_PRODUCT: "InnerProduct",
    V1LayerParameter.LRN: "LRN",
    V1LayerParameter.MEMORY_DATA: "MemoryData",
    V1LayerParameter.MULTINOMIAL_LOGISTIC_LOSS: "MultinomialLogisticLoss",
    V1LayerParameter.MVN: "MVN",
    V1LayerParameter.POOLING: "Pooling",
    V1LayerParameter.POWER: "Power",
    V1LayerParameter.RELU: "ReLU",
    V1LayerParameter.SIGMOID: "Sigmoid",
    V1LayerParameter.SIGMOID_CROSS_ENTROPY_LOSS: "SigmoidCrossEntropyLoss",
    V1LayerParameter.SILENCE: "Silence",
    V1LayerParameter.SLICE: "Slice",
    V1LayerParameter.SOFTMAX: "Softmax",
    V1LayerParameter.SOFTMAX_LOSS: "SoftmaxWithLoss",
    V1LayerParameter.SPLIT: "Split",
    V1LayerParameter.TANH: "TanH",
    V1LayerParameter.THRESHOLD: "Threshold",
    V1LayerParameter.WINDOW_DATA: "WindowData",
    **FORK_TYPE_NAMES,
}

# A list with one entry per blob, and the field of ParamSpec that its entries became.
_PARAM_SPEC_FIELD_OF = {
    "param": "name",
    "blob_share_mode": "share_mode",
    "blobs_lr": "lr_mult",
    "weight_decay": "decay_mult",
}

# Layer types whose own message once held what is now in transform_param.
_DATA_PARAM_OF = {
    "Data": "data_param",
    "ImageData": "image_data_param",
    "WindowData": "window_data_param",
    "MemoryData": "memory_data_param",
}
_TRANSFORM_FIELDS = ("scale", "mean_file", "crop_size", "mirror", "transform_param")


def needs_v1_upgrade(net_param: NetParameter) -> bool:
    """Whether the net has layers under the old name `layers`."""
    return len(net_param.layers) > 0


def upgrade_v1_net(net_param: NetParameter) -> NetParameter:
    """A new net with a `layer` for each of the `layers`, weights included."""
    result = NetParameter()
    copy_fields(net_param, result, skip=("layers", "layer"))
    for v1_layer in net_param.layers:
        _upgrade_layer(v1_layer, result.layer.add())
    return result


def _upgrade_layer(v1_layer: V1LayerParameter, layer: LayerParameter) -> None:
    skip = {"type", "enable", "disable", "input_param", *_PARAM_SPEC_FIELD_OF}
    copy_fields(v1_layer, layer, skip=skip)
    upgrade_draft(v1_layer, layer)
    if v1_layer.HasField("type"):
        layer.type = _type_name(v1_layer)
        if v1_layer.type == V1LayerParameter.ELTWISE_PRODUCT:
            layer.eltwise_param.operation = EltwiseParameter.PROD
    for old_name, name in _PARAM_SPEC_FIELD_OF.items():
        for i, value in enumerate(getattr(v1_layer, old_name)):
            while len(layer.param) <= i:
                layer.param.add()
            setattr(layer.param[i], name, value)


def _type_name(v1_layer: V1LayerParameter) -> str:
    if v1_layer.type not in _TYPE_NAMES:
        raise ProtoError(
            explain(
                f"layer '{v1_layer.name}' does nothing",
                expected="the type of a layer, CONVOLUTION for example",
                got=f"type: {V1LayerParameter.LayerType.Name(v1_layer.type)}",
                fix="give the layer its type, or take it out of the net",
            )
        )
    return _TYPE_NAMES[v1_layer.type]


def type_written_today(number: V1LayerParameter.LayerType) -> str:
    """The type that a number of 2014 stands for; empty for none."""
    return _TYPE_NAMES.get(number, "")


def needs_data_upgrade(net_param: NetParameter) -> bool:
    """Whether a data layer under `layers` holds settings that belong in transform_param.

    Under `layer`, where Caffe does not look at these fields any more, they are left alone.
    """
    return any(
        _old_transform_fields(_TYPE_NAMES.get(v1_layer.type), v1_layer)
        for v1_layer in net_param.layers
    )


def upgrade_data_transformation(net_param: NetParameter) -> NetParameter:
    """The net itself, its layers upgraded before, with those settings in transform_param."""
    for layer in net_param.layer:
        _move_fields(layer, _old_transform_fields(layer.type, layer))
    return net_param


def _old_transform_fields(
    type_name: str | None, layer: V1LayerParameter | LayerParameter
) -> list[str]:
    if type_name not in _DATA_PARAM_OF:
        return []
    data_param = getattr(layer, _DATA_PARAM_OF[type_name])
    stated = {field.name for field, _ in data_param.ListFields()}
    return [name for name in _TRANSFORM_FIELDS if name in stated]


def _move_fields(layer: LayerParameter, names: Iterable[str]) -> None:
    for name in names:
        data_param = getattr(layer, _DATA_PARAM_OF[layer.type])
        if name == "transform_param":
            layer.transform_param.MergeFrom(data_param.transform_param)
        else:
            copy_field(data_param, name, layer.transform_param)
        data_param.ClearField(name)
