"""SGD with momentum, and what all update rules share: averaging, weight decay, the update."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blob
from blobnet.ops import update_rules, updates
from blobnet.ops.overflow import overflow_allowed
from blobnet.reports.log import log
from blobnet.solver import Solver
from blobnet.solver_policies import momentum, weight_decay
from blobnet.solvers.checks import check_regularization, warn_of_sgd_settings
from blobnet.solvers.clipping import clip
from blobnet.solvers.fork_updates import larc_of, update_as_forks
from blobnet.solvers.history import zeros_for
from blobnet.solvers.local_rates import Larc, check_local_rates
from blobnet.solvers.one_pass import update_in_one_pass
from blobnet.solvers.rule import UpdateRule
from blobnet.solvers.sparsity import Sparsity, regularization_type, sparsity_of
from blobnet.types import Array


class SGDSolver(Solver):
    """Stochastic gradient descent with momentum.

    h = momentum * h + lr * g,  w -= h;  history_ is [h_i].

    g is the gradient after clipping, averaging over iter_size and weight decay; lr the rate
    times the parameter's lr_mult. Another rule is a subclass with a `rule` and its `rule_numbers`,
    or with a `compute_update_value` of its own.

    The steps of an update say what is done: `normalize`, `regularize`, `compute_update_value`,
    then all changes are subtracted. Where it can, a compiled kernel does the same, to the bit, in
    one pass over the memory; not where a subclass overrides one of the steps.
    Caffe: sgd_solver.cpp.
    """

    history_meaning = "changes of the weights"
    larc: Larc | None = None  # what `larc_turbo` remembers
    sparsity: Sparsity | None = None  # which weights are to become 0, and to stay it
    rule = UpdateRule(
        update_rules.sgd,
        formula="h = momentum * h + rate * g,  w = w - h",
        memory=("h",),
        settings=("momentum",),
    )

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        """What the rule's function takes beside the arrays, with `rate` times lr_mult."""
        return rate, momentum(self.param, self.iter_)

    def check_param(self) -> None:
        super().check_param()
        check_regularization(self.param)
        check_local_rates(self.param)
        momentum(self.param, 0)  # raises for policies that are unknown, or lack a setting
        weight_decay(self.param, 0)
        if self.rule is not SGDSolver.rule:
            warn_of_sgd_settings(self.param)

    def make_history(self) -> list[Array]:
        """All parameters' first memory, then all parameters' second."""
        sparsity_of(self)  # raises where it does not fit the net
        return [array for _ in self.rule.memory for array in zeros_for(self.net, self.param.type)]

    def apply_update(self) -> None:
        rate = self.get_learning_rate()
        if self._is_due(self.param.display):
            log.info("Iteration %d, lr = %g", self.iter_, rate)
        with overflow_allowed():
            self.clip_gradients()
            if not (update_as_forks(self, rate) or update_in_one_pass(self, rate, _STEPS)):
                self._update_in_steps(rate)
        self.iter_ += 1

    def clip_gradients(self) -> None:
        """Scale all gradients down where their common L2 norm exceeds clip_gradients."""
        if self.param.clip_gradients >= 0:
            clip([blob.diff for blob in self.net.learnable_params], self.param.clip_gradients)

    def _update_in_steps(self, rate: float) -> None:
        for index, blob in enumerate(self.net.learnable_params):
            self.normalize(blob)
            self.regularize(blob, self.net.params_weight_decay[index])
            local_rate = rate * self.net.params_lr[index]
            self.compute_update_value(index, blob.data, blob.diff, local_rate)
        self.net.update()

    def normalize(self, blob: Blob) -> None:
        """Make the sum of all passes' gradients their mean."""
        if self.passes_per_update > 1:
            blob.diff *= 1 / self.passes_per_update

    def regularize(self, blob: Blob, decay_mult: float) -> None:
        """Add the weight decay: L2 pulls by the weight itself, L1 by its sign."""
        decay = weight_decay(self.param, self.iter_) * decay_mult
        if decay:
            is_l1 = regularization_type(self, blob) == "L1"
            pull = np.sign(blob.data) if is_l1 else blob.data
            blob.diff += decay * pull

    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        """Turn the gradient in `diff` into the change that will be subtracted from `data`."""
        memory = self.memory_of(index)
        updates.make_change(self.rule.function, diff, memory, self.rule_numbers(rate))

    def memory_of(self, index: int) -> list[Array]:
        """What history_ has of a parameter."""
        return self.history_[index :: len(self.net.learnable_params)]

    def get_state(self) -> dict[str, Any]:
        larc = {} if self.larc is None else {"larc": self.larc.likeness}
        return {**super().get_state(), **larc}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        if "larc" in state:
            larc_of(self).likeness = [float(number) for number in state["larc"]]


_STEPS = (SGDSolver.normalize, SGDSolver.regularize, SGDSolver.compute_update_value)
"""What a kernel does in one pass, where a solver has these."""
