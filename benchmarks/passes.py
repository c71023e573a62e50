"""Public nets, forward, and forward and backward, against PyTorch."""

from __future__ import annotations

from benchmarks.inputs import CLASSES, fill_inputs, give_statistics
from benchmarks.measure import Measured
from benchmarks.nets import Builder
from benchmarks.peers import TORCH, Pace, in_turns, requests, running
from blobnet.net import Net

PASSES = Pace(0.25, 3, 1)


def forward(build: Builder, batch: int, rounds: int, *, inference: bool) -> Measured:
    """A net with images in and probabilities out."""
    return requests(TORCH, lambda: build(batch), rounds, inference=inference)


def forward_backward(build: Builder, batch: int, rounds: int) -> Measured:
    """A net with losses, its gradients computed anew each time."""
    definition = build(batch, train=True)
    net = Net(definition, "TRAIN", seed=1)
    give_statistics(net)
    fill_inputs(net, CLASSES)

    def our_pass() -> None:
        net.clear_param_diffs()
        net.forward_backward()

    with running(TORCH, net, definition, work="forward_backward") as theirs:
        return in_turns(our_pass, theirs, rounds, PASSES)
