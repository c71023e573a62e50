"""Back-propagation on a net so small that every number can be followed with a pencil.

    python models/by_hand/by_hand.py             # sigmoids everywhere
    python models/by_hand/by_hand.py --linear    # no sigmoid at the outputs

It prints one pass forward, one pass back and one step of the weights, then the error on the way.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

import blobnet
from blobnet.cli.options import threads_option

HERE = Path(__file__).parent


@click.command(
    "by_hand",
    help="Back-propagation on a net so small that every number can be followed with a pencil.",
    epilog="Example: blobnet demo by_hand --linear",
)
@click.option("--linear", is_flag=True, help="No sigmoid at the outputs.")
@threads_option
def command(linear: bool) -> None:
    solver = load_solver("linear_" if linear else "")
    print(f"The net: {solver.param.net}\n")
    print_forward(solver.net)
    print_backward(solver.net)
    print_step(solver)
    print_training(solver)
    print(f"\nnext: blobnet demo {'three_layer' if linear else 'by_hand --linear'}")


def load_solver(variant: str) -> blobnet.Solver:
    """The solver of the prototxt, in float64, wherever this folder lies."""
    param = blobnet.parse_solver((HERE / f"{variant}solver.prototxt").read_text(encoding="utf-8"))
    param.net = str(HERE / f"{variant}net.prototxt")
    return blobnet.get_solver(param, dtype="float64")


def print_forward(net: blobnet.Net) -> None:
    """From the inputs to the error."""
    net.forward()
    blobs = net.blobs
    print("Forward")
    show("inputs x", "", blobs["x"].data)
    show("hidden sums", "W x + b", blobs["hidden_sum"].data)
    show("hidden units h", "sigmoid of the sums", blobs["h"].data)
    if "output_sum" in blobs:
        show("output sums", "W h + b", blobs["output_sum"].data)
        show("outputs o", "sigmoid of the sums", blobs["o"].data)
    else:
        show("outputs o", "W h + b", blobs["o"].data)
    show("targets", "", blobs["target"].data)
    show("errors", "(o - target)^2 / 2", (blobs["o"].data - blobs["target"].data) ** 2 / 2)
    show("E", "the sum of the errors", blobs["E"].data)


def print_backward(net: blobnet.Net) -> None:
    """From the error to the gradient of every weight: the `diff` of every blob, last to first."""
    net.clear_param_diffs()
    net.backward()
    blobs, last = net.blobs, "dE/do"
    print("\nBackward: how E changes with each of them")
    show(last, "o - target", blobs["o"].diff)
    if "output_sum" in blobs:
        last = "dE/d output sums"
        show(last, "dE/do * o * (1 - o)", blobs["output_sum"].diff)
    show("dE/dw5 .. w8", "the line above * h", net.params["output"][0].diff)
    show("dE/dh", f"W^T of {last}", blobs["h"].diff)
    show("dE/d hidden sums", "dE/dh * h * (1 - h)", blobs["hidden_sum"].diff)
    show("dE/dw1 .. w4", "the line above * x", net.params["hidden"][0].diff)


def print_step(solver: blobnet.Solver) -> None:
    """All weights at once: dE/dh was computed with w5 .. w8 as they were before."""
    solver.step(1)
    print(f"\nOne step: w - {solver.param.base_lr:g} * dE/dw")
    show("w1 .. w4", "", solver.net.params["hidden"][0].data)
    show("w5 .. w8", "", solver.net.params["output"][0].data)


def print_training(solver: blobnet.Solver) -> None:
    """The error after more and more steps."""
    print("\nAfter   steps   E, and the outputs")
    steps = 1
    while steps <= solver.param.max_iter:
        solver.step(steps - solver.iter)
        solver.net.forward()
        o1, o2 = solver.net.blobs["o"].data[0]
        print(f"{steps:>13,}   {solver.net.loss:<16.9g} {o1:.9f}  {o2:.9f}")
        steps *= 10


def show(what: str, how: str, values: np.ndarray) -> None:
    """The numbers with twelve decimals; of weights a line for each unit that they lead to."""
    for row in np.atleast_2d(values):
        print(f"  {what:<17} {how:<24}" + "".join(f"{value:18.12f}" for value in row))
        what = how = ""


if __name__ == "__main__":
    command()
