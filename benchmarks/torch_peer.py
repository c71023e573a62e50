"""A net as PyTorch's users write it, in a process of its own: see `peer_loop.py`.

The folder's task.json says what is done: {"phase": "TEST", "work": "forward"}, "forward_backward",
or "step" with the "settings" of its solver. The definition is read by blobnet, which runs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import blobnet  # isort: skip - first: it chooses kernels before numpy is imported

import numpy as np
import torch

from benchmarks.peer_loop import asked_for, serve
from benchmarks.torch_net import TorchNet

Tensors = Mapping[str, torch.Tensor]
Outputs = Mapping[str, np.ndarray]


def main() -> None:
    folder, threads = asked_for()
    torch.set_num_threads(threads)
    task = json.loads((folder / "task.json").read_text())
    definition, weights = str(folder / "net.prototxt"), str(folder / "net.caffemodel")
    net = TorchNet(blobnet.Net(definition, task["phase"], weights=weights))
    inputs = {name: torch.tensor(values) for name, values in np.load(folder / "inputs.npz").items()}
    if task["work"] == "forward":
        serve(folder, forwards(net, inputs))
    elif task["work"] == "forward_backward":
        serve(folder, passes(net, inputs))
    else:
        serve(folder, steps(net, inputs, **task["settings"]))


def forwards(net: TorchNet, inputs: Tensors) -> Callable[[], Outputs]:
    def forward() -> Outputs:
        with torch.no_grad():
            found = net.forward(**inputs)
        return {name: found[name].numpy() for name in net.outputs}

    return forward


def passes(net: TorchNet, inputs: Tensors) -> Callable[[], Outputs]:
    """Forward and backward; drawn numbers are PyTorch's own, so no output is to be compared."""

    def one_pass() -> Outputs:
        net.forward_backward(**inputs)
        return {}

    return one_pass


def steps(
    net: TorchNet, inputs: Tensors, *, base_lr: float, momentum: float, weight_decay: float
) -> Callable[[], Outputs]:
    """SGD with the solver's settings."""
    optimizer = torch.optim.SGD(
        net.parameters(), lr=base_lr, momentum=momentum, weight_decay=weight_decay
    )

    def step() -> Outputs:
        net.forward_backward(**inputs)
        optimizer.step()
        return {}

    return step


if __name__ == "__main__":
    main()
