"""A net as ONNX Runtime runs it, in a process of its own, which imports nothing of ours.

    python onnxruntime_peer.py FOLDER THREADS

The folder has net.onnx and inputs.npz. What is said and done is told in `opencv_peer.py`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime


def main(folder: Path, threads: int) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(str(folder / "net.onnx"), options, providers=providers)
    inputs = dict(np.load(folder / "inputs.npz"))
    names = [output.name for output in session.get_outputs()]
    found = session.run(names, inputs)
    np.savez(folder / "outputs.npz", **dict(zip(names, found)))  # noqa: B905 - any Python 3
    print("ready", flush=True)
    for line in sys.stdin:
        taken = []
        for _ in range(int(line)):
            started = time.perf_counter()
            session.run(names, inputs)
            taken.append(time.perf_counter() - started)
        print(*taken, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
