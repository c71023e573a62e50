"""A file of settings that the data layer of a net names, in D-X-Y/caffe-faster-rcnn, for all."""

from __future__ import annotations

from blobnet.proto import NetParameter

_DATA = ("FrcnnRoiData", "FrcnnVidData")
_OTHERS = ("FrcnnAnchorTarget", "FrcnnProposal", "FrcnnProposalTarget")


def spread_frcnn_config(net_param: NetParameter) -> None:
    """Give the net's other Frcnn layers the data layer's `config`, unless they have their own."""
    stated = [layer.window_data_param.config for layer in net_param.layer if layer.type in _DATA]
    if not any(stated):
        return
    config = [path for path in stated if path][-1]  # that of the last is what holds there
    for layer in net_param.layer:
        if layer.type in _OTHERS and not layer.window_data_param.config:
            layer.window_data_param.config = config
