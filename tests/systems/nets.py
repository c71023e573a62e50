"""Words for the nets of whole systems, and how they are trained on what a function makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import blobnet

Batch = dict[str, np.ndarray]


def inputs(**shapes: tuple[int, ...]) -> str:
    """An Input layer with the tops and shapes."""
    tops = " ".join(f'top: "{name}"' for name in shapes)
    dims = " ".join(
        f"shape {{ {' '.join(f'dim: {dim}' for dim in shape)} }}" for shape in shapes.values()
    )
    return f'layer {{ name: "in" type: "Input" {tops} input_param {{ {dims} }} }}\n'


def layer(kind: str, bottoms: str, tops: str = "", settings: str = "") -> str:
    """A layer named after its first top; in place where it has no top of its own."""
    names = (tops or bottoms).split()
    name = names[0] if tops else f"{names[0]}_{kind}"
    words = [f'bottom: "{each}"' for each in bottoms.split()] + [f'top: "{each}"' for each in names]
    return f'layer {{ name: "{name}" type: "{kind}" {" ".join(words)} {settings} }}\n'


def conv(bottom: str, top: str, channels: int, *, kernel: str = "", settings: str = "") -> str:
    """A convolution that keeps the size, unless its kernel is stated."""
    return layer(
        "Convolution",
        bottom,
        top,
        f"""{settings} convolution_param {{
        num_output: {channels} {kernel or "kernel_size: 3 pad: 1"}
        weight_filler {{ type: "msra" }} }}""",
    )


def relu(blob: str) -> str:
    return layer("ReLU", blob)


def normalized(blob: str) -> str:
    """BatchNorm, with averages of some ten batches as trainings are short, Scale and ReLU."""
    average = "batch_norm_param { moving_average_fraction: 0.9 }"
    scale = layer("Scale", blob, settings="scale_param { bias_term: true }")
    return layer("BatchNorm", blob, settings=average) + scale + relu(blob)


def solver_of(net: str, settings: str) -> blobnet.Solver:
    param = blobnet.parse_solver('lr_policy: "fixed" random_seed: 3 snapshot_after_train: false')
    param.MergeFrom(blobnet.parse_solver(settings))
    param.net_param.CopyFrom(blobnet.parse_net(net))
    return blobnet.get_solver(param)


def learn(solver: blobnet.Solver, make: Callable[[], Batch], steps: int) -> list[float]:
    """The loss of each step."""
    losses = []
    for _ in range(steps):
        give(solver.net, make())
        solver.step(1)
        losses.append(float(solver.loss))
    return losses


def give(net: blobnet.Net, batch: Batch) -> None:
    for name, values in batch.items():
        net.blobs[name].data[...] = values


def deployed(solver: blobnet.Solver, net: str, folder, **options) -> blobnet.Net:
    """A net for TEST with the weights that the solver saves."""
    solver.net.save(folder / "trained.caffemodel")
    definition = blobnet.parse_net(net)
    return blobnet.Net(definition, weights=folder / "trained.caffemodel", phase="TEST", **options)
