"""Telling a training step by watching it.

The layers' `forward` and `backward` and the solver's update rule run as they do in any training;
their numbers are noted before and after. Nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.errors import NetError, explain, nearest_or_all
from blobnet.ops.overflow import overflow_allowed
from blobnet.solver import Solver, SolverCallback
from blobnet.solver_policies import momentum, weight_decay
from blobnet.solvers.rule import told_rule
from blobnet.solvers.sgd import SGDSolver
from blobnet.solvers.sparsity import regularization_type
from blobnet.types import Array
from blobnet.viz import layer_words
from blobnet.viz.trace.array_note import FEW, ArrayNote
from blobnet.viz.trace.parts import LayerTrace, Named, PassTrace, StepTrace, UpdateTrace
from blobnet.wired_layer import WiredLayer


def trace_steps(
    solver: Solver, iterations: int = 1, *, layers: Collection[str] = (), few: int = FEW
) -> Iterator[StepTrace]:
    """Run the solver's next iterations and tell each; it does what `solver.step` does.

    layers  names of the layers to tell; all of them where none is named
    few     arrays of up to so many values are told in full, larger ones by their statistics

    Raises NetError for a name that no layer has.
    """
    tracer = StepTracer(layers=layers, few=few)
    tracer.check_layers(solver)
    solver.add_callback(tracer)
    for _ in range(iterations):
        tracer.listening = True
        try:
            solver.step(1)
        finally:
            tracer.close()
        if tracer.step is not None:
            yield tracer.step


class StepTracer(SolverCallback):
    """A callback that tells the steps of the solver it is added to; the last one is `step`.

    listening  set it to False, and steps go by untold
    """

    def __init__(self, *, layers: Collection[str] = (), few: int = FEW) -> None:
        self.step: StepTrace | None = None
        self.listening = True
        self._layers, self._few = set(layers), few
        self._watching = ExitStack()
        self._passes: list[PassTrace] = []
        self._told: dict[int, LayerTrace] = {}  # of the pass that is running, by WiredLayer
        self._updates: dict[int, UpdateTrace] = {}  # by place among the learnable parameters
        self._before: dict[int, Array] = {}

    def check_layers(self, solver: Solver) -> None:
        """Raise NetError where the net has no layer of a name that is wanted."""
        names = solver.net.layer_names
        for name in sorted(self._layers.difference(names)):
            raise NetError(explain(f"no layer named '{name}'", fix=nearest_or_all(name, names)))

    def close(self) -> None:
        """Watch no longer."""
        self.listening = False
        self._watching.close()
        self._before.clear()

    # --- when the solver calls ----------------------------------------------------------------

    def on_start(self, solver: Solver) -> None:
        self._watching.close()  # a step that failed has left it open
        if not self.listening:
            return
        self.step = _new_step(solver, self._few)
        self._passes = self.step.passes
        watch = self._watching.enter_context
        watch(_watched(solver.net, "forward_backward", self._run_pass))
        for wired in solver.net.wired:
            if self._is_wanted(wired.layer.name):
                watch(_watched(wired.layer, "forward", partial(self._forward, wired)))
                watch(_watched(wired.layer, "backward", partial(self._backward, wired)))
        if hasattr(solver, "compute_update_value"):
            watch(_watched(solver, "compute_update_value", partial(self._change, solver)))

    def on_gradients_ready(self, solver: Solver) -> None:
        if self.step is None or not self.listening:
            return
        self._updates.clear()
        owned = [param for param in solver.net.all_params if param.owner is None]
        sharing: dict[int, list[str]] = {}
        for param in solver.net.all_params:
            if param.owner is not None:
                sharing.setdefault(id(param.owner), []).append(param.layer_name)
        for index, param in enumerate(owned):
            users = sharing.get(id(param), [])
            if self._is_wanted(param.layer_name, *users):
                name = f"{param.layer_name} blobs_[{param.index}]"
                self._updates[index] = self._new_update(solver, index, name, users)
        self.step.updates = list(self._updates.values())

    def on_update(self, solver: Solver) -> None:
        if self.step is None or not self.listening:
            return
        self.step.loss = solver.loss
        for index, update in self._updates.items():
            blob = solver.net.learnable_params[index]
            update.change, update.after = self._note(blob.diff), self._note(blob.data)
            with overflow_allowed():
                missing = np.abs(self._before[index] - blob.diff - blob.data)
            update.error = float(missing.max(initial=0))
        self._before.clear()
        self._watching.close()

    # --- what is watched ----------------------------------------------------------------------

    def _run_pass(self, run: Callable[[], float]) -> float:
        told = PassTrace()
        self._passes.append(told)
        self._told.clear()
        told.loss = loss = run()
        return loss

    def _forward(
        self, wired: WiredLayer, run: Callable[..., float], bottom: Blobs, top: Blobs
    ) -> float:
        layer = wired.layer
        told = LayerTrace(
            name=layer.name,
            type=layer.type,
            formula=layer.formula,
            gradient=layer.gradient_formula,
            settings=layer_words.settings(layer),
            in_place=any(blob is other for blob in top for other in bottom),
            bottom=self._data(wired.bottom_names, bottom),
            weights=self._data(_names(layer.blobs_), layer.blobs_),
        )
        self._told[id(wired)] = told
        self._passes[-1].layers.append(told)
        told.loss = loss = run(bottom, top)
        told.top = self._data(wired.top_names, top)
        return loss

    def _backward(
        self,
        wired: WiredLayer,
        run: Callable[..., None],
        top: Blobs,
        propagate_down: Sequence[bool],
        bottom: Blobs,
    ) -> None:
        layer, told = wired.layer, self._told[id(wired)]
        told.top_diff = self._diffs(wired.top_names, top, [True] * len(top))
        run(top, propagate_down, bottom)
        names = _names(layer.blobs_)
        told.weight_diff = self._diffs(names, layer.blobs_, layer.param_propagate_down_)
        told.bottom_diff = self._diffs(wired.bottom_names, bottom, propagate_down)

    def _change(
        self,
        solver: Any,  # an SGDSolver, or one of yours with its method
        run: Callable[..., None],
        index: int,
        data: Array,
        diff: Array,
        rate: float,
    ) -> None:
        update = self._updates.get(index)
        if update is None:
            run(index, data, diff, rate)
            return
        memory = solver.history_[index :: len(solver.net.learnable_params)]
        update.rate, update.g = rate, self._note(diff)
        before = [self._note(array) for array in memory]
        run(index, data, diff, rate)
        names = told_rule(solver).memory
        update.history = [
            (name, old, self._note(array))
            for name, old, array in zip(names, before, memory, strict=False)
        ]

    # --- notes --------------------------------------------------------------------------------

    def _new_update(self, solver: Solver, index: int, name: str, users: list[str]) -> UpdateTrace:
        net, blob = solver.net, solver.net.learnable_params[index]
        self._before[index] = blob.data.copy()
        return UpdateTrace(
            name=name,
            shared_with=users,
            lr_mult=net.params_lr[index],
            decay=weight_decay(solver.param, solver.iter) * net.params_weight_decay[index],
            gradient=self._note(blob.diff),
            before=self._note(blob.data),
            is_l1=_is_l1(solver, blob),
        )

    def _is_wanted(self, *names: str) -> bool:
        return not self._layers or not self._layers.isdisjoint(names)

    def _note(self, array: Array) -> ArrayNote:
        return ArrayNote.of(array, self._few)

    def _data(self, names: Iterable[str], blobs: Blobs) -> list[Named]:
        return [Named(n, self._note(blob.data)) for n, blob in zip(names, blobs, strict=True)]

    def _diffs(self, names: Iterable[str], blobs: Blobs, wanted: Iterable[bool]) -> list[Named]:
        return [
            Named(name, self._note(blob.diff))
            for name, blob, is_wanted in zip(names, blobs, wanted, strict=True)
            if is_wanted
        ]


def _is_l1(solver: Solver, blob: Blob) -> bool:
    return isinstance(solver, SGDSolver) and regularization_type(solver, blob) == "L1"


def _new_step(solver: Solver, few: int) -> StepTrace:
    """What is known before a step runs: the rate, the rule and its settings."""
    param, rule = solver.param, told_rule(solver)
    settings: dict[str, float | str] = {name: getattr(param, name) for name in rule.settings}
    if "momentum" in settings and param.momentum_policy != "fixed":
        settings["momentum"] = momentum(param, solver.iter)
    for name in ("larc", "local_lr_auto"):
        if getattr(param, name):
            settings[name] = "true"
    decay = weight_decay(param, solver.iter)
    if decay:
        settings["weight_decay"] = decay
        settings["regularization_type"] = param.regularization_type
    if param.clip_gradients >= 0:
        settings["clip_gradients"] = param.clip_gradients
    if solver.passes_per_update > 1:
        settings["iter_size"] = solver.passes_per_update
    return StepTrace(
        net=solver.net.name,
        iteration=solver.iter,
        rate=solver.get_learning_rate(),
        solver=param.type,
        rule=rule.formula,
        settings=settings,
        few=few,
    )


def _names(blobs: Sequence[Blob]) -> list[str]:
    return [f"blobs_[{index}]" for index in range(len(blobs))]


@contextmanager
def _watched(owner: object, method: str, around: Callable[..., Any]) -> Iterator[None]:
    """Let `around(run, ...)` stand in for a method of one object, which it gets as `run`."""
    own = vars(owner)
    before = own.get(method)
    own[method] = partial(around, getattr(owner, method))
    try:
        yield
    finally:
        if before is None:
            del own[method]
        else:
            own[method] = before
