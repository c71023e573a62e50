"""What a layer computes, in a line each: for pictures and for traces.

The words are those of the layer's docstring: its first line, and what it says of its gradients.
FORMULAS has the types whose first line is a sentence and no formula.
"""

from __future__ import annotations

import re

from google.protobuf import text_format

from blobnet.layer import Layer

FORMULAS = {
    "Concat": "y = x_0, x_1, ... one behind the other",
    "Convolution": "y[n, o, p] = b[o] + sum over c, k of W[o, c, k] * x[n, c, stride p + "
    "dilation k - pad]",
    "Deconvolution": "y[n, o, stride p + dilation k - pad] += W[c, o, k] * x[n, c, p] for all "
    "c, p, k;  y += b",
    "Eltwise": "PROD: y = x_0 * x_1 * ...;  SUM: y = coeff[0] * x_0 + coeff[1] * x_1 + ...;  "
    "MAX: y = the largest of x_0, x_1, ...",
    "Filter": "y = the items of x whose selector is not 0",
    "Flatten": "y = x, several axes as one",
    "LRN": "y = x / s^beta,  s = k + alpha / n * sum of x^2 nearby",
    "LSTM": "i, f, o, g = W_xc @ x + b_c + W_hc @ h', sigmoid of i, f, o, tanh of g;  "
    "c = f * c' + i * g,  h = o * tanh(c)",
    "Pooling": "MAX: y = the largest x in the window;  AVE: y = sum of x in the window / its size",
    "Reshape": "y = x, with other axes",
    "RNN": "h = tanh(W_xh @ x + b_h + W_hh @ h'),  o = tanh(W_ho @ h + b_o)",
    "Slice": "y_0, y_1, ... = the parts of x, one behind the other",
    "Split": "y_i = x",
    "Tile": "y = x, x, ... one behind the other",
}

_UNTOLD = ("input_param", "dummy_data_param")  # shapes, which are shown anyway


def formula(layer: Layer) -> str:
    """What the layer computes; empty for a class without docstring."""
    if layer.type in FORMULAS:
        return FORMULAS[layer.type]
    return (type(layer).__doc__ or "").strip().partition("\n")[0].strip()


def gradient_formula(layer: Layer) -> str:
    """How the layer makes its bottoms' and weights' gradients of its tops'; may be empty."""
    docstring = type(layer).__doc__ or ""
    match = re.search(r"^ *Gradients(?:: *|, )(.*?)(?:^ *Proto:|\n *\n|\Z)", docstring, re.M | re.S)
    words = re.sub(r"\s*\n\s*", " ", match.group(1)).strip() if match else ""
    return re.split(r" (?:May|Cannot) work in place", words)[0]


def settings(layer: Layer) -> str:
    """What the prototxt states about the layer, fillers left out: `num_output: 20 ...`."""
    words = []
    for field, value in layer.layer_param_.ListFields():
        told = field.name.endswith("_param") or field.is_extension
        if not told or field.name in _UNTOLD:
            continue
        stated = type(value)()
        stated.CopyFrom(value)
        for inner in stated.DESCRIPTOR.fields:
            if inner.name.endswith("filler"):
                stated.ClearField(inner.name)
        words.append(text_format.MessageToString(stated, as_one_line=True).strip())
    weights = [weight for weight in layer.loss_ if weight not in (0, 1)]
    return " ".join([*filter(None, words), *(f"loss_weight: {weight:g}" for weight in weights)])


def group(layer: Layer) -> str:
    """The catalogue's group of the layer: vision, loss ...; `other` for a class of your own."""
    package, _, rest = type(layer).__module__.partition(".layers.")
    return rest.partition(".")[0] if package == "blobnet" and rest else "other"
