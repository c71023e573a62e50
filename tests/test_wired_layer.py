"""What a layer in its place answers for the layer."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Layer, LayerError
from blobnet.proto import LayerParameter
from blobnet.wired_layer import WiredLayer


def wired(count):
    cls = type("Counting", (Layer,), {"multiply_adds": lambda self, bottom, top: count})
    return WiredLayer(cls(LayerParameter(name="it", type="Counting")))


@pytest.mark.parametrize("count", [0, 7, np.int64(7)])
def test_multiply_adds_are_those_of_the_layer(count):
    assert wired(count).multiply_adds() == count


@pytest.mark.parametrize("count", [2.5, -1, None, "7"])
def test_what_is_no_number_of_multiply_adds_is_refused_and_names_the_layer(count):
    with pytest.raises(LayerError, match='Counting layer "it": `multiply_adds` gives no number'):
        wired(count).multiply_adds()
