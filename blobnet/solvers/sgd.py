"""SGD with momentum, and what all update rules share: clipping, averaging, weight decay."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.net.health import overflow_allowed
from blobnet.solver import Solver
from blobnet.solver.log import log
from blobnet.types import Array

_REGULARIZATION_TYPES = ("L2", "L1")


class SGDSolver(Solver):
    """Stochastic gradient descent with momentum.

    h = momentum * h + lr * g,  w -= h;  history_ is [h_i].

    g is the gradient after clipping, averaging over iter_size and weight decay; lr the rate
    times the parameter's lr_mult. Other rules override `compute_update_value`.
    Caffe: sgd_solver.cpp.
    """

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
        return [np.zeros_like(blob.data) for blob in self.net.learnable_params]

    def apply_update(self) -> None:
        rate = self.get_learning_rate()
        if self._is_due(self.param.display):
            log.info("Iteration %d, lr = %g", self.iter_, rate)
        with overflow_allowed():
            self.clip_gradients()
            for index, blob in enumerate(self.net.learnable_params):
                self.normalize(blob)
                self.regularize(blob, self.net.params_weight_decay[index])
                local_rate = rate * self.net.params_lr[index]
                self.compute_update_value(index, blob.data, blob.diff, local_rate)
            self.net.update()
        self.iter_ += 1

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

    def normalize(self, blob: Blob) -> None:
        """Make the sum of iter_size gradients their mean."""
        if self.param.iter_size > 1:
            blob.diff *= 1 / self.param.iter_size

    def regularize(self, blob: Blob, decay_mult: float) -> None:
        """Add the weight decay: L2 pulls by the weight itself, L1 by its sign."""
        decay = self.param.weight_decay * decay_mult
        if decay:
            pull = blob.data if self.param.regularization_type == "L2" else np.sign(blob.data)
            blob.diff += decay * pull

    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        """Turn the gradient in `diff` into the change that will be subtracted from `data`."""
        history = self.history_[index]
        history *= self.param.momentum
        history += rate * diff
        diff[...] = history

    def _require_no_momentum(self) -> None:
        if self.param.momentum:
            raise SolverError(
                explain(
                    f"Momentum cannot be used with {type(self).__name__.removesuffix('Solver')}.",
                    got=f"momentum: {self.param.momentum:g}",
                    fix="leave momentum out of the solver",
                )
            )
