"""Train LeNet-5 from Python, step by step, and look at what changes.

    blobnet dataset mnist .
    python examples/train_lenet.py [ITERATIONS]

Run it in the folder that holds `models/` and the two databases.
"""

import sys

import numpy as np

import blobnet


def main(iterations: int = 200) -> None:
    """Train for some iterations and print how the first layer's weights move."""
    solver = blobnet.get_solver("models/lenet5/solver.prototxt")
    weight = solver.net.params["conv1"][0]
    for _ in range(iterations // 50):
        before = weight.data.copy()
        solver.step(50)
        moved = np.abs(weight.data - before).mean()
        print(f"iteration {solver.iter}: loss {solver.loss:.4f}, conv1 moved by {moved:.5f}")
    scores = solver.test(0)
    print(f"test accuracy {scores['accuracy']:.4f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
