"""What data layers share that read a roidb: they go through it in rounds, and begin a net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import wrong
from blobnet.python_layers.roi_data_layer._order import Order


class InRounds(PythonLayer):
    """A layer whose state is its place in the round of `_order`, which its setup makes."""

    _of_what = "images"
    _order: Order

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        return self._order.get_state()

    def set_state(self, state: dict[str, Any]) -> None:
        try:
            self._order.set_state(state)
        except (KeyError, TypeError, ValueError) as error:
            expected = f"the place of a RoIDataLayer in its round, for as many {self._of_what}"
            raise wrong(self, "a state of another layer", expected=expected, got=error) from error
