"""A net without its layers: these may come with weights, which take long to copy."""

from __future__ import annotations

from blobnet.proto import NetParameter


def without_layers(net_param: NetParameter) -> NetParameter:
    """A copy of all that the net says besides its layers."""
    bare = NetParameter()
    for field, value in net_param.ListFields():
        if field.name == "layer":
            continue
        if hasattr(value, "MergeFrom"):  # repeated fields have it as well as messages
            getattr(bare, field.name).MergeFrom(value)
        else:
            setattr(bare, field.name, value)
    return bare
