"""Whether the nets of a solver go together, found out before the first iteration."""

from __future__ import annotations

import math
from collections.abc import Sequence

from blobnet.errors import SolverError, WeightsError, explain
from blobnet.net import Net
from blobnet.proto import SolverParameter
from blobnet.reports.log import log
from blobnet.weights.sharing import layers_of_their_own
from blobnet.weights.trained_layers import check_hdf5


def check_nets(param: SolverParameter, net: Net, test_nets: Sequence[Net]) -> None:
    """Raise SolverError or WeightsError where tests or snapshots of these nets would fail."""
    _check_multipliers(net)
    for index, test_net in enumerate(test_nets):
        _check_test_net(f"test net #{index} ({test_net.name})", test_net, net)
    if param.snapshot_format == SolverParameter.HDF5:
        check_hdf5(net)


def _check_multipliers(net: Net) -> None:
    for param in net.all_params:
        who = f"layer '{param.layer_name}', param #{param.index}"
        _check_finite(
            who,
            lr_mult=param.spec.lr_mult,
            decay_mult=param.spec.decay_mult,
            breadth_decay_mult=param.spec.breadth_decay_mult,
            kernel_shape_decay_mult=param.spec.kernel_shape_decay_mult,
        )
        for lasso in param.spec.block_group_lasso:
            _check_finite(who, block_decay_mult=lasso.block_decay_mult)
    for wired in net.wired:
        for index, name in enumerate(wired.top_names):
            who = f"layer '{wired.layer.name}', top '{name}'"
            _check_finite(who, loss_weight=wired.layer.loss(index))


def _check_finite(who: str, **values: float) -> None:
    for field, value in values.items():
        if not math.isfinite(value):
            raise SolverError(explain(f"{who}: {field} is not a finite number", got=value))


def _check_test_net(who: str, test_net: Net, net: Net) -> None:
    try:
        own = layers_of_their_own(test_net, net)
    except WeightsError as error:
        raise SolverError(f"{who} cannot use the weights of the train net: {error}") from error
    if own:
        log.warning(
            "%s: the train net has no weights for %s, so these are not trained, and no snapshot "
            "holds them",
            who,
            ", ".join(own),
        )
    trained = {wired.layer.name: wired.layer.type for wired in net.wired if wired.layer.blobs_}
    for layer in (wired.layer for wired in test_net.wired):
        if layer.blobs_ and trained.get(layer.name, layer.type) != layer.type:
            log.warning(
                "%s: the weights of layer '%s' are trained as those of %s and used as those of %s",
                who,
                layer.name,
                trained[layer.name],
                layer.type,
            )
