"""Recurrent layers to test: their prototxt, their bottoms, and where sequences start."""

from __future__ import annotations

import numpy as np

from blobnet.testing import LayerRun, run_layer

D = 3
NUM_STATES = {"LSTM": 2, "RNN": 1}
FILLERS = 'weight_filler { type: "gaussian" std: 0.7 } bias_filler { type: "gaussian" std: 0.5 }'

# Rows are timesteps, columns are streams.
CONTS = {
    "one sequence": [[0, 0], [1, 1], [1, 1], [1, 1]],
    "starts inside": [[0, 1], [1, 0], [0, 1], [1, 1]],
    "goes on from before": np.ones((4, 2)),
    "only starts": np.zeros((4, 2)),
    "fractions": [[0.5, 1], [-0.3, 0], [1, 2], [0.25, 0.75]],
    "one stream": [[0], [1], [1], [0], [1]],
    "one timestep": [[1, 0, 1]],
    "one value": [[1]],
}
STARTS = {name: cont for name, cont in CONTS.items() if name != "fractions"}
"""What cont is for: an LSTM's gradient is the derivative where every cont is 0 or 1."""


def prototxt(kind: str, options: str = "", fillers: str = FILLERS, more: str = "") -> str:
    return f"""
        name: "memory" type: "{kind}" {more}
        recurrent_param {{ num_output: {D} {fillers} {options} }}
    """


def recurrent(
    kind: str,
    rng: np.random.Generator,
    cont=CONTS["starts inside"],
    *,
    item: tuple[int, ...] = (2,),
    static: tuple[int, ...] | None = None,
    exposed: bool = False,
    options: str = "",
    **run_options,
) -> LayerRun:
    """A run of random x (and x_static, first states) whose layer carries a random state over."""
    T, N = np.shape(cont)
    bottom = [rng.normal(size=(T, N, *item)), cont]
    if static is not None:
        bottom.append(rng.normal(size=(N, *static)))
    if exposed:
        options += " expose_hidden: true"
        bottom += [rng.normal(size=(1, N, D)) for _ in range(NUM_STATES[kind])]
    run = run_layer(prototxt(kind, options), *bottom, **run_options)
    carry(run, rng.normal(size=(NUM_STATES[kind], N, D)))
    run.forward()
    return run


def carry(run: LayerRun, hidden) -> None:
    """Let the next forward begin with these states."""
    state = run.layer.get_state()
    run.layer.set_state({**state, "hidden": np.asarray(hidden).tolist()})


def carried(run: LayerRun) -> np.ndarray:
    return np.array(run.layer.get_state()["hidden"])
