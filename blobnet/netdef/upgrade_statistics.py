"""A setting of Intel's for a whole net: of how many items BatchNorm layers take statistics."""

from __future__ import annotations

from blobnet.proto import NetParameter


def spread_stats_batch_size(net_param: NetParameter) -> None:
    """Give every BatchNorm layer the net's `bn_stats_batch_size`, where that is stated."""
    if not net_param.HasField("bn_stats_batch_size"):
        return
    for layer in net_param.layer:
        if layer.type == "BatchNorm":
            layer.batch_norm_param.stats_batch_size = net_param.bn_stats_batch_size
