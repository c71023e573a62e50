"""The most memory that a process takes which runs a forward of ResNet-50: ours, PyTorch's.

Each is measured in a process of its own, which imports nothing of the other:

    python -m benchmarks.memory ours 8 2       # batch 8, 2 threads; prints bytes
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.measure import Measured

PASSES = 2


def peak(rounds: int, batch: int = 8) -> Measured:
    """Bytes; two processes of each are enough: memory does not vary as times do."""
    from benchmarks.measure import Measured
    from benchmarks.processes import python
    from blobnet.ops.parallel import num_threads

    rounds = min(rounds, 2)
    ours, theirs = (
        [
            float(python("-m", "benchmarks.memory", side, str(batch), str(num_threads())))
            for _ in range(rounds + 1)  # the first may compile kernels
        ][1:]
        for side in SIDES
    )
    return Measured(ours, theirs)


def run_ours(batch: int, threads: int) -> None:
    import blobnet  # first: it chooses kernels before numpy is imported
    from benchmarks.inputs import give_statistics, random_images
    from benchmarks.nets import resnet50

    blobnet.set_num_threads(threads)
    net = blobnet.Net(resnet50(batch), "TEST", seed=1, inference=True)
    give_statistics(net)
    images = random_images(net)
    for _ in range(PASSES):
        net.forward(data=images)


def run_theirs(batch: int, threads: int) -> None:
    import torch

    from benchmarks.torch_resnet import ResNet50

    torch.set_num_threads(threads)
    net = ResNet50().eval()
    images = torch.rand(batch, 3, 224, 224)
    with torch.no_grad():
        for _ in range(PASSES):
            net(images)


SIDES = {"ours": run_ours, "theirs": run_theirs}


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
    side, batch, threads = sys.argv[1:]
    SIDES[side](int(batch), int(threads))
    print(peak_bytes())
