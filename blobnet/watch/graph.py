"""A net as a page draws it: rows of layers, and the ways of the blobs, as in `blobnet draw`."""

from __future__ import annotations

from typing import Any

from blobnet.net import Net
from blobnet.viz import layer_words
from blobnet.viz.names import visible
from blobnet.viz.nets.layout import lay_out

_LONGEST = 60


def net_graph(net: Net) -> dict[str, Any]:
    """In JSON's types: what of a net stays as it is while it learns.

    A layer's `id` is its position in the net, which has Splits of its own in between.
    """
    layout = lay_out(net)
    positions = {id(wired): position for position, wired in enumerate(net.wired)}
    layers = [
        {
            "id": positions[id(wired)],
            "name": visible(wired.layer.name, _LONGEST),
            "type": visible(wired.layer.type, _LONGEST),
            "group": layer_words.group(wired.layer),
            "settings": visible(layer_words.settings(wired.layer), 300),
            "formula": visible(wired.layer.formula, 400),
            "gradient": visible(wired.layer.gradient_formula, 400),
            "bottoms": [visible(name, _LONGEST) for name in wired.bottom_names],
            "tops": [
                {"name": visible(name, _LONGEST), "shape": list(blob.shape)}
                for name, blob in zip(wired.top_names, wired.top, strict=True)
            ],
            "weights": [list(blob.shape) for blob in wired.layer.blobs_],
            "in_place": any(map(wired.works_in_place_at, range(len(wired.top)))),
            "backward": wired.need_backward,
            "loss": any(wired.layer.loss_),
            "track": track,
        }
        for wired, track in zip(layout.layers, layout.tracks, strict=True)
    ]
    lines = [
        {"name": line.name, "track": line.track, "start": line.start, "ends": line.ends}
        for line in layout.lines
    ]
    return {"name": visible(net.name or "net", _LONGEST), "layers": layers, "lines": lines}
