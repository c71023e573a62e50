"""Solvers as pycaffe has them: all are SGDSolvers, their nets are pycaffe's. Caffe: _caffe.cpp."""

from __future__ import annotations

from os import PathLike
from typing import Any

from blobnet import solvers
from blobnet.input_files import AnyPath, naming_file
from blobnet.proto import SolverParameter
from blobnet.pycaffe import settings
from blobnet.pycaffe.errors import check_file
from blobnet.pycaffe.net import Net
from blobnet.solver import Solver
from blobnet.solverdef.settings import SolverDefinition, SolverSource, read_settings


class SGDSolver(solvers.SGDSolver):
    """A training run, made from the path of a solver prototxt.

        solver = caffe.SGDSolver("solver.prototxt")
        solver.step(100)
        print(solver.iter, solver.lr, solver.net.blobs["loss"].data)

    net, test_nets   Nets; test nets use the train net's weights from their first test on
    iter             the number of updates done
    lr               the rate of the next update
    param            the settings: max_iter, base_lr, display, ...; they can be set

    step(n), solve(), solve(state_file), restore(state_file), snapshot(), apply_update(),
    share_weights(net), add_callback(on_start, on_gradients_ready)

    Raises CaffeError, which is a RuntimeError, where the file cannot be opened, and blobnet's
    errors where it makes no sense. A loss that is no finite number ends the training with a
    SolverError, unless `caffe.set_check_loss(False)` says otherwise.
    """

    net_class = Net
    net: Net

    def __init__(self, param_file: SolverSource, **options: Any) -> None:
        definition = _definition(param_file)
        _settle_seed(definition.param)
        with naming_file(param_file):
            super().__init__(definition, **options)

    @property
    def lr(self) -> float:
        """The rate of the next update."""
        return self.get_learning_rate()

    @property
    def stops_at_divergence(self) -> bool:  # type: ignore[override]  # one switch for all solvers
        """Whether values that are no finite numbers end the training: see `set_check_loss`."""
        return settings.check_loss()

    def share_weights(self, net: Net) -> None:
        """Let `net` use the weights of the net that is trained."""
        net.share_with(self.net)

    def restore(self, state_file: AnyPath, *, trust_weights: bool = False) -> None:
        """Go on from a .solverstate. Raises CaffeError where the file cannot be opened."""
        check_file(state_file)
        super().restore(state_file, trust_weights=trust_weights)


class NesterovSolver(SGDSolver, solvers.NesterovSolver):
    """As SGDSolver, with Nesterov's accelerated gradient."""


class AdaGradSolver(SGDSolver, solvers.AdaGradSolver):
    """As SGDSolver, with the rule of AdaGrad."""


class RMSPropSolver(SGDSolver, solvers.RMSPropSolver):
    """As SGDSolver, with the rule of RMSProp."""


class AdaDeltaSolver(SGDSolver, solvers.AdaDeltaSolver):
    """As SGDSolver, with the rule of AdaDelta."""


class AdamSolver(SGDSolver, solvers.AdamSolver):
    """As SGDSolver, with the rule of Adam."""


_OURS: dict[type[Solver], type[Solver]] = {
    solvers.SGDSolver: SGDSolver,
    solvers.NesterovSolver: NesterovSolver,
    solvers.AdaGradSolver: AdaGradSolver,
    solvers.RMSPropSolver: RMSPropSolver,
    solvers.AdaDeltaSolver: AdaDeltaSolver,
    solvers.AdamSolver: AdamSolver,
}


def get_solver(param_file: SolverSource, **options: Any) -> Solver:
    """The solver that a prototxt defines, of the `type` that it names: Nesterov, Adam, ...

    One of your own, in blobnet.solvers.SOLVERS, is made as it is. Raises what SGDSolver raises, and
    SolverError for an unknown type.
    """
    definition = _definition(param_file)
    with naming_file(param_file):
        kind = solvers.solver_type(definition.param.type)
        return _OURS.get(kind, kind)(definition, **options)


def _definition(param_file: SolverSource) -> SolverDefinition:
    if isinstance(param_file, (str, PathLike)):
        check_file(param_file)
    return read_settings(param_file)


def _settle_seed(param: SolverParameter) -> None:
    """Say where the nets' random numbers begin; a seed that is stated is the process's, too."""
    if param.random_seed >= 0:
        param.random_seed += settings.solver_rank()
        settings.set_random_seed(param.random_seed)
        return
    number = settings.next_number()
    if number is not None:
        param.random_seed = number
