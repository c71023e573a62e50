"""Nets and layers of Caffe's forks beside OpenCV's dnn, each program in a process of its own.

OpenCV is that of `BLOBNET_OPENCV_PYTHON`, a Python interpreter that has opencv-python-headless
4, or else of this one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.measure import Measured, seconds
from benchmarks.ssd import give_work
from blobnet.errors import BlobnetError, explain
from blobnet.net import Net
from blobnet.ops.parallel import num_threads
from blobnet.proto import NetParameter
from blobnet.types import Array

PEER = Path(__file__).with_name("opencv_peer.py")
REST = 0.05
"""Seconds between turns: threads that wait for more work go to sleep."""

CALLS = 3
TOLERANCE = 1e-3
COUNTED = {"DetectionOutput"}
"""Layer types whose rows depend on how scores are rounded: only their number counts."""

Turn = Callable[[int], list[float]]


def detector(build: Callable[[], NetParameter], rounds: int) -> Measured:
    """One image through a detector; 600 of its scores pass the threshold."""
    return beside_opencv(build(), lambda net: {"data": give_work(net)}, rounds)


def beside_opencv(
    definition: NetParameter,
    fill: Callable[[Net], Mapping[str, Array]],
    rounds: int,
    calls: int = CALLS,
) -> Measured:
    """Forwards in inference mode, with what `fill` gives to the inputs."""
    net = Net(definition, "TEST", seed=1)
    inputs = fill(net)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "net.caffemodel"
        (Path(folder) / "net.prototxt").write_text(str(definition))
        net.save(weights)
        np.savez(Path(folder) / "inputs.npz", **inputs)
        ours = Net(definition, "TEST", weights=str(weights), inference=True)
        found = ours.forward(**inputs)
        with _opencv(Path(folder)) as theirs:
            counted = {layer.top[0] for layer in definition.layer if layer.type in COUNTED}
            _check_same(found, np.load(Path(folder) / "outputs.npz"), counted)
            return Measured(*_in_turns([_turn(ours), theirs], rounds, calls))


def _turn(net: Net) -> Turn:
    def turn(calls: int) -> list[float]:
        net.forward()
        return [seconds(net.forward) for _ in range(calls)]

    return turn


def _in_turns(turns: list[Turn], rounds: int, calls: int) -> Iterator[list[float]]:
    samples: list[list[float]] = [[] for _ in turns]
    for number in range(rounds + 1):
        for turn, taken in zip(turns, samples, strict=True):
            time.sleep(REST)
            found = turn(calls)
            taken += found if number else []
    return iter(samples)


@contextmanager
def _opencv(folder: Path) -> Iterator[Turn]:
    """OpenCV with the files of a folder. Raises BlobnetError where it does not work."""
    python = os.environ.get("BLOBNET_OPENCV_PYTHON", sys.executable)
    process = subprocess.Popen(
        [python, str(PEER), str(folder), str(num_threads())],
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

    try:
        if heard.readline().strip() != "ready":
            raise BlobnetError(
                explain(
                    f"{python} has no OpenCV that runs this net",
                    got=errors.read().strip()[-1000:],
                    fix="pip install 'opencv-python-headless<5', or name a Python that has it in "
                    "the environment variable BLOBNET_OPENCV_PYTHON",
                )
            )
        yield turn
    finally:
        told.close()
        process.wait()


def _check_same(
    ours: Mapping[str, Array], theirs: Mapping[str, Array], counted: Collection[str]
) -> None:
    """Whether both compute the same; else a comparison of times would mean nothing."""
    for name, expected in theirs.items():
        found = ours[name]
        if name in counted:
            if found.shape != expected.shape:
                raise _different(name, str(found.shape), str(expected.shape))
            continue
        furthest = float(np.abs(found.reshape(-1) - expected.reshape(-1)).max())
        if not furthest <= TOLERANCE * max(1e-9, float(np.abs(expected).max())):
            raise _different(name, f"{furthest:g}", "differences of at most 0.001 of the largest")


def _different(name: str, got: str, expected: str) -> BlobnetError:
    what = f"output '{name}' is not the same as OpenCV's, so their times say nothing"
    return BlobnetError(explain(what, expected=expected, got=got))
