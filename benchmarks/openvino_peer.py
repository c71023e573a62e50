"""A net as OpenVINO runs it, in a process of its own: see `peer_loop.py`."""

from __future__ import annotations

import numpy as np
import openvino

from benchmarks.peer_loop import asked_for, serve


def main() -> None:
    folder, threads = asked_for()
    # float32, as all others compute: without being told it may take bf16 where a processor has it
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
    }
    model = openvino.compile_model(str(folder / "net.onnx"), "CPU", settings)
    inputs = dict(np.load(folder / "inputs.npz"))
    request = model.create_infer_request()

    def forward() -> dict[str, np.ndarray]:
        found = request.infer(inputs)
        return {output.get_any_name(): found[output] for output in model.outputs}

    serve(folder, forward)


if __name__ == "__main__":
    main()
