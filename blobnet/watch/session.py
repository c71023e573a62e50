"""A training to watch and to touch: one step at a time, back to an earlier one, with other numbers.

It starts no thread and opens no port; whoever calls it does so between two iterations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.solver import Solver, SolverCallback
from blobnet.types import Array
from blobnet.watch.chain import explain_weight
from blobnet.watch.checks import check_index
from blobnet.watch.curves import Curves
from blobnet.watch.examination import Examination
from blobnet.watch.filters import FirstFilters
from blobnet.watch.frame import Frame
from blobnet.watch.graph import net_graph
from blobnet.watch.layer_view import few_values, layer_view, update_of_weight
from blobnet.watch.numbers import plain
from blobnet.watch.own_image import own_image, source_of
from blobnet.watch.recorder import Recorder, parameter_positions
from blobnet.watch.states import KeptState, KeptStates


class Session(SolverCallback):
    """A solver, what is kept of its past, and the frame that is shown.

    frame   the iteration that is shown; None before the first `look` or `step`
    kept    the states that can be gone back to
    wanted  the layers that the next frame notes in full: their positions, None for all of them,
            or "nothing" for no frame
    between is called before each iteration, when everything stands still
    """

    watches_only = True

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.frame: Frame | None = None
        self.kept = KeptStates()
        self.curves = Curves()
        self.wanted: Collection[int] | str | None = None
        self.between: Callable[[], None] = lambda: None
        self.keeps_every = True  # state before each iteration; else those that `keep` is called at
        self.graph = net_graph(solver.net)
        self.examination = Examination(solver.test_nets[0]) if solver.test_nets else None
        self._filters = FirstFilters(solver.net)
        self._recorder = Recorder(solver)
        self._given: KeptState | None = None
        self._noting: Frame | None = None
        solver.add_callback(self)

    # --- what the solver calls ----------------------------------------------------------------

    def on_start(self, solver: Solver) -> None:
        if self._given is not None:  # the test before has moved on in the test data
            self._given.give_state(solver)
        if self.keeps_every:
            self.keep()
        self.between()
        self._given = None
        self._noting = None
        if not isinstance(self.wanted, str):
            self._noting = self._recorder.begin(solver, self._noted(self.wanted))

    def on_gradients_ready(self, solver: Solver) -> None:
        self._recorder.gradients_ready(solver)

    def on_update(self, solver: Solver) -> None:
        self._recorder.updated(solver)
        self.curves.add_loss(solver.iter - 1, solver.loss)
        if self._noting is not None:
            self.frame = self._noting
        self._noting = None

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        is_again = self._given is not None and self._given.iteration == solver.iter
        if not is_again:
            self.curves.add_scores(solver.iter, test_net_id, scores)
        if self.examination is not None and test_net_id == 0:
            self.examination.finish(None if is_again else solver.iter)

    def _noted(self, wanted: Collection[int] | None) -> Collection[int] | None:
        return wanted if wanted is not None or self._recorder.can_note_all else ()

    # --- what can be done ---------------------------------------------------------------------

    def step(self, iterations: int = 1) -> None:
        """Make updates, and note the last one."""
        self.wanted = None
        self.solver.step(iterations, progress=False)

    def keep(self) -> None:
        """Keep the state as it is now; one that was gone back to, as it was."""
        self.kept.add(self._given or KeptState.of(self.solver))

    def back(self, iteration: int) -> int:
        """Go back to the newest kept state no later than `iteration`; returns which one it is.

        Rates and values that were changed since stay as they are set: weights go back.
        """
        state = self.kept.find(iteration)
        if state is None:
            raise SolverError(
                explain(
                    f"no state of iteration {iteration} or before is kept",
                    expected=", ".join(map(str, self.kept.iterations)) or "a step before",
                )
            )
        state.give(self.solver)
        self._given = state
        self.curves.go_back(state.iteration)
        self.look()
        return state.iteration

    def look(self, *, at_data: bool = True) -> None:
        """Run the pass that the next iteration would run, without an update, and note it.

        at_data  also the layers that read data; if not, their tops stay as they are
        """
        solver, net = self.solver, self.solver.net
        here = KeptState.of(solver)
        resumed = solver.is_resumed
        accumulate = [layer.accumulate for layer in net.layers]
        frame = self._recorder.begin(solver, self._noted(None))
        try:
            net.clear_param_diffs()
            net.begin_pass()
            loss = 0.0
            for position, wired in enumerate(net.wired):
                if at_data or wired.bottom:
                    loss += net.forward_from_to(position, position)
            net.backward_from_to(len(net.wired) - 1, 0)
            frame.passes = 1
            self._recorder.gradients_ready(solver)
            frame.loss = loss
        finally:
            self._recorder.stop()
            here.give(solver)
            solver.is_resumed = resumed
            net.clear_param_diffs()  # an iteration may just have begun
            for layer, was in zip(net.layers, accumulate, strict=True):
                layer.accumulate = was
        self.frame = frame

    def set_rate(self, rate: float) -> None:
        """Change base_lr: what the policy makes rates of."""
        if not (math.isfinite(rate) and rate >= 0):
            raise SolverError(explain("no rate", expected="a number, 0 or more", got=rate))
        self.solver.param.base_lr = rate

    def set_weight(self, layer: str, index: int, place: int, value: float) -> None:
        """Change one number of a layer's blobs_[index], and look at what follows."""
        net = self.solver.net
        blobs = net.wired[self.position(layer)].layer.blobs_
        check_index(f"weights of layer '{layer}'", index, len(blobs))
        self._set(blobs[index].data, place, value)
        self.look()

    def set_value(self, blob: str, place: int, value: float) -> None:
        """Change one number that a layer without bottoms gave, and look at what follows.

        It lasts until that layer gives others: for the net's inputs and Parameters always.
        """
        source_of(self.solver.net, blob)
        self._set(self.solver.net.blobs[blob].data, place, value)
        self.look(at_data=False)

    def set_image(self, blob: str, item: int, pixels: bytes) -> None:
        """Put an image into a batch, and look at what follows: see `own_image`."""
        values = own_image(self.solver, source_of(self.solver.net, blob), blob, pixels)
        data = self.solver.net.blobs[blob].data
        check_index("items of the batch", item, len(data))
        data[item] = values
        self.look(at_data=False)

    @staticmethod
    def _set(array: Any, place: int, value: float) -> None:
        check_index("values", place, array.size)
        if not math.isfinite(value):
            raise SolverError(explain("no value", expected="a finite number", got=value))
        array.reshape(-1)[place] = value

    def test(self) -> None:
        """Test now; the tests that are due go on as if this one had not been."""
        before = self.solver.get_state()
        given, self._given = self._given, None  # this test is none that is done again
        self.solver.test_all()
        self._given = given
        self.solver.set_state(before)

    # --- what is told -------------------------------------------------------------------------

    def position(self, layer: str) -> int:
        """Of a layer by its name. Raises SolverError."""
        names = self.solver.net.layer_names
        if layer not in names:
            fix = did_you_mean(layer, names)
            raise SolverError(explain(f"no layer named '{layer}'", fix=fix))
        return names.index(layer)

    def view(
        self,
        layer: int | None = None,
        item: int = 0,
        weight: tuple[int, int] | None = None,
        *,
        filters: bool = False,
        scores: bool = False,
        known: int | None = None,
    ) -> dict[str, Any]:
        """What a page shows, in JSON's types.

        layer    its position in the net; `weight` (index among its blobs_, place in one row)
        item     of the batch
        filters  with the layer's filters; `scores` with what the last test said, unless that is
                 of the iteration `known`
        """
        frame = self._shown()
        told: dict[str, Any] = {
            "training": self.training(),
            "frame": {
                "iteration": frame.iteration,
                "is_update": frame.is_update,
                "loss": plain(frame.loss),
                "rate": plain(frame.rate),
            },
            "values": few_values(self.solver.net, frame),
            "sizes": {"delta": frame.delta_sizes, "change": frame.change_sizes},
            "curves": self.curves.told(),
        }
        if layer is not None:
            check_index("layers", layer, len(self.solver.net.wired))
            told["layer"] = layer_view(self.solver, frame, layer, max(item, 0))
            if weight is not None:
                told["weight"] = self.weight_view(layer, *weight)
            if filters:
                told["filters"] = self.filters(layer)
        tested = self.examination.told if self.examination else None
        if scores and not (tested and tested["iteration"] == known):
            told["scores"] = tested
        return told

    def gradient(self, layer: int, index: int) -> Array | None:
        """That of a weight in the frame; None where it has none, or was not noted."""
        wired = self.solver.net.wired[layer]
        learns = wired.need_backward and wired.layer.param_propagate_down_[index]
        param = parameter_positions(self.solver.net)[id(wired.layer.blobs_[index])]
        return self._shown().gradient.get(param) if learns else None

    def filters(self, layer: int) -> dict[str, Any] | None:
        """A layer's filters at first, now and their difference; None where it has none."""
        return self._filters.told(layer)

    def _shown(self) -> Frame:
        if self.frame is None:
            raise SolverError("nothing has run yet: step, or look")
        return self.frame

    def training(self) -> dict[str, Any]:
        """Where the training stands."""
        solver, param = self.solver, self.solver.param
        return {
            "iteration": solver.iter,
            "max_iter": param.max_iter if param.HasField("max_iter") else None,
            "rate": plain(solver.get_learning_rate()),
            "base_lr": plain(param.base_lr),
            "policy": param.lr_policy,
            "solver": param.type,
            "kept": self.kept.iterations,
            "can_test": bool(solver.test_nets),
            "filters": self._filters.positions,
        }

    def weight_view(self, layer: int, index: int, place: int) -> dict[str, Any]:
        """What is shown of one weight: its chain rule, and its update."""
        frame = self._shown()
        blobs = self.solver.net.wired[layer].layer.blobs_
        check_index("weights of the layer", index, len(blobs))
        check_index("values", place, blobs[index].data.size)
        where = np.unravel_index(place, blobs[index].shape) if blobs[index].shape else ()
        return {
            "index": index,
            "place": place,
            "iteration": frame.iteration,
            "where": [int(axis) for axis in where],
            "update": update_of_weight(self.solver, frame, layer, index, place),
            "chain": explain_weight(self.solver, frame, layer, index, place),
        }
