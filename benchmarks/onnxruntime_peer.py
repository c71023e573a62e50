"""A net as ONNX Runtime runs it, in a process of its own: see `peer_loop.py`."""

from __future__ import annotations

import numpy as np
import onnxruntime

from benchmarks.peer_loop import asked_for, serve


def main() -> None:
    folder, threads = asked_for()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(str(folder / "net.onnx"), options, providers=providers)
    inputs = dict(np.load(folder / "inputs.npz"))
    names = [output.name for output in session.get_outputs()]
    serve(folder, lambda: dict(zip(names, session.run(names, inputs))))  # noqa: B905 - any Python 3


if __name__ == "__main__":
    main()
