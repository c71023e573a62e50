"""SGD with momentum, and what all update rules share: clipping, averaging, weight decay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.updates import can_update_in_one_pass, update_in_one_pass
from blobnet.reports.log import log
from blobnet.solver import Solver
from blobnet.types import Array

_REGULARIZATION_TYPES = ("L2", "L1")

Step = TypeVar("Step", bound=Callable[..., None])

_KERNELS: dict[Any, str] = {}  # a step as it is written here, to the kernel that does the same


def covered_by(kernel: str) -> Callable[[Step], Step]:
    """Mark a step of an update as what a kernel of `ops/updates.py` does as well.

    A method that overrides it has no mark; then the steps run, and not the kernel.
    """

    def mark(step: Step) -> Step:
        _KERNELS[step] = kernel
        return step

    return mark


class SGDSolver(Solver):
    """Stochastic gradient descent with momentum.

    h = momentum * h + lr * g,  w -= h;  history_ is [h_i].

    g is the gradient after clipping, averaging over iter_size and weight decay; lr the rate
    times the parameter's lr_mult. Other rules override `compute_update_value`.

    The steps of an update say what is done: `normalize`, `regularize`, `compute_update_value`,
    then all changes are subtracted. Where it can, a compiled kernel does the same, to the bit, in
    one pass over the memory; not where a subclass overrides one of the steps.
    Caffe: sgd_solver.cpp.
    """

    history_meaning = "changes of the weights"

    def check_param(self) -> None:
        super().check_param()
        kind = self.param.regularization_type
        if kind not in _REGULARIZATION_TYPES:
            raise SolverError(
                explain(
                    f"Unknown regularization type: {kind}",
                    expected=" or ".join(_REGULARIZATION_TYPES),
                    fix=did_you_mean(kind, _REGULARIZATION_TYPES),
                )
            )

    def make_history(self) -> list[Array]:
        try:
            return [np.zeros_like(blob.data) for blob in self.net.learnable_params]
        except MemoryError as error:
            values = sum(blob.count for blob in self.net.learnable_params)
            raise SolverError(
                explain(
                    f"not enough memory for what {self.param.type} keeps beside the weights",
                    got=f"{values} weights",
                    fix="make the layers smaller, or train with less: SGD keeps least",
                )
            ) from error

    def apply_update(self) -> None:
        rate = self.get_learning_rate()
        if self._is_due(self.param.display):
            log.info("Iteration %d, lr = %g", self.iter_, rate)
        with overflow_allowed():
            self.clip_gradients()
            if not self._update_in_one_pass(rate):
                self._update_in_steps(rate)
        self.iter_ += 1

    def _update_in_steps(self, rate: float) -> None:
        for index, blob in enumerate(self.net.learnable_params):
            self.normalize(blob)
            self.regularize(blob, self.net.params_weight_decay[index])
            local_rate = rate * self.net.params_lr[index]
            self.compute_update_value(index, blob.data, blob.diff, local_rate)
        self.net.update()

    def _update_in_one_pass(self, rate: float) -> bool:
        """The same by a kernel; False, and nothing is done, where the steps have to run."""
        kernel = self._kernel()
        params = self.net.learnable_params
        arrays = [(b.data, b.diff, *self.history_[i :: len(params)]) for i, b in enumerate(params)]
        if kernel is None or not can_update_in_one_pass(arrays):
            return False
        scale, is_l1 = 1 / self.param.iter_size, self.param.regularization_type == "L1"
        for index, of_param in enumerate(arrays):
            decay = self.param.weight_decay * self.net.params_weight_decay[index]
            rule_numbers = self.rule_numbers(rate * self.net.params_lr[index])
            update_in_one_pass(kernel, of_param, (scale, decay, is_l1, *rule_numbers))
        return True

    def _kernel(self) -> str | None:
        """The kernel that does all the steps; None where one of them is not the one it knows."""
        if self.net.debug_info:  # that shows the changes before they are made
            return None
        steps = (self.normalize, self.regularize, self.compute_update_value)
        *_, kernel = names = [_KERNELS.get(getattr(step, "__func__", None)) for step in steps]
        return None if None in names else kernel

    def clip_gradients(self) -> None:
        """Scale all gradients down where their common L2 norm exceeds clip_gradients."""
        limit = self.param.clip_gradients
        if limit < 0:
            return
        diffs = [blob.diff for blob in self.net.learnable_params]
        norm = float(np.sqrt(sum(float(np.vdot(diff, diff)) for diff in diffs)))
        if norm > limit:
            scale = limit / norm
            log.info(
                "Gradient clipping: scaling down gradients (L2 norm %g > %g) by scale factor %g",
                norm,
                limit,
                scale,
            )
            for diff in diffs:
                diff *= scale

    @covered_by("every rule")
    def normalize(self, blob: Blob) -> None:
        """Make the sum of iter_size gradients their mean."""
        if self.param.iter_size > 1:
            blob.diff *= 1 / self.param.iter_size

    @covered_by("every rule")
    def regularize(self, blob: Blob, decay_mult: float) -> None:
        """Add the weight decay: L2 pulls by the weight itself, L1 by its sign."""
        decay = self.param.weight_decay * decay_mult
        if decay:
            pull = blob.data if self.param.regularization_type == "L2" else np.sign(blob.data)
            blob.diff += decay * pull

    @covered_by("sgd")
    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        """Turn the gradient in `diff` into the change that will be subtracted from `data`."""
        history = self.history_[index]
        history *= self.param.momentum
        history += rate * diff
        diff[...] = history

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        """What the kernel of this rule takes, with `rate` as for `compute_update_value`."""
        return rate, self.param.momentum

    def _require_no_momentum(self) -> None:
        if self.param.momentum:
            raise SolverError(
                explain(
                    f"Momentum cannot be used with {type(self).__name__.removesuffix('Solver')}.",
                    got=f"momentum: {self.param.momentum:g}",
                    fix="leave momentum out of the solver",
                )
            )
