"""Watch gradients vanish and explode in one deep net, with other activations and first weights."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

import blobnet
from blobnet.cli.example_options import comparison_options
from blobnet.datasets.digits import load_digits
from blobnet.viz.curves import check_picture
from blobnet.viz.gradients import GradientRecorder, find_troubles, save_depth_picture
from blobnet.viz.gradients.depth import delta_by_depth

HELP = """\
Watch gradients vanish and explode: the same deep net with other activations and first weights.

Each net has 20 layers of 100 neurons and learns the digits that travel with blobnet. The table and
the picture show how large the gradient still is when it has come down from the loss to each layer,
in the first iteration; the table also shows what the net has learned afterwards.
"""

WIDTH, BATCH = 100, 64
ACTIVATIONS = ("Sigmoid", "TanH", "ReLU")
FILLERS = {
    "gaussian, std 0.01": 'type: "gaussian" std: 0.01',
    "gaussian, std 0.3": 'type: "gaussian" std: 0.3',
    "xavier": 'type: "xavier"',
    "msra": 'type: "msra"',
}


def deep_net(activation: str, filler: str, depth: int, width: int = WIDTH) -> str:
    """`depth` fully connected layers, each with the activation behind it, and the ten scores."""
    layers, x = [], "data"
    for number in range(1, depth + 1):
        layers.append(f"""
            layer {{ name: "ip{number}" type: "InnerProduct" bottom: "{x}" top: "ip{number}"
              inner_product_param {{ num_output: {width} weight_filler {{ {filler} }} }} }}
            layer {{ name: "act{number}" type: "{activation}"
              bottom: "ip{number}" top: "ip{number}" }}""")
        x = f"ip{number}"
    return f"""
        name: "deep {activation}"
        layer {{ name: "digits" type: "MemoryData" top: "data" top: "label"
          memory_data_param {{ batch_size: {BATCH} channels: 1 height: 28 width: 28 }} }}
        {"".join(layers)}
        layer {{ name: "scores" type: "InnerProduct" bottom: "{x}" top: "scores"
          inner_product_param {{ num_output: 10 weight_filler {{ type: "xavier" }} }} }}
        layer {{ name: "loss" type: "SoftmaxWithLoss"
          bottom: "scores" bottom: "label" top: "loss" }}
    """


def watch(
    activation: str, filler: str, depth: int, iterations: int
) -> tuple[GradientRecorder, float]:
    """Train a deep net; returns its gradients in iteration 0 and the mean of its last 10 losses."""
    solver = blobnet.get_solver(
        blobnet.parse_solver(f"""
            net_param {{ {deep_net(activation, filler, depth)} }}
            base_lr: 0.005 momentum: 0.9 lr_policy: "fixed" random_seed: 1
            snapshot_after_train: false
        """)
    )
    digits = load_digits()
    rows = len(digits.train_labels) // BATCH * BATCH
    images = digits.train_images[:rows, None] / np.float32(128) - 1  # -1 to 1
    labels = digits.train_labels[:rows].astype(np.float32)
    solver.net.layers[0].set_input_arrays(images, labels)
    beginning = GradientRecorder(every=iterations)
    solver.add_callback(beginning)
    try:
        solver.step(iterations)
    except blobnet.SolverError:
        return beginning, float("nan")  # the loss was no number any more
    return beginning, float(np.mean(solver.curves.losses[-10:]))


def table_row(activation: str, filler: str, recorder: GradientRecorder, loss: float) -> str:
    """One line of the table: sizes at three depths, the factor of one layer, words, the loss."""
    deltas = delta_by_depth(recorder)[:-1]  # without the scores
    places = (0, len(deltas) // 2 - 1, -1)
    factor = (deltas[0] / deltas[-1]) ** (1 / (len(deltas) - 1))
    kinds = dict.fromkeys(finding.kind for finding in find_troubles(recorder))
    sizes = "  ".join(f"{deltas[place]:8.1e}" for place in places)
    words = ", ".join(kinds) or "none"
    return f"{activation:<8} {filler:<19} {sizes}  {factor:8.3f}  {loss:6.3f}  {words}"


def print_header(depth: int, iterations: int) -> None:
    places = "  ".join(f"{f'layer {place}':>8}" for place in (1, depth // 2, depth))
    print("The delta's norm over that of the gradient that the loss hands down, in iteration 0;")
    print(f"the factor from a layer to the one below it; the loss after {iterations} iterations,")
    print("2.303 being a guess among ten; what `blobnet gradients` would say in iteration 0")
    print()
    print(f"{'':<8} {'first weights':<19} {places}  {'a layer':>8}  {'loss':>6}  troubles")


@click.command("vanishing", help=HELP, epilog="Example: blobnet demo vanishing --depth 30")
@click.option(
    "--depth",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    metavar="N",
    help="Layers of each net.",
)
@comparison_options("vanishing.png")
def command(depth: int, iterations: int, out: Path) -> None:
    check_picture(out, "drawing gradients")  # now, not at the end
    print_header(depth, iterations)
    panels: dict[str, dict[str, GradientRecorder]] = {}
    for activation in ACTIVATIONS:
        panels[activation] = nets = {}
        for name, filler in FILLERS.items():
            nets[name], loss = watch(activation, filler, depth, iterations)
            print(table_row(activation, name, nets[name], loss), flush=True)
    title = f"Gradients in iteration 0, on their way down through {depth} layers"
    save_depth_picture(panels, out, title)
    print(f"wrote {out}")
    print("next: blobnet gradients SOLVER OUT.png draws those of a net of yours")


if __name__ == "__main__":
    command()
