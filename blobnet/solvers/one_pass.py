"""An update by a compiled kernel, in one pass over the memory: the same bits as step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from blobnet.ops import updates
from blobnet.solver_policies import weight_decay
from blobnet.solvers.sparsity import sparsity_of

if TYPE_CHECKING:
    from blobnet.solvers.sgd import SGDSolver


def update_in_one_pass(
    solver: SGDSolver, rate: float, our_steps: tuple[Callable[..., Any], ...]
) -> bool:
    """Make all changes; False, and nothing is done, where the steps have to run.

    our_steps  the methods whose work the kernel does: not where a subclass overrides one of them,
               nor where `debug_info` shows the changes before they are made
    """
    net, param, rule = solver.net, solver.param, solver.rule.function
    steps = tuple(getattr(getattr(solver, step.__name__), "__func__", None) for step in our_steps)
    if net.debug_info or steps != our_steps:
        return False
    arrays = [(b.data, b.diff, *solver.memory_of(i)) for i, b in enumerate(net.learnable_params)]
    if not updates.can_update_in_one_pass(rule, arrays):
        return False
    scale, decay = 1 / solver.passes_per_update, weight_decay(param, solver.iter_)
    are_l1 = [kind == "L1" for kind in sparsity_of(solver).kinds]
    prepared: dict[Any, Any] = {}  # most parameters have the settings of another
    settings = zip(net.params_lr, net.params_weight_decay, are_l1, strict=True)
    for of_param, (lr_mult, decay_mult, is_l1) in zip(arrays, settings, strict=True):
        key = lr_mult, decay_mult, is_l1, of_param[0].dtype
        if key not in prepared:
            numbers = updates.of_type(of_param[0].dtype, solver.rule_numbers(rate * lr_mult))
            before = updates.Regularization(scale, decay * decay_mult, is_l1)
            prepared[key] = before, numbers
        updates.update_in_one_pass(rule, of_param, *prepared[key])
    return True
