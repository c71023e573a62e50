"""From what defines a net to the definition of the layers that run.

The order of work is Caffe's: see `netdef/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike

from google.protobuf.message import Message

from blobnet.errors import LayerError, NetError, explain
from blobnet.importing import built_in
from blobnet.layer_register import is_layer_type, layer_class, loss_weights
from blobnet.netdef import (
    filter_net,
    insert_splits,
    merge_state,
    part_reshaped_blobs,
    settle_net,
    spread_frcnn_config,
    spread_stats_batch_size,
    upgrade_net,
)
from blobnet.proto import NetParameter
from blobnet.proto.full_form import in_plain_form
from blobnet.serialization.prototxt import read_net


def definition_of(
    source: object, phase: str | int | None, level: int | None, stages: Iterable[str]
) -> NetParameter:
    """The net that a path or a NetParameter defines, in today's form and in the state asked for.

    A message is copied, never changed. Raises BlobnetError.
    """
    definition = _in_todays_form(source)
    merge_state(definition, phase, level, stages)
    return definition


def _in_todays_form(source: object) -> NetParameter:
    if isinstance(source, Message):
        source = in_plain_form(source)
    if isinstance(source, NetParameter):
        return upgrade_net(source)
    if isinstance(source, (str, PathLike)):
        return read_net(source)
    raise NetError(
        explain(
            "no definition of a net",
            expected="a path, or a NetParameter: blobnet.parse_net(text) makes one of a text",
            got=type(source).__name__,
        )
    )


def layers_to_run(definition: NetParameter, *, allow_python: bool) -> NetParameter:
    """A copy with the layers that belong to the definition's state, and Splits between them.

    Every layer there has a phase: its own, or that of the state.
    Weights in the definition move to the copy: they are large, and soon those of the layers.
    Raises NetError where layers do not fit together, LayerError where one would run a program and
    that is not allowed; both for settings of forks that are not supported yet.
    """
    filtered = filter_net(definition)
    settle_net(filtered, is_layer_type)
    spread_stats_batch_size(filtered)
    spread_frcnn_config(filtered)
    part_reshaped_blobs(filtered, _is_input)
    if not allow_python:
        _refuse_foreign_code(filtered)
    for layer in definition.layer:
        del layer.blobs[:]
    running = insert_splits(filtered, loss_weights)
    for layer in running.layer:
        if not layer.HasField("phase"):
            layer.phase = definition.state.phase
    return running


def _is_input(type_name: str) -> bool:
    return is_layer_type(type_name) and layer_class(type_name).is_input


def _refuse_foreign_code(net_param: NetParameter) -> None:
    """Raise LayerError, naming the layer and its module, where the net has a Python layer.

    Nothing has been imported by then. Where blobnet has a module of that name itself, the layer is
    made to name that one.
    """
    for layer in net_param.layer:
        if is_layer_type(layer.type) and layer_class(layer.type).runs_foreign_code:
            module = layer.python_param.module
            if own := built_in(module):
                layer.python_param.module = own
                continue
            raise LayerError(
                explain(
                    f'{layer.type} layer "{layer.name}" is not run: it would run a program',
                    expected="a net of layers that are blobnet's own, where it is only looked at",
                    got=f'class "{layer.python_param.layer}" of module "{module}" '
                    f"({module.replace('.', '/')}.py)",
                    fix="read that file and, where you trust it, say so: --allow-python "
                    "(in Python: allow_python=True)",
                )
            )
