"""How code outside looks at a net while it runs: functions called around every layer.

Caffe: Net::Callback in net.hpp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

LayerCallback = Callable[[int], None]
"""Gets the position of the layer in `net.layers` and `net.wired`."""


@dataclass
class NetCallbacks:
    """Functions that a net calls before and after each layer, in the order of these lists.

        net.callbacks.after_forward.append(lambda i: print(net.layer_names[i]))

    Between them lies all that in-place layers overwrite later: after a layer's forward its tops
    hold its own values, before its backward their diffs are what came down to it.
    """

    before_forward: list[LayerCallback] = field(default_factory=list)
    after_forward: list[LayerCallback] = field(default_factory=list)
    before_backward: list[LayerCallback] = field(default_factory=list)
    after_backward: list[LayerCallback] = field(default_factory=list)

    @property
    def watch_forward(self) -> bool:
        """Whether anybody wants to be called in a forward."""
        return bool(self.before_forward or self.after_forward)

    @property
    def watch_backward(self) -> bool:
        """Whether anybody wants to be called in a backward."""
        return bool(self.before_backward or self.after_backward)
