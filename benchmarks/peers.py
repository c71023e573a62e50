"""Nets beside OpenCV's dnn and ONNX Runtime, each program in a process of its own, in turns.

A program is that of the Python interpreter which an environment variable names, or else of this
one: `BLOBNET_OPENCV_PYTHON` has opencv-python-headless 4, `BLOBNET_ONNXRUNTIME_PYTHON` onnxruntime.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.measure import Measured, seconds
from benchmarks.passes import give_statistics, random_images
from benchmarks.ssd import give_work
from blobnet.errors import BlobnetError, explain
from blobnet.exchange.onnx.export import export_onnx
from blobnet.net import Net
from blobnet.ops.parallel import num_threads
from blobnet.proto import NetParameter
from blobnet.types import Array


@dataclass(frozen=True)
class Peer:
    """Another program.

    script    runs it: what it does is told in `opencv_peer.py`
    variable  of the environment, which names a Python that has it
    package   what to install
    has_onnx  whether it takes net.onnx
    """

    name: str
    script: Path
    variable: str
    package: str
    has_onnx: bool = False


HERE = Path(__file__).parent
OPENCV = Peer(
    "OpenCV", HERE / "opencv_peer.py", "BLOBNET_OPENCV_PYTHON", "opencv-python-headless<5"
)
ONNX_RUNTIME = Peer(
    "ONNX Runtime", HERE / "onnxruntime_peer.py", "BLOBNET_ONNXRUNTIME_PYTHON", "onnxruntime",
    has_onnx=True,
)  # fmt: skip


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


def requests(peer: Peer, build: Callable[[], NetParameter], rounds: int) -> Measured:
    """Images through a classifier, which come in bursts."""

    def fill(net: Net) -> Mapping[str, Array]:
        give_statistics(net)
        return {"data": random_images(net)}

    return beside(peer, build(), fill, rounds, REQUESTS)


def beside(
    peer: Peer, definition: NetParameter, fill: Fill, rounds: int, pace: Pace | None = None
) -> Measured:
    """Forwards in inference mode, with what `fill` gives to the inputs each time."""
    pace = pace or Pace()
    net = Net(definition, "TEST", seed=1)
    inputs = fill(net)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = folder / "net.caffemodel"
        (folder / "net.prototxt").write_text(str(definition))
        net.save(weights)
        if peer.has_onnx:
            export_onnx(net, folder / "net.onnx", check=False)
        np.savez(folder / "inputs.npz", **inputs)
        ours = Net(definition, "TEST", weights=str(weights), inference=True)
        found = ours.forward(**inputs)
        with _running(peer, folder) as theirs:
            counted = {layer.top[0] for layer in definition.layer if layer.type in COUNTED}
            _check_same(peer, found, np.load(folder / "outputs.npz"), counted)
            return Measured(*_in_turns([_turn(ours, inputs), theirs], rounds, pace))


def _turn(net: Net, inputs: Mapping[str, Array]) -> Turn:
    def turn(calls: int) -> list[float]:
        return [seconds(lambda: net.forward(**inputs)) for _ in range(calls)]

    return turn


def _in_turns(turns: list[Turn], rounds: int, pace: Pace) -> Iterator[list[float]]:
    samples: list[list[float]] = [[] for _ in turns]
    for number in range(rounds + 1):
        for turn, taken in zip(turns, samples, strict=True):
            time.sleep(pace.rest)
            found = turn(pace.warm + pace.calls)[pace.warm :]
            taken += found if number else []
    return iter(samples)


@contextmanager
def _running(peer: Peer, folder: Path) -> Iterator[Turn]:
    """The program with the files of a folder. Raises BlobnetError where it does not work."""
    python = os.environ.get(peer.variable, sys.executable)
    process = subprocess.Popen(
        [python, str(peer.script), str(folder), str(num_threads())],
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
        yield turn


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
