"""Which nets a solver trains and tests, and in which state. Caffe: InitTrainNet, InitTestNets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.input_files import naming_file, status
from blobnet.net import Net
from blobnet.proto import TEST, TRAIN, NetParameter, NetState, Phase, SolverParameter
from blobnet.serialization.prototxt import read_net

Source = NetParameter | str
"""What a solver says for a net: the definition itself, or the path of a file."""

_TRAIN_NET_FIELDS = ("train_net_param", "train_net", "net_param", "net")


class NetDefinition(NamedTuple):
    """A net that a solver trains or tests, as a Net takes it.

    param   one message for all nets of the same source, which each of them copies
    level   None where the net's own holds
    stages  on top of the net's own
    """

    source: Source
    param: NetParameter
    phase: Phase
    level: int | None
    stages: Sequence[str]


def make_nets(solver: SolverParameter, folder: Path, make_net: Callable[..., Net]) -> list[Net]:
    """The net to train, then the nets to test; `random_seed` decides all their random numbers.

    folder    where the paths in the solver may begin
    make_net  a class of nets, or what makes one from the same arguments

    Raises SolverError, and what reading files and making nets raises.
    """
    definitions = net_definitions(solver, folder)
    seed = solver.random_seed if solver.random_seed >= 0 else None
    seeds = np.random.SeedSequence(seed).spawn(len(definitions))
    nets = []
    for (source, param, phase, level, stages), own in zip(definitions, seeds, strict=True):
        with naming_file(source):
            nets.append(make_net(param, phase, level=level, stages=stages, seed=own))
    return nets


def net_definitions(solver: SolverParameter, folder: Path) -> list[NetDefinition]:
    """The net to train, then the nets to test; a file that serves several is read once."""
    read = cache(read_net)

    def definition(source: Source, default: Phase, state: NetState) -> NetDefinition:
        param = source if isinstance(source, NetParameter) else read(_found(source, folder))
        param = _made_by_a_solver(param)
        return NetDefinition(source, param, *_merged(default, param.state, state))

    train = definition(_train_source(solver), TRAIN, solver.train_state)
    sources = _test_sources(solver)
    states = list(solver.test_state) or [NetState()] * len(sources)
    tests = zip(sources, states, strict=True)
    return [train, *(definition(source, TEST, state) for source, state in tests)]


def training_file(solver: SolverParameter, folder: Path) -> str | None:
    """The path of the net to train, from here or beside the solver; None where it is no file's.

    Raises SolverError where the solver does not say which.
    """
    source = _train_source(solver)
    return _found(source, folder) if isinstance(source, str) else None


def _made_by_a_solver(param: NetParameter) -> NetParameter:
    """The definition, with a state that says so where a rule asks for it."""
    rules = (rule for layer in param.layer for rule in (*layer.include, *layer.exclude))
    if not any(rule.HasField("solver") for rule in rules):
        return param
    made = NetParameter()
    made.CopyFrom(param)
    made.state.solver = True
    return made


def _train_source(solver: SolverParameter) -> Source:
    stated = [name for name in _TRAIN_NET_FIELDS if solver.HasField(name)]
    if len(stated) != 1:
        raise SolverError(
            explain(
                "SolverParameter must specify a train net using exactly one of these fields: "
                + ", ".join(_TRAIN_NET_FIELDS),
                got=", ".join(stated) or "none of them",
            )
        )
    source: Source = getattr(solver, stated[0])
    return source


def _test_sources(solver: SolverParameter) -> list[Source]:
    """The nets to test: test_net_param, test_net, then net or net_param for what is left."""
    if solver.HasField("net_param") and solver.HasField("net"):
        raise SolverError("Both net_param and net may not be specified.")
    explicit: list[Source] = [*solver.test_net_param, *solver.test_net]
    generic = [getattr(solver, f) for f in ("net_param", "net") if solver.HasField(f)]
    left = len(solver.test_iter) - len(explicit)
    if left < 0 or (left and not generic):
        raise SolverError(
            explain(
                "test_iter must be specified for each test network.",
                expected=f"{'at least ' if generic else ''}{len(explicit)} values",
                got=f"{len(solver.test_iter)} values",
            )
        )
    sources = explicit + generic * left
    if len(solver.test_state) not in (0, len(sources)):
        raise SolverError(
            explain(
                "test_state must be unspecified or specified once per test net.",
                expected=f"0 or {len(sources)}",
                got=len(solver.test_state),
            )
        )
    if sources and solver.test_interval < 1:
        raise SolverError(
            explain(
                "a solver with test nets needs a test_interval",
                expected="at least 1",
                got=solver.test_interval,
                fix="test_interval: 500, or no test_iter",
            )
        )
    return sources


def _found(path: str, folder: Path) -> str:
    """The path from here or, where nothing is there, beside the solver."""
    beside_solver = str(folder / path)
    return beside_solver if status(path) is None and status(beside_solver) is not None else path


def _merged(
    default: Phase, net: NetState, solver: NetState
) -> tuple[Phase, int | None, Sequence[str]]:
    """Phase, level and stages: the solver's word comes before the net's, and that before ours."""
    stated = [state.phase for state in (solver, net) if state.HasField("phase")]
    level = solver.level if solver.HasField("level") else None
    return (stated or [default])[0], level, solver.stage
