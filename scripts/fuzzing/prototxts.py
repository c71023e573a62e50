"""Definitions of nets and solvers, of every age, as text files."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from blobnet.proto import LayerParameter
from blobnet.serialization.prototxt import read_net, read_solver, read_text, write_text
from scripts.fuzzing._rounds import draw, one_of, show, smaller
from scripts.fuzzing._texts import broken

__all__ = ["draw", "run", "show", "smaller"]

_OWN = [
    'name: "a" # b\nlayer { name: "c" type: "ReLU" bottom: "d" top: "e" phase: TEST }\n',
    'layers { name: "r" type: RELU bottom: "a" top: "a" blobs_lr: 1 weight_decay: 2 }',
    'input: "x" input_dim: 1 input_dim: 3 input_dim: 2 input_dim: 2 layers { layer { name: "c" '
    'type: "conv" num_output: 4 kernelsize: 3 pad: 1 weight_filler { type: "xavier" } } '
    'bottom: "x" top: "c" } layers { layer { name: "p" type: "padding" pad: 1 } bottom: "c" }',
    'net: "C:\\\\net.prototxt" base_lr: 0.1 lr_policy: "step" solver_type: ADAM test_iter: [1, 2]',
    'layer { name: "p" type: "Python" python_param { module: "a" param_str: "{\'b\': 1}" } }',
]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_round], case)


def _round(rng: random.Random, folder: Path) -> None:
    path = folder / "n.prototxt"
    path.write_bytes(broken(rng, _texts()))
    kind = rng.randrange(3)
    if kind == 2:
        read_text(path, LayerParameter())
        return
    message = (read_net, read_solver)[kind](path)
    write_text(path, message)
    if read_text(path, type(message)()) != message and "nan" not in str(message):
        raise AssertionError("what was written is not what is read")


@cache
def _texts() -> list[str]:
    models = Path(__file__).parents[2] / "models"
    found = [path.read_text(encoding="utf-8") for path in sorted(models.rglob("*.prototxt"))]
    return _OWN + [text for text in found if len(text) < 6000]
