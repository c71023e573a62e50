"""Definitions of every age in, today's format out.

    layers { layer { type: "conv" } }      2013, V0: upgrade_v0.py makes V1 of it
    layers { type: CONVOLUTION }           2014, V1: upgrade_v1.py makes V2 of it
    layer { type: "Convolution" }          since 2015, V2: today's

Two habits of early V2 nets are upgraded here: inputs as fields of the net, and learning rates in
BatchNorm layers; and one of Intel's fork: upgrade_intel.py. What a
branch has in one layer is written as several: upgrade_fused.py, upgrade_joined.py. Where a layer
finds by itself where to crop, that is stated: upgrade_auto_crop.py.

Caffe: UpgradeNetAsNeeded and UpgradeSolverAsNeeded in upgrade_proto.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from blobnet.errors import ProtoError, SolverError, explain
from blobnet.loggers import named_logger
from blobnet.netdef.upgrade_auto_crop import changes_of_crops, needs_offsets, state_offsets
from blobnet.netdef.upgrade_fused import changes_of_split, needs_split, split_fused
from blobnet.netdef.upgrade_intel import (
    changes_of_intel,
    needs_intel_upgrade,
    upgrade_intel_pooling,
)
from blobnet.netdef.upgrade_joined import changes_of_parts, needs_parts, write_parts
from blobnet.netdef.upgrade_v0 import needs_v0_upgrade, refuse_misplaced, upgrade_v0_net
from blobnet.netdef.upgrade_v1 import (
    needs_data_upgrade,
    needs_v1_upgrade,
    upgrade_data_transformation,
    upgrade_v1_net,
)
from blobnet.netdef.upgrade_words import (
    changes_of_batch_norm,
    changes_of_data,
    changes_of_input,
    changes_of_v0,
    changes_of_v1,
)
from blobnet.proto import InputParameter, LayerParameter, NetParameter, SolverParameter

_log = named_logger(__name__)

_SOLVER_TYPES = {
    SolverParameter.SGD: "SGD",
    SolverParameter.NESTEROV: "Nesterov",
    SolverParameter.ADAGRAD: "AdaGrad",
    SolverParameter.RMSPROP: "RMSProp",
    SolverParameter.ADADELTA: "AdaDelta",
    SolverParameter.ADAM: "Adam",
}


def upgrade_net(net_param: NetParameter, source: str = "", *, fully: bool = False) -> NetParameter:
    """A new net in today's format, weights included; the argument is never changed.

    source  the file that it comes from, for the log
    fully   whether a setting of 2013 that means nothing is an error, too

    Raises ProtoError for a net that mixes formats, and for layers that say what today's format
    has no place for.
    """
    _refuse_mixture(net_param)
    if fully:
        refuse_misplaced(net_param)
    steps = [step for step in _STEPS if step.is_needed(net_param)]
    result = net_param
    if not net_param.layers:  # the steps that upgrade `layers` make a new net themselves
        result = NetParameter()
        result.CopyFrom(net_param)
    of_file = f": {source}" if source else ""
    for step in steps:
        _log.info("Attempting to upgrade %s%s", step.attempt, of_file)
        result = step.upgrade(result)
        _log.info("Successfully upgraded %s", step.success)
    return result


def net_needs_upgrade(net_param: NetParameter) -> bool:
    """Whether `upgrade_net` would do more than copy: worth asking before a large weight file."""
    return any(step.is_needed(net_param) for step in _STEPS)


def net_changes(net_param: NetParameter) -> list[str]:
    """What `upgrade_net` changes, in words; empty where it only copies."""
    told = [step.told(net_param) for step in _STEPS if step.is_needed(net_param)]
    return [words for words in told if words]


def _refuse_mixture(net_param: NetParameter) -> None:
    if net_param.layer and net_param.layers:
        raise ProtoError(
            explain(
                "Refusing to upgrade inconsistent NetParameter input; the definition includes "
                "both 'layer' and 'layers' fields",
                expected='layer { type: "Convolution" } for every layer, or, in the old format, '
                "layers { type: CONVOLUTION } for every layer",
                got=f"{len(net_param.layer)} under 'layer' (first: '{net_param.layer[0].name}'), "
                f"{len(net_param.layers)} under 'layers' (first: '{net_param.layers[0].name}')",
                fix="write those under 'layers' as 'layer', with the type as a string",
            )
        )


def _needs_input_upgrade(net_param: NetParameter) -> bool:
    return len(net_param.input) > 0


def _upgrade_input(net_param: NetParameter) -> NetParameter:
    """Put an Input layer first; names without any shape, as in weight files, just go."""
    if net_param.input_shape or net_param.input_dim:
        input_layer = LayerParameter(name="input", type="Input", top=net_param.input)
        input_layer.input_param.CopyFrom(_input_shapes(net_param))
        net_param.layer.insert(0, input_layer)
    for name in ("input", "input_shape", "input_dim"):
        net_param.ClearField(name)
    return net_param


def _input_shapes(net_param: NetParameter) -> InputParameter:
    """One shape per input. Where both ways to write them are used, input_shape wins."""
    count = len(net_param.input)
    if net_param.input_shape:
        _refuse_missing_shapes(net_param, "input_shape", count)
        return InputParameter(shape=net_param.input_shape[:count])
    _refuse_missing_shapes(net_param, "input_dim", 4 * count)
    shapes = InputParameter()
    for i in range(0, 4 * count, 4):
        shapes.shape.add().dim.extend(net_param.input_dim[i : i + 4])
    return shapes


def _refuse_missing_shapes(net_param: NetParameter, field: str, needed: int) -> None:
    given = len(getattr(net_param, field))
    if given < needed:
        raise ProtoError(
            explain(
                f"net '{net_param.name}' has an input without a shape",
                expected=f"{needed} {field} for {len(net_param.input)} input: "
                f"{', '.join(net_param.input)}",
                got=f"{given} {field}",
                fix="write one input_shape, or four input_dim, for each input",
            )
        )


def _needs_batch_norm_upgrade(net_param: NetParameter) -> bool:
    return any(_is_old_batch_norm(layer) for layer in net_param.layer)


def _upgrade_batch_norm(net_param: NetParameter) -> NetParameter:
    """Keep solvers away from the three blobs: they hold statistics, nothing that is learned."""
    for layer in filter(_is_old_batch_norm, net_param.layer):
        for spec in layer.param:
            spec.lr_mult = spec.decay_mult = 0
    return net_param


def _batch_norm_changes(net_param: NetParameter) -> str:
    return changes_of_batch_norm(filter(_is_old_batch_norm, net_param.layer))


def _is_old_batch_norm(layer: LayerParameter) -> bool:
    return layer.type == "BatchNorm" and len(layer.param) == 3


class _Step(NamedTuple):
    """One upgrade. All but those of V0 and V1 change the net that they get, and return it."""

    is_needed: Callable[[NetParameter], bool]
    upgrade: Callable[[NetParameter], NetParameter]
    told: Callable[[NetParameter], str]
    attempt: str
    success: str


# In this order. The words in the log are Caffe's, but for the last three.
_STEPS = (
    _Step(
        needs_parts,
        write_parts,
        changes_of_parts,
        "layers with several parts, of SkimCaffe",
        "layers with several parts, of SkimCaffe.",
    ),
    _Step(
        needs_v0_upgrade,
        upgrade_v0_net,
        changes_of_v0,
        "input file specified using deprecated V0LayerParameter",
        "file specified using deprecated V0LayerParameter",
    ),
    _Step(
        needs_v1_upgrade,
        upgrade_v1_net,
        changes_of_v1,
        "input file specified using deprecated V1LayerParameter",
        "file specified using deprecated V1LayerParameter",
    ),
    _Step(
        needs_data_upgrade,
        upgrade_data_transformation,
        changes_of_data,
        "input file specified using deprecated transformation parameters",
        "file specified using deprecated data transformation parameters.",
    ),
    _Step(
        _needs_input_upgrade,
        _upgrade_input,
        changes_of_input,
        "input file specified using deprecated input fields",
        "file specified using deprecated input fields.",
    ),
    _Step(
        _needs_batch_norm_upgrade,
        _upgrade_batch_norm,
        _batch_norm_changes,
        "batch norm layers using deprecated params",
        "batch norm layers using deprecated params.",
    ),
    _Step(
        needs_intel_upgrade,
        upgrade_intel_pooling,
        changes_of_intel,
        "poolings of single pixels, of Intel's fork",
        "poolings of single pixels: they round down, as Intel's fork does.",
    ),
    _Step(
        needs_split,
        split_fused,
        changes_of_split,
        "normalization and pooling in one layer, of Caffe's branch opencl",
        "normalization and pooling in one layer: they are two.",
    ),
    _Step(
        needs_offsets,
        state_offsets,
        changes_of_crops,
        "layers that find by themselves where to crop",
        "layers that find by themselves where to crop: the offset is stated.",
    ),
)


def upgrade_solver(solver_param: SolverParameter, source: str = "") -> SolverParameter:
    """A new solver with its update rule as a string, not as an enum.

    source  the file that it comes from, for the log
    """
    result = SolverParameter()
    result.CopyFrom(solver_param)
    if not solver_param.HasField("solver_type"):
        return result
    _refuse_two_types(solver_param)
    _log.info(
        "Attempting to upgrade input file specified using deprecated 'solver_type' field (enum)%s",
        f": {source}" if source else "",
    )
    result.type = _SOLVER_TYPES[solver_param.solver_type]
    result.ClearField("solver_type")
    _log.info(
        "Successfully upgraded file specified using deprecated 'solver_type' field (enum) to "
        "'type' field (string)."
    )
    return result


def solver_changes(solver_param: SolverParameter) -> list[str]:
    """What `upgrade_solver` changes, in words; empty where it only copies."""
    if not solver_param.HasField("solver_type"):
        return []
    old = SolverParameter.SolverType.Name(solver_param.solver_type)
    return [f'solver_type: {old} is written type: "{_SOLVER_TYPES[solver_param.solver_type]}"']


def _refuse_two_types(solver_param: SolverParameter) -> None:
    if solver_param.HasField("type"):
        old = SolverParameter.SolverType.Name(solver_param.solver_type)
        raise SolverError(
            explain(
                "Failed to upgrade solver: old solver_type field (enum) and new type field "
                "(string) cannot be both specified in solver proto text",
                expected="one of the two",
                got=f'solver_type: {old} and type: "{solver_param.type}"',
                fix=f"take solver_type: {old} out",
            )
        )
