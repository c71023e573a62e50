"""What every program beside ours does with the folder it is given, and when it is asked.

A program is started as

    python -m benchmarks.opencv_peer FOLDER THREADS

The folder has net.prototxt, net.caffemodel, perhaps net.onnx, and inputs.npz: an array for each
input. It says "ready" when a first forward has written outputs.npz; then, for each line with a
number on standard input, it gives the inputs and runs so many times, and prints their seconds.
Nothing of ours is imported here: the Python may be any.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np


def asked_for() -> tuple[Path, int]:
    """The folder, and the number of threads."""
    return Path(sys.argv[1]), int(sys.argv[2])


def serve(folder: Path, work: Callable[[], Mapping[str, np.ndarray]]) -> None:
    """Do the work, and do it again as often as each line says.

    work  gives its outputs by name, as the first call of all leaves them in outputs.npz
    """
    np.savez(folder / "outputs.npz", **work())
    print("ready", flush=True)
    for line in sys.stdin:
        taken = []
        for _ in range(int(line)):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
        print(*taken, flush=True)
