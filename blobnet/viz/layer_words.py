"""What pictures and traces say of a layer besides its formulas, which it has itself."""

from __future__ import annotations

from google.protobuf import text_format

from blobnet.layer import Layer

_UNTOLD = ("input_param", "dummy_data_param")  # shapes, which are shown anyway


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
