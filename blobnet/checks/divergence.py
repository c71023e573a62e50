"""A loss or weights that are no numbers any more end a training, with the reason."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Protocol

from blobnet.diagnostics.non_finite import broken_weights, first_non_finite
from blobnet.errors import SolverError, explain
from blobnet.net import Net
from blobnet.reports.log import log

STOPS = os.environ.get("BLOBNET_CHECK_LOSS") != "0"
"""Whether trainings end so. Caffe's do not: 0 is for scripts that count on it."""


class Training(Protocol):
    """What of a Solver is told where it diverges."""

    net: Net
    stops_at_divergence: bool
    iter_: int
    loss: float
    last_good_snapshot: Path | None

    def get_learning_rate(self) -> float:
        """The rate of the next update."""


def check_loss(training: Training, loss: float) -> None:
    """Raise SolverError where the loss of a forward is no finite number."""
    if training.stops_at_divergence and not math.isfinite(loss):
        raise _divergence(training, loss)


def check_weights(training: Training) -> None:
    """Raise SolverError where weights are no finite numbers."""
    # to HingeLoss, NaN is nothing to lose
    if training.stops_at_divergence and broken_weights(training.net) is not None:
        raise _divergence(training, training.loss)


def warn_of_loss(training: Training) -> None:
    """Warn of a loss that is no finite number, where no update follows that it could spoil."""
    net = training.net
    if not math.isfinite(net.loss):
        found = first_non_finite(net)
        log.warning("Iteration %d: the loss is %g: %s", training.iter_, net.loss, found)


def _divergence(training: Training, loss: float) -> SolverError:
    what = "weights are no numbers" if math.isfinite(loss) else f"the loss is {loss}"
    rate, snapshot = training.get_learning_rate(), training.last_good_snapshot
    return SolverError(
        explain(
            f"iteration {training.iter_}: {what}",
            expected="a finite number",
            got=first_non_finite(training.net) or "finite values in every layer",
            fix=f"the learning rate was {rate:g}: try a smaller base_lr or clip_gradients; check "
            f"the data's scale and labels; last good snapshot: {snapshot or 'none'}",
        )
    )
