"""Weights that are to become 0 and to stay it, as far as a solver and its net ask for it.

`breadth_decay`, `kernel_shape_decay` and `block_group_decay` (group lasso), `connectivity_mode` and
the `regularization_type` of single weights come from SSL, `prune_threshold` and
`max_threshold_factor` from SkimCaffe: `ops/sparsity.py` says what they are made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from blobnet.blob import Blob
from blobnet.errors import SolverError, explain
from blobnet.net import Net
from blobnet.ops import sparsity as ops
from blobnet.proto import LayerParameter, SolverParameter
from blobnet.solvers.checks import check_regularization_type
from blobnet.types import Array
from blobnet.weights.params import Param

if TYPE_CHECKING:
    from blobnet.solvers.sgd import SGDSolver

_ALL = LayerParameter.CONNECTED
_PRUNES = ("prune_threshold", "max_threshold_factor")


class _Block(NamedTuple):
    """Blocks of weights that are pulled to 0 as a whole, and how strongly."""

    rows: int
    columns: int
    decay: float


class Sparsity:
    """What is done to the weights of a net beside an update rule.

    Connections are cut when weights are loaded, as from a snapshot: what is 0 then stays it.
    Without any loaded weights none are cut. All lists have an entry for each learnable parameter.

    kinds  their regularization_type

    Raises SolverError where blocks do not fit the weights, or for an unknown regularization_type.
    """

    def __init__(self, param: SolverParameter, net: Net) -> None:
        self._param = param
        learnable = _learnable(net)
        of_net = [wired.layer for wired in net.wired]  # pycaffe's `layers` may be Python's own
        layers = {id(blob): layer.layer_param_ for layer in of_net for blob in layer.blobs_}
        of_layers = [layers[id(each.blob)] for each in learnable]
        pairs = list(zip(learnable, of_layers, strict=True))
        self.kinds = [_kind(param, each) for each in learnable]
        self._blocks = [list(_blocks(param, *pair)) for pair in pairs]
        self._modes = [layer.connectivity_mode if p.index == 0 else _ALL for p, layer in pairs]
        self._groups = [layer.convolution_param.group for layer in of_layers]
        self._loads = [0 for _ in learnable]
        self._masks: list[Array | None] = [None for _ in learnable]
        self._prunes = any(param.HasField(name) for name in _PRUNES)

    @property
    def is_asked_for(self) -> bool:
        """Whether anything is to be done but to regularize."""
        return self._prunes or any(self._blocks) or any(mode != _ALL for mode in self._modes)

    def before_rule(self, net: Net, index: int) -> None:
        """Add the group lasso's pull to a gradient that has been regularized."""
        if self._modes[index] != _ALL:
            self._cut(_learnable(net)[index], index)
        blob = net.learnable_params[index]
        for rows, columns, decay in self._blocks[index]:
            blob.diff += decay * ops.group_lasso_pull(blob.data, rows, columns)

    def _cut(self, param: Param, index: int) -> None:
        """Find out, after a load, which weights are 0; small ones become it."""
        if self._loads[index] == param.loads:
            return
        self._loads[index] = param.loads
        weights = param.blob.data
        ops.zero_small(weights, self._param.prune_threshold)
        if self._modes[index] == LayerParameter.DISCONNECTED_GRPWISE:
            self._masks[index] = ops.connected_in_groups(weights, self._groups[index])
        else:
            self._masks[index] = ops.connected(weights)

    def before_update(self, net: Net) -> None:
        """Undo the changes of weights that stay 0."""
        for blob, mask in zip(net.learnable_params, self._masks, strict=True):
            if mask is not None:
                blob.diff *= mask

    def after_update(self, net: Net) -> None:
        """Make small weights 0 where they are regularized by L1; the diffs hold the changes."""
        threshold, factor = self._param.prune_threshold, self._param.max_threshold_factor
        if not self._prunes or threshold <= 0:
            return
        for blob, kind in zip(net.learnable_params, self.kinds, strict=True):
            if kind != "L1":
                continue
            if factor >= 2:
                ops.zero_small_that_rest(blob.data, blob.diff, threshold, factor)
            else:
                ops.zero_small(blob.data, threshold)


def sparsity_of(solver: SGDSolver) -> Sparsity:
    """What a solver and its net ask for; it is looked up once."""
    if solver.sparsity is None:
        solver.sparsity = Sparsity(solver.param, solver.net)
    return solver.sparsity


def regularization_type(solver: SGDSolver, blob: Blob) -> str:
    """The regularization_type of a weight blob: its own, or that of the solver."""
    for one, kind in zip(solver.net.learnable_params, sparsity_of(solver).kinds, strict=True):
        if one is blob:
            return kind
    return solver.param.regularization_type


def _learnable(net: Net) -> list[Param]:
    return [param for param in net.all_params if param.owner is None]


def _kind(param: SolverParameter, each: Param) -> str:
    kind = each.spec.regularization_type
    if kind:
        check_regularization_type(kind, f"layer '{each.layer_name}', param #{each.index}: ")
    return kind or param.regularization_type


def _blocks(param: SolverParameter, each: Param, layer_param: LayerParameter) -> Iterator[_Block]:
    """The group lasso of one weight blob: columns of a group of outputs, rows, blocks."""
    spec, (rows, columns) = each.spec, ops.as_matrix(each.blob.data).shape
    of_group = max(rows // layer_param.convolution_param.group, 1)  # group is 1 in other layers
    stated = [
        _Block(of_group, 1, param.kernel_shape_decay * spec.kernel_shape_decay_mult),
        _Block(1, columns, param.breadth_decay * spec.breadth_decay_mult),
    ]
    for lasso in spec.block_group_lasso:
        decay = param.block_group_decay * lasso.block_decay_mult
        stated.append(_Block(lasso.ydimen, lasso.xdimen, decay))
    for block in stated:
        if not block.decay:
            continue
        if not (_divides(block.rows, rows) and _divides(block.columns, columns)):
            raise SolverError(
                explain(
                    f"layer '{each.layer_name}', param #{each.index}: its weights cannot be cut "
                    "into the blocks of block_group_lasso",
                    expected=f"a ydimen that divides {rows}, and an xdimen that divides {columns}",
                    got=f"ydimen: {block.rows} xdimen: {block.columns}",
                )
            )
        yield block


def _divides(part: int, whole: int) -> bool:
    return part > 0 and whole % part == 0
