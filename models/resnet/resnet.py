"""A residual net and the plain net of the same depth learn the same digits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
import numpy as np
from residual_net import residual_net

import blobnet
from blobnet.cli.example_options import comparison_options
from blobnet.datasets.digits import load_digits
from blobnet.extras import import_extra
from blobnet.proto import SolverParameter
from blobnet.serialization.files import atomic_write
from blobnet.types import Array
from blobnet.viz.curves import check_picture
from blobnet.viz.gradients import GradientRecorder, LayerRecord
from blobnet.viz.gradients.depth import STYLES, draw_depth, has_weights

HELP = """\
A residual net and the plain net of the same depth learn the same digits.

Tells how both learn and draws it, beside the size of the gradient on its way down through each of
them. Shows in numbers that the gradient at a block's input is that at its output plus the branch's
part. The digits are those that travel with blobnet.
"""

SETTINGS = {
    "base_lr": 0.05,
    "lr_policy": "poly",  # with power 1: down to 0 in a straight line
    "power": 1,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "random_seed": 1,
    "snapshot_after_train": False,
}


def _checked_depth(ctx: click.Context, param: click.Parameter, depth: int) -> int:
    if depth < 8 or depth % 6 != 2:
        raise click.BadParameter(f"{depth} is not 6 n + 2: 8, 14, 20, ... 56, ...", ctx, param)
    return depth


@click.command("resnet", help=HELP, epilog="Example: blobnet demo resnet --depth 20")
@click.option(
    "--depth",
    type=int,
    default=56,
    show_default=True,
    callback=_checked_depth,
    metavar="N",
    help="Layers with weights: 6 n + 2.",
)
@comparison_options("resnet.png")
def command(depth: int, iterations: int, out: Path) -> None:
    check_picture(out, "drawing the comparison")  # now, not at the end
    losses, gradients = {}, {}
    for name in ("residual", "plain"):
        solver = make_solver(name == "residual", depth, iterations)
        print(f"{name}: {solver.net.name}, {len(solver.net.layers)} layers of all types")
        losses[name], gradients[name] = train(name, solver)
        if name == "residual":
            show_identity_term(solver.net, "stage1_block1")
    draw(out, losses, gradients)
    print(f"wrote {out}")
    print("next: blobnet demo vanishing, deep nets without BatchNorm")


def make_solver(
    shortcuts: bool,
    depth: int,
    iterations: int,
    *,
    batch: int = 32,
    every_pixel: int = 1,
    **net: Any,
) -> blobnet.Solver:
    """A solver with the digits in its nets; `every_pixel` 2 leaves out half of rows and columns."""
    digits = load_digits()
    rows = len(digits.train_labels) // batch * batch
    train, test = (
        np.ascontiguousarray(images[:, None, ::every_pixel, ::every_pixel] / np.float32(255))
        for images in (digits.train_images[:rows], digits.test_images)
    )
    definition = residual_net(depth, shortcuts=shortcuts, side=train.shape[-1], batch=batch, **net)
    never = iterations + 1  # `train` tests when it wants to
    times = {"max_iter": iterations, "test_iter": [1], "test_interval": never}
    times["test_initialization"] = False  # BatchNorm has no statistics yet
    solver = blobnet.get_solver(SolverParameter(net_param=definition, **SETTINGS, **times))
    solver.net.layers[0].set_input_arrays(train, digits.train_labels[:rows].astype(np.float32))
    tested = solver.test_nets[0].layers[0]
    tested.set_batch_size(len(test))
    tested.set_input_arrays(test, digits.test_labels.astype(np.float32))
    return solver


def train(name: str, solver: blobnet.Solver) -> tuple[list[float], GradientRecorder]:
    """Train, telling the loss now and then; returns all losses and the gradients of iteration 0."""
    beginning = GradientRecorder(every=solver.param.max_iter)
    solver.add_callback(beginning)
    started, pace = time.perf_counter(), max(solver.param.max_iter // 6, 1)
    while solver.iter < solver.param.max_iter:
        solver.step(min(pace, solver.param.max_iter - solver.iter))
        loss, accuracy = np.mean(solver.curves.losses[-pace:]), solver.test(0)["accuracy"]
        print(
            f"  iteration {solver.iter:>3}: loss {loss:.3f}, test accuracy {100 * accuracy:.1f} %, "
            f"{time.perf_counter() - started:.0f} s",
            flush=True,
        )
    return solver.curves.losses, beginning


# --- the identity term ----------------------------------------------------------------------------


def gradients_around(net: blobnet.Net, block: str) -> tuple[Array, Array, Array]:
    """Of an identity block: the gradient at its output, the branch's part, that at its input.

    The input goes into the branch and into the shortcut: a Split layer, which the net puts there by
    itself, adds what comes back from the two.
    """
    wired = {wired.layer.name: wired for wired in net.wired}
    end_of_branch = wired[f"{block}_a_bn"].bottom[0]
    split = next(layer for layer in net.wired if end_of_branch in layer.top)
    return net.blobs[block].diff, end_of_branch.diff, split.bottom[0].diff


def show_identity_term(net: blobnet.Net, block: str) -> None:
    dy, branch, dx = gradients_around(net, block)
    print(f"  the gradient at {block} in the last iteration, its norm:")
    print(f"    at the output  dy      {np.linalg.norm(dy):.3e}")
    print(f"    of the branch  branch  {np.linalg.norm(branch):.3e}")
    print(f"    at the input   dx      {np.linalg.norm(dx):.3e}")
    print(f"    dx - (dy + branch) is  {np.abs(dx - (dy + branch)).max():.3g} everywhere")


# --- the picture ----------------------------------------------------------------------------------


def draw(
    picture: Path, losses: dict[str, list[float]], gradients: dict[str, GradientRecorder]
) -> None:
    figure_module = import_extra("matplotlib.figure", "plot", "drawing the comparison")
    figure = figure_module.Figure(figsize=(12, 4.8), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    left.set(title="What they learn", xlabel="iteration", ylabel="training loss, mean of 10")
    for (name, values), (color, _, dash) in zip(losses.items(), STYLES, strict=False):
        window = min(10, len(values))
        smooth = np.convolve(values, np.ones(window) / window, "valid")
        iterations = np.arange(window - 1, len(values))
        left.plot(iterations, smooth, dash, color=color, label=name)
    left.set_ylim(bottom=0)
    left.grid(alpha=0.3)
    left.legend()
    right.set_title("The gradient in iteration 0")
    draw_depth(right, gradients, wanted=is_on_the_way)
    with atomic_write(picture) as temporary:
        figure.savefig(temporary, format="png")


def is_on_the_way(record: LayerRecord) -> bool:
    """Whether it is one of the `depth` layers, not one that fits a shortcut to a new stage."""
    return has_weights(record) and not record.name.endswith("_shortcut")


if __name__ == "__main__":
    command()
