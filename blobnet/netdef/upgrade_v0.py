"""Nets of 2013, V0 to V1: `layers { layer { type: "conv" } }` to `layers { type: CONVOLUTION }`.

A V0 layer is one flat message for all types. Each of its fields moves into the message of the
layer's type, and layers of type "padding" become the `pad` of the layer that reads them.

Caffe: UpgradeV0Net in upgrade_proto.cpp. A setting that the layer's type does not have is left out,
and told in the log, as Caffe does; `refuse_misplaced` is for who wants the file upgraded fully.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from blobnet.errors import ProtoError, did_you_mean, explain
from blobnet.loggers import named_logger
from blobnet.netdef.upgrade_fields import copy_field, copy_fields
from blobnet.proto import NetParameter, V0LayerParameter, V1LayerParameter

_log = named_logger(__name__)


class _Type(NamedTuple):
    """What a V0 type is called in V1, and which message holds its settings there, if any."""

    v1_type: V1LayerParameter.LayerType
    message: str = ""


class _Place(NamedTuple):
    """The new name of a V0 field, and the V0 types that have it."""

    name: str
    types: tuple[str, ...]


_TYPES = {
    "accuracy": _Type(V1LayerParameter.ACCURACY),
    "bnll": _Type(V1LayerParameter.BNLL),
    "concat": _Type(V1LayerParameter.CONCAT, "concat_param"),
    "conv": _Type(V1LayerParameter.CONVOLUTION, "convolution_param"),
    "data": _Type(V1LayerParameter.DATA, "data_param"),
    "dropout": _Type(V1LayerParameter.DROPOUT, "dropout_param"),
    "euclidean_loss": _Type(V1LayerParameter.EUCLIDEAN_LOSS),
    "flatten": _Type(V1LayerParameter.FLATTEN),
    "hdf5_data": _Type(V1LayerParameter.HDF5_DATA, "hdf5_data_param"),
    "hdf5_output": _Type(V1LayerParameter.HDF5_OUTPUT, "hdf5_output_param"),
    "im2col": _Type(V1LayerParameter.IM2COL),
    "images": _Type(V1LayerParameter.IMAGE_DATA, "image_data_param"),
    "infogain_loss": _Type(V1LayerParameter.INFOGAIN_LOSS, "infogain_loss_param"),
    "innerproduct": _Type(V1LayerParameter.INNER_PRODUCT, "inner_product_param"),
    "lrn": _Type(V1LayerParameter.LRN, "lrn_param"),
    "multinomial_logistic_loss": _Type(V1LayerParameter.MULTINOMIAL_LOGISTIC_LOSS),
    "pool": _Type(V1LayerParameter.POOLING, "pooling_param"),
    "relu": _Type(V1LayerParameter.RELU),
    "sigmoid": _Type(V1LayerParameter.SIGMOID),
    "softmax": _Type(V1LayerParameter.SOFTMAX),
    "softmax_loss": _Type(V1LayerParameter.SOFTMAX_LOSS),
    "split": _Type(V1LayerParameter.SPLIT),
    "tanh": _Type(V1LayerParameter.TANH),
    "window_data": _Type(V1LayerParameter.WINDOW_DATA, "window_data_param"),
}

# Fields that V1 has under the same name, for every type.
_KEPT = ("name", "blobs", "blobs_lr", "weight_decay")

# Fields that went into transform_param, for every type.
_TRANSFORM_FIELDS = {
    "scale": "scale",
    "meanfile": "mean_file",
    "cropsize": "crop_size",
    "mirror": "mirror",
}

# Fields that went into the message of the layer's type.
_PLACES = {
    "num_output": _Place("num_output", ("conv", "innerproduct")),
    "biasterm": _Place("bias_term", ("conv", "innerproduct")),
    "weight_filler": _Place("weight_filler", ("conv", "innerproduct")),
    "bias_filler": _Place("bias_filler", ("conv", "innerproduct")),
    "pad": _Place("pad", ("conv", "pool")),
    "kernelsize": _Place("kernel_size", ("conv", "pool")),
    "group": _Place("group", ("conv",)),
    "stride": _Place("stride", ("conv", "pool")),
    "pool": _Place("pool", ("pool",)),
    "dropout_ratio": _Place("dropout_ratio", ("dropout",)),
    "local_size": _Place("local_size", ("lrn",)),
    "alpha": _Place("alpha", ("lrn",)),
    "beta": _Place("beta", ("lrn",)),
    "k": _Place("k", ("lrn",)),
    "source": _Place("source", ("data", "hdf5_data", "images", "window_data", "infogain_loss")),
    "batchsize": _Place("batch_size", ("data", "hdf5_data", "images", "window_data")),
    "rand_skip": _Place("rand_skip", ("data", "images")),
    "shuffle_images": _Place("shuffle", ("images",)),
    "new_height": _Place("new_height", ("images",)),
    "new_width": _Place("new_width", ("images",)),
    "concat_dim": _Place("concat_dim", ("concat",)),
    "det_fg_threshold": _Place("fg_threshold", ("window_data",)),
    "det_bg_threshold": _Place("bg_threshold", ("window_data",)),
    "det_fg_fraction": _Place("fg_fraction", ("window_data",)),
    "det_context_pad": _Place("context_pad", ("window_data",)),
    "det_crop_mode": _Place("crop_mode", ("window_data",)),
}


def needs_v0_upgrade(net_param: NetParameter) -> bool:
    """Whether any of the `layers` has a `layer` inside."""
    return any(connection.HasField("layer") for connection in net_param.layers)


def upgrade_v0_net(net_param: NetParameter) -> NetParameter:
    """A new net with V1 layers and without padding layers, weights included."""
    result = NetParameter()
    copy_fields(net_param, result, skip=("layers",))
    padding_of = _paddings(net_param.layers)
    for i, connection in enumerate(net_param.layers):
        _refuse_mixture(connection, i)
        if connection.layer.type != "padding":
            layer = result.layers.add()
            _upgrade_layer(connection, layer)
            if i in padding_of:
                _fold_padding(padding_of[i], connection.layer.type, layer)
    return result


def refuse_misplaced(net_param: NetParameter) -> None:
    """Raise ProtoError where a layer has a setting that its type does not have."""
    for connection in net_param.layers:
        layer = connection.layer
        if connection.HasField("layer") and layer.type != "padding":
            for field, _ in layer.ListFields():
                if field.name != "type" and not _has_place(layer, field.name):
                    raise _unknown_parameter(layer, field.name)


def _refuse_mixture(connection: V1LayerParameter, index: int) -> None:
    written = {field.name for field, _ in connection.ListFields()}
    if "layer" not in written or not written <= {"layer", "bottom", "top"}:
        name = connection.layer.name or connection.name
        raise ProtoError(
            explain(
                "Refusing to upgrade inconsistent NetParameter input; "
                f"layer '{name}' (number {index}) is not of the format of the layers around it",
                expected="layers { layer { ... } } with only bottom and top beside the inner layer",
                got=f"layers with {', '.join(sorted(written)) or 'nothing'} inside",
                fix="write all layers of the net in one format",
            )
        )


def _paddings(connections: Iterable[V1LayerParameter]) -> dict[int, V1LayerParameter]:
    """The padding layer that a layer reads, by the number of the layer that reads."""
    producer_of: dict[str, V1LayerParameter] = {}
    padding_of: dict[int, V1LayerParameter] = {}
    for i, connection in enumerate(connections):
        for bottom in connection.bottom:
            producer = producer_of.get(bottom)
            if producer is not None and producer.layer.type == "padding":
                _check_padding(producer, connection)
                padding_of[i] = producer
        producer_of.update(dict.fromkeys(connection.top, connection))
    return padding_of


def _check_padding(padding: V1LayerParameter, reader: V1LayerParameter) -> None:
    reader_type = reader.layer.type
    rules = (
        (
            reader_type in _PLACES["pad"].types,
            f"Padding layer input to non-convolutional / non-pooling layer type {reader_type}",
        ),
        (len(reader.bottom) == 1, "Conv Layer takes a single blob as input"),
        (len(padding.bottom) == 1, "Padding Layer takes a single blob as input"),
        (len(padding.top) == 1, "Padding Layer produces a single blob as output"),
    )
    for is_kept, complaint in rules:
        if not is_kept:
            raise ProtoError(
                explain(
                    f"{complaint} (layer '{reader.layer.name}')",
                    expected="a conv or pool layer with one bottom, and a padding layer with one "
                    "bottom and one top",
                    got=f"{list(padding.bottom)} -> padding layer '{padding.layer.name}' -> "
                    f"{list(padding.top)}, and {list(reader.bottom)} -> {reader_type} layer "
                    f"'{reader.layer.name}'",
                    fix="take the padding layer out, and write its pad into the layers that pad",
                )
            )


def _upgrade_layer(connection: V1LayerParameter, layer: V1LayerParameter) -> None:
    v0_layer = connection.layer
    copy_fields(connection, layer, skip=("layer",))
    if v0_layer.HasField("type"):
        layer.type = _type_of(v0_layer).v1_type
    for field, _ in v0_layer.ListFields():
        if field.name != "type":
            _move_field(v0_layer, field.name, layer)


def _type_of(v0_layer: V0LayerParameter) -> _Type:
    if v0_layer.type not in _TYPES:
        raise ProtoError(
            explain(
                f"Unknown layer name: {v0_layer.type} (layer '{v0_layer.name}')",
                expected=f"one of {', '.join(_TYPES)}, padding",
                fix=did_you_mean(v0_layer.type, _TYPES),
            )
        )
    return _TYPES[v0_layer.type]


def _message_of(v0_layer: V0LayerParameter) -> str:
    return _type_of(v0_layer).message if v0_layer.HasField("type") else ""


def _has_place(v0_layer: V0LayerParameter, name: str) -> bool:
    """Whether a setting means something in a layer of that type."""
    is_kept = name in _KEPT or name == _message_of(v0_layer) or name in _TRANSFORM_FIELDS
    return is_kept or (name in _PLACES and v0_layer.type in _PLACES[name].types)


def _move_field(v0_layer: V0LayerParameter, name: str, layer: V1LayerParameter) -> None:
    message = _message_of(v0_layer)
    if not _has_place(v0_layer, name):
        _log.warning("%s", _unknown_parameter(v0_layer, name))
    elif name in _KEPT or name == message:  # hdf5_output_param is a message in V0 already
        copy_field(v0_layer, name, layer)
    elif name in _TRANSFORM_FIELDS:
        copy_field(v0_layer, name, layer.transform_param, _TRANSFORM_FIELDS[name])
    else:
        try:
            copy_field(v0_layer, name, getattr(layer, message), _PLACES[name].name)
        except ValueError as error:  # new_height: -1, where today's format has no negative ones
            raise _no_value(v0_layer, name) from error


def _no_value(v0_layer: V0LayerParameter, name: str) -> ProtoError:
    return ProtoError(
        explain(
            f"layer '{v0_layer.name}': {name} cannot be negative",
            got=f"{name}: {getattr(v0_layer, name)}",
        )
    )


def _unknown_parameter(v0_layer: V0LayerParameter, name: str) -> ProtoError:
    types = _PLACES[name].types if name in _PLACES else ()
    return ProtoError(
        explain(
            f"Unknown parameter {name} for layer type {v0_layer.type} (layer '{v0_layer.name}')",
            expected=f"{name} in a layer of type {' or '.join(types)}" if types else None,
            got=f"{name}: {getattr(v0_layer, name)}".strip(),
            fix=f"take {name} out of layer '{v0_layer.name}'",
        )
    )


def _fold_padding(padding: V1LayerParameter, v0_type: str, layer: V1LayerParameter) -> None:
    layer.bottom[0] = padding.bottom[0]
    settings = getattr(layer, _TYPES[v0_type].message)
    settings.ClearField("pad")
    copy_field(padding.layer, "pad", settings)
