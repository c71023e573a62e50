"""Which nets a solver trains and tests, and in which state. Caffe: InitTrainNet, InitTestNets."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import SolverError, explain
from blobnet.input_files import naming_file, status
from blobnet.net import Net
from blobnet.proto import TEST, TRAIN, NetParameter, NetState, Phase, SolverParameter
from blobnet.serialization.prototxt import read_net

_TRAIN_NET_FIELDS = ("train_net_param", "train_net", "net_param", "net")


def make_nets(
    solver: SolverParameter, folder: Path, dtype: DTypeLike, *, allow_python: bool = True
) -> tuple[Net, list[Net]]:
    """The train net and the test nets; `random_seed` decides all their random numbers."""
    train, tests = train_net_param(solver, folder), test_net_params(solver, folder)
    seed = solver.random_seed if solver.random_seed >= 0 else None
    train_seed, *test_seeds = np.random.SeedSequence(seed).spawn(1 + len(tests))
    made = partial(_made, dtype=dtype, allow_python=allow_python)
    sources = zip(_test_sources(solver), tests, test_seeds, strict=True)
    return made(_train_source(solver), train, train_seed), [made(*each) for each in sources]


def _made(
    source: NetParameter | str, net: NetParameter, seed: np.random.SeedSequence, **options: Any
) -> Net:
    with naming_file(source):
        return Net(net, seed=seed, **options)


def train_net_param(solver: SolverParameter, folder: Path) -> NetParameter:
    """The net to train, its state merged from defaults, net and solver in this order."""
    return _in_state(_net_of(_train_source(solver), folder), TRAIN, solver.train_state)


def _train_source(solver: SolverParameter) -> NetParameter | str:
    """What defines the net to train: a message, or the path of a file."""
    stated = [name for name in _TRAIN_NET_FIELDS if solver.HasField(name)]
    if len(stated) != 1:
        raise SolverError(
            explain(
                "SolverParameter must specify a train net using exactly one of these fields: "
                + ", ".join(_TRAIN_NET_FIELDS),
                got=", ".join(stated) or "none of them",
            )
        )
    source: NetParameter | str = getattr(solver, stated[0])
    return source


def test_net_params(solver: SolverParameter, folder: Path) -> list[NetParameter]:
    """The nets to test: test_net_param, test_net, then net or net_param for what is left."""
    sources = _test_sources(solver)
    states = list(solver.test_state) or [NetState()] * len(sources)
    return [
        _in_state(_net_of(source, folder), TEST, state)
        for source, state in zip(sources, states, strict=True)
    ]


def _test_sources(solver: SolverParameter) -> list[NetParameter | str]:
    """What defines the nets to test: messages, or the paths of files."""
    if solver.HasField("net_param") and solver.HasField("net"):
        raise SolverError("Both net_param and net may not be specified.")
    explicit: list[NetParameter | str] = [*solver.test_net_param, *solver.test_net]
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


def _net_of(source: NetParameter | str, folder: Path) -> NetParameter:
    if isinstance(source, NetParameter):
        return source
    beside_solver = folder / source
    if status(source) is None and status(beside_solver) is not None:
        return read_net(beside_solver)
    return read_net(source)


def _in_state(net: NetParameter, phase: Phase, solver_state: NetState) -> NetParameter:
    state = NetState(phase=phase)
    state.MergeFrom(net.state)
    state.MergeFrom(solver_state)
    result = NetParameter()
    result.CopyFrom(net)
    result.state.CopyFrom(state)
    return result
