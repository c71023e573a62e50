"""The most memory that a process takes which runs ResNet-50: ours, PyTorch's.

Each is measured in a process of its own, which imports nothing of the other:

    python -m benchmarks.memory ours forward 8 2       # batch 8, 2 threads; prints bytes
    python -m benchmarks.memory theirs training 8 2
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.measure import Measured

PASSES = 2


def peak(rounds: int, work: str = "forward", batch: int = 8) -> Measured:
    """Bytes; two processes of each are enough: memory does not vary as times do."""
    from benchmarks.measure import Measured
    from benchmarks.peers import TORCH
    from benchmarks.processes import python
    from blobnet.ops.parallel import num_threads

    rounds = min(rounds, 2)
    interpreters = sys.executable, os.environ.get(TORCH.variable, sys.executable)
    words = work, str(batch), str(num_threads())
    ours, theirs = (
        [
            float(python("-m", "benchmarks.memory", side, *words, interpreter=interpreter))
            for _ in range(rounds + 1)  # the first may compile kernels
        ][1:]
        for side, interpreter in zip(("ours", "theirs"), interpreters, strict=True)
    )
    return Measured(ours, theirs)


def our_forward(batch: int, threads: int) -> None:
    import blobnet  # first: it chooses kernels before numpy is imported
    from benchmarks.inputs import give_statistics, random_images
    from benchmarks.nets import resnet50

    blobnet.set_num_threads(threads)
    net = blobnet.Net(resnet50(batch), "TEST", seed=1, inference=True)
    give_statistics(net)
    images = random_images(net)
    for _ in range(PASSES):
        net.forward(data=images)


def our_training(batch: int, threads: int) -> None:
    import blobnet
    from benchmarks.inputs import CLASSES, fill_inputs
    from benchmarks.nets import resnet50
    from benchmarks.steps import make_solver

    blobnet.set_num_threads(threads)
    solver = make_solver(resnet50(batch, train=True), base_lr=0.001, momentum=0.9)
    fill_inputs(solver.net, CLASSES)
    solver.net.share_diffs()  # as `blobnet train` does
    solver.step(PASSES)


def their_forward(batch: int, threads: int) -> None:
    import torch

    from benchmarks.torch_resnet import ResNet50

    torch.set_num_threads(threads)
    net = ResNet50().eval()
    images = torch.rand(batch, 3, 224, 224)
    with torch.no_grad():
        for _ in range(PASSES):
            net(images)


def their_training(batch: int, threads: int) -> None:
    import torch

    from benchmarks.torch_resnet import ResNet50

    torch.set_num_threads(threads)
    net = torch.nn.Sequential(*[*ResNet50()][:-1])  # the loss has a softmax of its own
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    images, labels = torch.rand(batch, 3, 224, 224), torch.randint(1000, (batch,))
    for _ in range(PASSES):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()


WORKS = {
    ("ours", "forward"): our_forward,
    ("ours", "training"): our_training,
    ("theirs", "forward"): their_forward,
    ("theirs", "training"): their_training,
}


def peak_bytes(status: Path = Path("/proc/self/status")) -> int:
    """The most memory this process has had.

    Linux counts in `ru_maxrss` what the process had that started this one, so where the system
    says more, that is asked.
    """
    if status.exists():
        words = status.read_text().partition("VmHWM:")[2].split()
        return int(words[0]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    side, work, batch, threads = sys.argv[1:]
    WORKS[side, work](int(batch), int(threads))
    print(peak_bytes())
