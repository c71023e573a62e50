"""One test of one net: test_iter forwards, and what they say. Caffe: Solver::Test in solver.cpp."""

from __future__ import annotations

from collections.abc import Callable

from blobnet.diagnostics.non_finite import ScoreWatch
from blobnet.net import Net
from blobnet.proto import SolverParameter
from blobnet.reports.eval_types import new_scores
from blobnet.reports.log import log, log_outputs
from blobnet.reports.scores import warn_of_nonsense


def run_test(
    net: Net, test_net_id: int, param: SolverParameter, goes_on: Callable[[], bool]
) -> dict[str, float] | None:
    """The mean of every output over test_iter forwards, which is logged, too.

    goes_on  is asked before every forward; None is returned once it says no
    """
    means = new_scores(param)
    with ScoreWatch(net) as watch:
        for _ in range(param.test_iter[test_net_id]):
            if not goes_on():
                log.info("Test interrupted.")
                return None
            net.forward()
            means.add(net)
    if param.test_compute_loss and means.loss is not None:
        log.info("Test loss: %g", means.loss)
    log_outputs("Test", means.rows())
    warn_of_nonsense(watch, f"Test net #{test_net_id}")
    return means.by_name()
