"""What a layer's docstring says, as a test can read it."""

from __future__ import annotations

import inspect
import re

from blobnet.layer_register import layer_class
from blobnet.proto import LayerParameter

FIELD_OF = {
    field.message_type.name: field.name
    for field in LayerParameter.DESCRIPTOR.fields
    if field.message_type is not None
}
"""PoolingParameter: the field pooling_param of a layer."""


def docstring(type_name: str) -> str:
    return inspect.getdoc(layer_class(type_name)) or ""


def documented(type_name: str, blobs: str) -> list[str]:
    """The indices behind `bottom`, `top` or `blobs_` on lines that tell a shape, or any word."""
    lines = re.findall(rf"^{blobs}\[.*\S", docstring(type_name), re.M)
    told = [line for line in lines if re.search(r"\]\s+[\w(]", line)]
    return re.findall(rf"{blobs}\[([^]]+)\]", "\n".join(told))


def messages_of(type_name: str) -> list[str]:
    """The fields of LayerParameter that the type reads: what stands behind `Proto:`."""
    stated = re.search(r"^Proto: (.*?)(?:\.\s|\.$|, of which)", docstring(type_name), re.M)
    assert stated, f"{type_name}: a line `Proto: ...` in the docstring"
    if stated.group(1) == "none":
        return []
    return [FIELD_OF[name] for name in stated.group(1).split(", ")]
