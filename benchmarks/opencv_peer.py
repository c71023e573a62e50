"""A net as OpenCV's dnn runs it, in a process of its own: see `peer_loop.py`."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.peer_loop import asked_for, serve


def main() -> None:
    folder, threads = asked_for()
    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromCaffe(str(folder / "net.prototxt"), str(folder / "net.caffemodel"))
    inputs = dict(np.load(folder / "inputs.npz"))
    names = net.getUnconnectedOutLayersNames()

    def forward() -> dict[str, np.ndarray]:
        for name, values in inputs.items():
            net.setInput(values, name)
        return dict(zip(names, net.forward(names)))  # noqa: B905 - any Python 3

    serve(folder, forward)


if __name__ == "__main__":
    main()
