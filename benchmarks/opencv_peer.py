"""A net as OpenCV's dnn runs it, in a process of its own, which imports nothing of ours.

    python opencv_peer.py FOLDER THREADS

The folder has net.prototxt, net.caffemodel, and inputs.npz: an array for each input. Says
"ready" when a first forward has written outputs.npz; then, for each line with a number on
standard input, gives the inputs and runs a forward so many times, and prints their seconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2
import numpy as np


def main(folder: Path, threads: int) -> None:
    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromCaffe(str(folder / "net.prototxt"), str(folder / "net.caffemodel"))
    inputs = dict(np.load(folder / "inputs.npz"))
    names = net.getUnconnectedOutLayersNames()

    def forward() -> object:
        for name, values in inputs.items():
            net.setInput(values, name)
        return net.forward(names)

    found = forward()
    np.savez(folder / "outputs.npz", **dict(zip(names, found)))  # noqa: B905 - any Python 3
    print("ready", flush=True)
    for line in sys.stdin:
        taken = []
        for _ in range(int(line)):
            started = time.perf_counter()
            forward()
            taken.append(time.perf_counter() - started)
        print(*taken, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
