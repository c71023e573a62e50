"""Solver: trains a net, step by step, and tests it at intervals.

It knows no update rule: see `solvers/` for those. Caffe: solver.hpp, solver.cpp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from blobnet.checks.divergence import STOPS, check_weights, warn_of_loss
from blobnet.checks.learning import check_learning, check_rates
from blobnet.checks.nets import check_nets
from blobnet.lr_policies import learning_rate
from blobnet.net import Net
from blobnet.reports.log import IterationClock, log, log_iteration, log_outputs, output_values
from blobnet.reports.plateau import Plateau
from blobnet.reports.smoothed_loss import SmoothedLoss
from blobnet.snapshots import snapshot, write_checks
from blobnet.snapshots.states_before_test import StatesBeforeTest
from blobnet.solver.callbacks import Callbacks, SolverAction, no_action
from blobnet.solver.history import TrainingHistory
from blobnet.solver.passes import Passes
from blobnet.solver.progress import progress_of
from blobnet.solver.state import State
from blobnet.solver.test_pass import run_test
from blobnet.solverdef.nets import make_nets
from blobnet.solverdef.settings import SolverSource, check_settings, read_settings
from blobnet.types import Array


class Solver(State):
    """A training run: the train net, the test nets, and the loop around them.

    source   path of a solver prototxt, or a SolverParameter
    dtype    float32, or float64
    level, stages  for the train net: written over and added to the solver's train_state
    allow_python   false to refuse nets whose Python layers would run a program

    net, test_nets   the nets; test nets use the train net's weights
    iter             the number of updates done
    param            the SolverParameter
    loss             the last iteration's loss, and smoothed_loss its mean over `average_loss`
    history_         the update rule's memory, one or two arrays per learnable parameter

    A solver can be pickled and deep-copied: the copy goes on bit for bit; callbacks stay behind.

    Raises SolverError, NetError, ... where the definition makes no sense.
    """

    history_meaning = ""
    """What an update rule keeps in `history_`: it goes on from states of the same meaning only."""

    net_class: type[Net] = Net
    stops_at_divergence = STOPS  # whether values that are no finite numbers end the training

    def __init__(
        self,
        source: SolverSource,
        *,
        dtype: DTypeLike = np.float32,
        level: int | None = None,
        stages: Iterable[str] = (),
        allow_python: bool = True,
    ) -> None:
        self.param, folder = read_settings(source, level, stages)
        write_checks.check_prefix(self.param)
        self.check_param()
        made = partial(self.net_class, dtype=dtype, allow_python=allow_python)
        self.net, *self.test_nets = make_nets(self.param, folder, made)
        check_nets(self.param, self.net, self.test_nets)
        if self.param.weights:
            self.load_weights(",".join(self.param.weights))
        self.iter_ = 0
        self.loss = 0.0
        self.history_: list[Array] = self.make_history()
        self.last_snapshot: Path | None = None
        self.last_good_snapshot: Path | None = None
        self.is_saving = False  # whether a snapshot is being written just now
        self._smoothed = SmoothedLoss(self.param.average_loss)
        self.plateau = Plateau(self.param)
        self.is_resumed = False  # and has made no step since
        self._states = StatesBeforeTest(self.test_nets)
        self._callbacks = Callbacks(TrainingHistory())
        self.passes = Passes()
        self._action_function: Callable[[], SolverAction] = no_action
        self._early_exit = False
        self._learning_is_checked = False
        self._clock = IterationClock()

    # --- what an update rule defines ----------------------------------------------------------

    def check_param(self) -> None:
        """Raise SolverError for settings that this update rule cannot work with."""
        check_settings(self.param)

    def make_history(self) -> list[Array]:
        """The update rule's memory, before the first update."""
        raise NotImplementedError

    def apply_update(self) -> None:
        """Turn the gradients in the net into changes, make them, count one iteration."""
        raise NotImplementedError

    # --- the training loop --------------------------------------------------------------------

    @property
    def iter(self) -> int:
        return self.iter_

    @property
    def smoothed_loss(self) -> float:
        return self._smoothed.value

    def get_learning_rate(self) -> float:
        """The rate of the next update."""
        return self.plateau.rate(learning_rate(self.param, self.iter_))

    def solve(
        self, resume_file: str | PathLike[str] | None = None, *, progress: bool = True
    ) -> None:
        """Train up to max_iter: test, display and snapshot as the solver's settings say.

        resume_file  a .solverstate to go on from; progress  as in `step`
        """
        write_checks.check_before_training(self)
        log.info("Solving %s", self.net.name)
        log.info("Learning Rate Policy: %s", self.param.lr_policy)
        if resume_file is not None:
            log.info("Restoring previous solver status from %s", resume_file)
            self.restore(resume_file)
        with self._shown(self.param.max_iter, progress, stays=True):
            self.step(self.param.max_iter - self.iter_, progress=False)
        if self.param.snapshot_after_train and not self._is_due(self.param.snapshot):
            self.snapshot()
        if self._early_exit:
            log.info("Optimization stopped early.")
            return
        if self._is_due(self.param.display):
            self._display_last()
        if self._is_test_due():
            self.test_all()
        log.info("Optimization Done.")

    def step(self, iterations: int, *, progress: bool = True) -> None:
        """Run `iterations` parameter updates, fewer where an early exit is asked for.

        progress  show how far it is, where that takes its time, in a terminal or a notebook

        Raises SolverError where the loss is no longer a finite number.
        """
        self._begin_steps(iterations)
        stop_at = self.iter_ + iterations
        with self._shown(stop_at, progress):
            while self.iter_ < stop_at:
                used = self._callbacks.may_use_cleared_diffs()
                self.net.clear_param_diffs(before_backward=not used)
                self._test_if_due()
                if self._early_exit:
                    break
                self._callbacks.call("on_start", self)
                display = self._is_due(self.param.display)
                self._tell_net(stop_at, debug_info=display and self.param.debug_info)
                self.loss = self.passes.run(self)
                self._smoothed.add(self.loss, self.iter_)
                self.plateau.update(self.smoothed_loss, self.iter_)
                if display:
                    self._display()
                self._callbacks.call("on_gradients_ready", self)
                self.apply_update()  # ends with iter_ += 1
                self._callbacks.call("on_update", self)
                self._snapshot_if(self._is_due(self.param.snapshot))

    def _shown(
        self, end: int, progress: bool, *, stays: bool = False
    ) -> AbstractContextManager[object]:
        """For a `with` block: show how far the training is, if that is wanted and anybody looks."""
        shown = progress_of(self, end, stays=stays) if progress else None
        return nullcontext() if shown is None else self._callbacks.with_one_more(shown)

    def _tell_net(self, stop_at: int, *, debug_info: bool) -> None:
        """What the layers may know of the iteration that begins."""
        self.net.debug_info = debug_info
        for wired in self.net.wired:
            wired.layer.progress = (self.iter_, stop_at)

    def _begin_steps(self, iterations: int) -> None:
        self.passes.tell_of_change(self.passes_per_update)
        if iterations > 0 and not self._learning_is_checked:
            check_learning(self, gradients_from_outside=self._callbacks.may_give_gradients())
            self._learning_is_checked = True
        if iterations > 1:
            check_rates(self.param, self.iter_, iterations)
        self._early_exit = False
        self._clock.restart(self.iter_)
        if not self.is_resumed:  # then the window of losses goes on where the snapshot left it
            self._smoothed.restart(self.iter_)
        self.is_resumed = False

    def _is_due(self, interval: int) -> bool:
        return bool(interval) and self.iter_ % interval == 0

    def _display(self) -> None:
        check_weights(self)
        seconds, done = self._clock.lap(self.iter_)
        log_iteration(self.iter_, seconds, done, self.param.display, self.smoothed_loss)
        log_outputs("Train", output_values(self.net))

    def _display_last(self) -> None:
        """The loss after the last update, which no pass of the training has told."""
        self.net.begin_pass()
        self.net.forward()
        self._smoothed.add(self.net.loss, self.iter_)
        log.info("Iteration %d, loss = %g", self.iter_, self.smoothed_loss)
        warn_of_loss(self)

    # --- testing ------------------------------------------------------------------------------

    def test_all(self) -> None:
        """Test every test net, with the weights as they are now."""
        with self._states.kept_until_tested(lambda: not self._early_exit):
            for index in range(len(self.test_nets)):
                if not self._early_exit:
                    self.test(index)

    def test(self, test_net_id: int = 0) -> dict[str, float]:
        """Run a test net test_iter times; returns and logs the mean of every output."""
        log.info("Iteration %d, Testing net (#%d)", self.iter_, test_net_id)
        net = self.test_nets[test_net_id]
        net.share_with(self.net)
        scores = run_test(net, test_net_id, self.param, self._goes_on)
        if scores is None:
            return {}
        self._callbacks.call("on_test", self, test_net_id, scores)
        return scores

    def _goes_on(self) -> bool:
        """Do between two batches of a test what is asked for; whether to go on with it."""
        self._snapshot_if(is_due=False)
        return not self._early_exit

    def _test_if_due(self) -> None:
        wanted = self.iter_ > 0 or self.param.test_initialization
        if wanted and not self._early_exit and self._is_test_due():
            self.test_all()

    def _is_test_due(self) -> bool:
        interval = self.param.test_interval
        is_due = bool(interval) and (self.iter_ - self.param.test_offset) % interval == 0
        return is_due and self.passes.is_first

    # --- snapshots and stops -------------------------------------------------------------------

    def _snapshot_if(self, is_due: bool) -> None:
        """Write a snapshot where one is due or asked for; note where a stop is asked for."""
        action = self.passes.asked(self.asked_from_outside)
        if is_due or action is SolverAction.SNAPSHOT:
            self.snapshot()
        if action is SolverAction.STOP:
            self._early_exit = True

    def snapshot(self) -> Path:
        """Write <prefix>_iter_<n>.caffemodel and .solverstate; returns the latter's path."""
        state_file = self.passes.snapshot(self)
        self._callbacks.call("on_snapshot", self, state_file)
        return state_file

    def restore(self, state_file: str | PathLike[str], *, trust_weights: bool = False) -> None:
        """Go on from a .solverstate, ours (bit for bit) or Caffe's: see `snapshots/`."""
        self.is_resumed = snapshot.restore(self, Path(state_file), trust_weights=trust_weights)

    def request_early_exit(self) -> None:
        """Let `step` and `solve` end after the iteration that is running."""
        if not self.passes.asks_all_to_stop():
            self._early_exit = True
