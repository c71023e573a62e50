"""PyTorch's side of the rows does what ours does."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.steps import LENET_SETTINGS, lenet_solver

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def test_pytorch_learns_what_the_solver_learns():
    from benchmarks.torch_net import TorchNet
    from benchmarks.torch_peer import steps

    solver = lenet_solver(batch=4)
    for blob in solver.net.learnable_params:  # biases begin with 0: let them say something
        blob.data += np.float32(0.01)
    solver.net.params_lr[:] = [1.0] * len(solver.net.params_lr)
    theirs = TorchNet(solver.net)
    inputs = {name: torch.tensor(solver.net.blobs[name].data) for name in solver.net.inputs}
    step = steps(theirs, inputs, **LENET_SETTINGS)
    for _ in range(3):
        solver.step(1)
        step()
    for name, blobs in solver.net.params.items():
        for blob, tensor in zip(blobs, theirs.weights[name], strict=True):
            np.testing.assert_allclose(blob.data, tensor.detach(), rtol=1e-3, atol=1e-5)
