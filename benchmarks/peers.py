"""Nets beside other programs, each in a process of its own, in turns.

A program is that of the Python interpreter which an environment variable names, or else of this
one: see `PEERS`. What it is given and does is told in `peer_loop.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inputs import give_statistics, random_images
from benchmarks.measure import Measured, Work, seconds
from benchmarks.processes import environment
from benchmarks.ssd import give_work
from blobnet.errors import BlobnetError, explain
from blobnet.exchange.onnx.export import export_onnx
from blobnet.net import Net
from blobnet.ops.parallel import num_threads
from blobnet.proto import NetParameter, Phase
from blobnet.types import Array


@dataclass(frozen=True)
class Peer:
    """Another program.

    module    runs it
    variable  of the environment, which names a Python that has it
    package   what to install
    has_onnx  whether it takes net.onnx
    """

    name: str
    module: str
    variable: str
    package: str
    has_onnx: bool = False


OPENCV = Peer(
    "OpenCV", "benchmarks.opencv_peer", "BLOBNET_OPENCV_PYTHON", "opencv-python-headless<5"
)
ONNX_RUNTIME = Peer(
    "ONNX Runtime", "benchmarks.onnxruntime_peer", "BLOBNET_ONNXRUNTIME_PYTHON", "onnxruntime",
    has_onnx=True,
)  # fmt: skip
OPENVINO = Peer(
    "OpenVINO", "benchmarks.openvino_peer", "BLOBNET_OPENVINO_PYTHON", "openvino", has_onnx=True
)
TORCH = Peer("PyTorch", "benchmarks.torch_peer", "BLOBNET_TORCH_PYTHON", "blobnet[bench]")
"""Its Python has what blobnet needs, too: see `torch_peer.py`."""


@dataclass(frozen=True)
class Pace:
    """How turns follow one another.

    rest   seconds before each: threads that wait for more work go to sleep
    calls  of a turn that count
    warm   calls before them that do not
    """

    rest: float = 0.05
    calls: int = 3
    warm: int = 1


REQUESTS = Pace(0.25, 15, 0)
"""They come in bursts, and the first of them counts, too, for which threads must wake up."""

TOLERANCE = 1e-3
COUNTED = {"DetectionOutput"}
"""Layer types whose rows depend on how scores are rounded: only their number counts."""

Turn = Callable[[int], list[float]]
Fill = Callable[[Net], Mapping[str, Array]]


def detector(build: Callable[[], NetParameter], rounds: int) -> Measured:
    """One image through a detector; 600 of its scores pass the threshold."""
    return beside(OPENCV, build(), lambda net: {"data": give_work(net)}, rounds)


def requests(
    peer: Peer, build: Callable[[], NetParameter], rounds: int, *, inference: bool = True
) -> Measured:
    """Images through a classifier, which come in bursts."""

    def fill(net: Net) -> Mapping[str, Array]:
        give_statistics(net)
        return {"data": random_images(net)}

    return beside(peer, build(), fill, rounds, REQUESTS, inference=inference)


def beside(
    peer: Peer,
    definition: NetParameter,
    fill: Fill,
    rounds: int,
    pace: Pace | None = None,
    *,
    inference: bool = True,
) -> Measured:
    """Forwards, with what `fill` gives to the inputs each time."""
    net = Net(definition, "TEST", seed=1)
    inputs = fill(net)
    for name, values in inputs.items():
        net.blobs[name].data[...] = values
    with running(peer, net, definition) as theirs:
        ours = Net(definition, "TEST", weights=net.to_proto(), inference=inference)
        found = ours.forward(**inputs)
        counted = {layer.top[0] for layer in definition.layer if layer.type in COUNTED}
        _check_same(peer, found, theirs.outputs, counted)
        return in_turns(lambda: ours.forward(**inputs), theirs, rounds, pace or Pace())


@dataclass(frozen=True)
class Program:
    """Another program, which waits to be asked.

    outputs  what its first call has computed, by name
    """

    turn: Turn
    outputs: Mapping[str, Array]


def in_turns(ours: Work, theirs: Program, rounds: int, pace: Pace) -> Measured:
    """Our work and theirs, each after a rest, a first round of both not counted."""

    def our_turn(calls: int) -> list[float]:
        return [seconds(ours) for _ in range(calls)]

    samples: list[list[float]] = [[], []]
    for number in range(rounds + 1):
        for turn, taken in zip((our_turn, theirs.turn), samples, strict=True):
            time.sleep(pace.rest)
            found = turn(pace.warm + pace.calls)[pace.warm :]
            taken += found if number else []
    return Measured(*samples)


@contextmanager
def running(peer: Peer, net: Net, definition: NetParameter, **task: Any) -> Iterator[Program]:
    """A program that has a net, with its weights and what is in its inputs now.

    definition  of the net, as it was written
    task        what is done with it, if that is not a forward

    Raises BlobnetError where it does not work.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(peer, net, definition, folder, task)
        yield from _program(peer, folder)


def _write(
    peer: Peer, net: Net, definition: NetParameter, folder: Path, task: Mapping[str, Any]
) -> None:
    (folder / "net.prototxt").write_text(str(definition))
    net.save(folder / "net.caffemodel")
    # before the export, which has inputs of its own
    np.savez(folder / "inputs.npz", **{name: net.blobs[name].data for name in net.inputs})
    if peer.has_onnx:
        export_onnx(net, folder / "net.onnx", check=False)
    told = {"work": "forward", "phase": Phase.Name(net.phase), **task}
    (folder / "task.json").write_text(json.dumps(told))


def _program(peer: Peer, folder: Path) -> Iterator[Program]:
    python = os.environ.get(peer.variable, sys.executable)
    process = subprocess.Popen(
        [python, "-m", peer.module, str(folder), str(num_threads())],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    pipes = process.stdin, process.stdout, process.stderr
    told, heard, errors = (pipe for pipe in pipes if pipe is not None)

    def turn(calls: int) -> list[float]:
        print(calls, file=told, flush=True)
        return [float(word) for word in heard.readline().split()]

    with process:  # at the end its input is closed, and it ends
        if heard.readline().strip() != "ready":
            raise BlobnetError(
                explain(
                    f"{python} has no {peer.name} that runs this net",
                    got=errors.read().strip()[-1000:],
                    fix=f"pip install '{peer.package}', or name a Python that has it in the "
                    f"environment variable {peer.variable}",
                )
            )
        yield Program(turn, dict(np.load(folder / "outputs.npz")))


def _check_same(
    peer: Peer, ours: Mapping[str, Array], theirs: Mapping[str, Array], counted: Collection[str]
) -> None:
    """Whether both compute the same; else a comparison of times would mean nothing."""
    for name, expected in theirs.items():
        found = ours[name]
        if name in counted:
            if found.shape != expected.shape:
                raise _different(peer, name, str(found.shape), str(expected.shape))
            continue
        furthest = float(np.abs(found.reshape(-1) - expected.reshape(-1)).max())
        if not furthest <= TOLERANCE * max(1e-9, float(np.abs(expected).max())):
            limit = "differences of at most 0.001 of the largest"
            raise _different(peer, name, f"{furthest:g}", limit)


def _different(peer: Peer, name: str, got: str, expected: str) -> BlobnetError:
    what = f"output '{name}' is not the same as that of {peer.name}, so their times say nothing"
    return BlobnetError(explain(what, expected=expected, got=got))
