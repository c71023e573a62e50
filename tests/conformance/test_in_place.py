"""A top that is the layer's own bottom: refused, or the same numbers as with one of its own."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.blob import Blob
from blobnet.layer_register import create_layer
from blobnet.proto import Phase
from blobnet.testing import _blob_of, parse_layer
from tests.conformance.case import prototxt
from tests.conformance.catalogue import STATED, every_case, is_ours

LOSSES = sorted(
    name for name, stated in STATED.items() if name.endswith("Loss") and stated.bottoms == 2
)


def passed(type_name, case, shared):
    """The values and gradients of a pass in which top i is bottom i, for the i in `shared`."""
    rng, param = np.random.default_rng(3), parse_layer(prototxt(type_name, case))
    layer = create_layer(
        param, phase=Phase.Value(case.phase), dtype=np.float64, rng=np.random.default_rng(0)
    )
    bottom = [_blob_of(draw(3, rng), np.float64) for draw in case.bottoms]
    x = [blob.data.copy() for blob in bottom]
    top = [Blob(dtype=np.float64) for _ in range(num_tops(layer, case))]
    for index in shared:
        top[index] = bottom[index]
    layer.initialize(bottom, top)
    for blob in layer.blobs_:
        blob.data[...] = case.weights(np.random.default_rng(99), blob.shape)
    for blob, values in zip(bottom, x, strict=True):
        blob.reshape(values.shape)
        blob.data[...] = values
    layer.rng = np.random.default_rng(5)
    layer.forward(bottom, top)
    y = [blob.data.copy() for blob in top]
    for blob in top:
        blob.diff[...] = rng.normal(size=blob.shape)
    wanted = [layer.allow_force_backward(index) for index in range(len(bottom))]
    if not any(wanted):
        return y, []
    layer.backward(top, wanted, bottom)
    return y, [
        blob.diff.copy() for blob, is_wanted in zip(bottom, wanted, strict=True) if is_wanted
    ]


def num_tops(layer, case):
    if layer.equal_num_bottom_top_blobs:
        return len(case.bottoms)
    if case.num_top is not None:
        return case.num_top
    return 1 if layer.exact_num_top_blobs is None else layer.exact_num_top_blobs


@every_case(only=is_ours)
def test_in_place_is_refused_or_right(type_name, case):
    for index in (0, 1):
        try:
            y, dx = passed(type_name, case, [index])
        except blobnet.LayerError:
            continue
        except IndexError:  # it has no such bottom or top
            continue
        expected = passed(type_name, case, [])
        for values, right in zip(y + dx, expected[0] + expected[1], strict=True):
            values = values.reshape(right.shape)
            np.testing.assert_allclose(values, right, rtol=1e-9, atol=1e-12, err_msg=f"{index}")


@pytest.mark.parametrize("type_name", LOSSES)
def test_a_net_refuses_a_loss_in_the_place_of_what_it_judges(type_name):
    text = f"""
        layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: 2 dim: 3 }} }} }}
        layer {{ name: "y" type: "Input" top: "y" input_param {{ shape {{ dim: 2 }} }} }}
        layer {{ name: "l" type: "{type_name}" bottom: "x" bottom: "y" top: "x" }}"""
    with pytest.raises(blobnet.LayerError, match=f'{type_name} layer "l": .*does not allow'):
        blobnet.Net(blobnet.parse_net(text), "TRAIN")
