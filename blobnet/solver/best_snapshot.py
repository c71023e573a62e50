"""The best snapshot of a training by one of its test scores, and an end where none gets better."""

from __future__ import annotations

import math

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.reports.log import log
from blobnet.snapshots.snapshot import read_note, save_as
from blobnet.solver.callbacks import SolverCallback
from blobnet.solver.solver import Solver

BEST = "best"


class BestSnapshot(SolverCallback):
    """Keeps <prefix>_best.caffemodel and .solverstate of the test whose score was best so far.

    score     an output of the first test net: what counts in the loss is best low, all else high
    patience  tests without a better score after which the training ends; None: it goes on

    A resumed training goes on with the best one that it finds, unless that is of an iteration that
    is still to come. Raises SolverError where the net has no such output.
    """

    watches_only = True

    def __init__(self, solver: Solver, score: str, patience: int | None = None) -> None:
        self.score, self.patience = score, patience
        self.value: float | None = None
        self.iter = 0
        self._without = 0  # tests since then
        self._has_looked_back = False
        outputs = solver.test_nets[0].outputs if solver.test_nets else []
        if score.partition("[")[0] not in outputs or not solver.param.test_interval:
            raise SolverError(
                explain(
                    f"the best '{score}' cannot be kept",
                    expected="an output of test net #0, and a test_interval",
                    got=f"outputs {', '.join(outputs)}; test_interval {solver.param.test_interval}"
                    if outputs
                    else "no test net",
                    fix=did_you_mean(score, outputs),
                )
            )

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        if test_net_id != 0:
            return
        if not self._has_looked_back:
            self._look_back(solver)
        value = scores[self.score]
        if self._is_better(solver, value):
            self.value, self.iter, self._without = value, solver.iter, 0
            save_as(solver, BEST, {"score": self.score, "value": value, "iter": solver.iter})
            log.info("Iteration %d: best %s so far, %g", solver.iter, self.score, value)
            return
        self._without += 1
        if self.patience is not None and self._without >= self.patience:
            log.info(
                "%d tests without a better %s than %s, that of iteration %d: the training ends",
                *(self._without, self.score, self.value, self.iter),
            )
            solver.request_early_exit()

    def _is_better(self, solver: Solver, value: float) -> bool:
        if self.value is None or not math.isfinite(value):
            return math.isfinite(value)
        return value < self.value if self._is_loss(solver) else value > self.value

    def _is_loss(self, solver: Solver) -> bool:
        net, name = solver.test_nets[0], self.score.partition("[")[0]
        return any(
            wired.layer.loss(index) != 0
            for wired in net.wired
            for index, top in enumerate(wired.top_names)
            if top == name
        )

    def _look_back(self, solver: Solver) -> None:
        """Take over the best of the training that is resumed."""
        self._has_looked_back = True
        note = read_note(solver, BEST) if solver.iter else None
        if note is None or note.get("score") != self.score or note["iter"] >= solver.iter:
            return
        self.value, self.iter = float(note["value"]), int(note["iter"])
        interval = max(solver.param.test_interval, 1)
        self._without = (solver.iter - self.iter) // interval - 1  # this test counts itself
