"""Updates that only forks make: rates by the sizes of weights and gradients, limits of weights,
weights that become 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blobnet.ops import update_rules
from blobnet.solver_policies import momentum
from blobnet.solvers.clipping import limit_weights, limits_weights
from blobnet.solvers.local_rates import Larc, lars_mult
from blobnet.solvers.sparsity import sparsity_of

if TYPE_CHECKING:
    from blobnet.solvers.sgd import SGDSolver


def update_as_forks(solver: SGDSolver, rate: float) -> bool:
    """Make all changes as a fork does; False, and nothing is done, where none is asked for.

    `local_lr_auto` and `disabled_update` are Intel's, `larc` is NVCaffe's, the limits of weights
    are caffe-windows', what `sparsity` does is SSL's and SkimCaffe's. Caffe: sgd_solver.cpp of
    them.
    """
    param, net, sparsity = solver.param, solver.net, sparsity_of(solver)
    if param.disabled_update:
        return True
    has_rates = param.local_lr_auto or param.larc
    if not (has_rates or limits_weights(param) or sparsity.is_asked_for):
        return False
    is_sgd = solver.rule.function is update_rules.sgd
    for index, blob in enumerate(net.learnable_params):
        solver.normalize(blob)
        mult = net.params_lr[index]
        if param.local_lr_auto and is_sgd:
            mult = lars_mult(param, blob, mult)
        solver.regularize(blob, net.params_weight_decay[index])
        sparsity.before_rule(net, index)
        local_rate = rate * mult
        if param.larc:
            changes, beta = solver.memory_of(index)[0], momentum(param, solver.iter_)
            local_rate = larc_of(solver).rate(param, index, blob, mult, rate, beta, changes)
        solver.compute_update_value(index, blob.data, blob.diff, local_rate)
    limit_weights(param, [blob.data for blob in net.learnable_params])
    sparsity.before_update(net)
    net.update()
    sparsity.after_update(net)
    return True


def larc_of(solver: SGDSolver) -> Larc:
    """What `larc_turbo` remembers, which snapshots keep."""
    if solver.larc is None:
        solver.larc = Larc(len(solver.net.learnable_params))
    return solver.larc
