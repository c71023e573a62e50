"""Names and definitions as somebody writes them who means no good."""

from __future__ import annotations

ESCAPES = "\x1b]0;title\x07\x1b[2J\r\b\x85\x9b\u202e\u200b\u2066"
FORGED = "I1129 00:00:00.000000 1 solver.py:1] Iteration 9, loss = 0"
NAME = f"$\\frac{{a$ [/] [red] {ESCAPES}\n{FORGED}"
"""Escape codes, C1, directions, rich's markup, a formula, and a line of a log."""

SHOWN = r"$\frac{a$ [/] [red] \x1b]0;title\x07\x1b[2J\r\x08\x85\x9b\u202e\u200b\u2066\n" + FORGED
"""The same as it may be shown."""


def quoted(text: str) -> str:
    """A text as a prototxt has it: its bytes in octal."""
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


def net_of(name: str) -> str:
    """A small net all of whose names begin with a letter and go on with `name`."""
    data, x, conv, ip, loss = (quoted(f"{letter}{name}") for letter in "dxcil")
    filler = 'weight_filler { type: "gaussian" std: 0.5 }'
    return f"""
    name: {quoted(name)}
    layer {{ name: {data} type: "DummyData" top: {x} top: "y"
      dummy_data_param {{ shape {{ dim: 6 dim: 1 dim: 5 dim: 5 }} shape {{ dim: 6 dim: 3 }}
        data_filler {{ type: "gaussian" std: 1 }} data_filler {{ type: "uniform" }} }} }}
    layer {{ name: {conv} type: "Convolution" bottom: {x} top: {conv}
      convolution_param {{ num_output: 3 kernel_size: 2 {filler} }} }}
    layer {{ name: {ip} type: "InnerProduct" bottom: {conv} top: {ip}
      inner_product_param {{ num_output: 3 {filler} }} }}
    layer {{ name: {loss} type: "EuclideanLoss" bottom: {ip} bottom: "y" top: {loss} }}
    """


def control_characters(text: str) -> set[str]:
    """What of a text works upon a terminal; line ends and tabs are ours."""
    return {letter for letter in text if not letter.isprintable() and letter not in "\n\t"}
