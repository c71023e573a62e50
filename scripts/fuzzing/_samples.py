"""Sound files to break, and nets to read them with."""

from __future__ import annotations

from functools import cache

import numpy as np

import blobnet
from blobnet.proto import BlobProto, NetParameter

LAYERS = """
layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
  shape { dim: 2 dim: 3 } shape { dim: 2 }
  data_filler { type: "gaussian" } data_filler { value: 1 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param {
  num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "bn" type: "BatchNorm" bottom: "ip" top: "bn" }
layer { name: "a/b" type: "InnerProduct" bottom: "bn" top: "score" inner_product_param {
  num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "y" top: "loss" }
"""


@cache
def solver() -> blobnet.Solver:
    text = f'net_param {{ {LAYERS} }} base_lr: 0.1 lr_policy: "step" stepsize: 2 momentum: 0.9'
    made = blobnet.get_solver(blobnet.parse_solver(text + " max_iter: 4 random_seed: 1"))
    made.step(2)
    return made


@cache
def nets() -> list[bytes]:
    """Binary weights of every age, with floats and doubles, packed and not."""
    today = solver().net.to_proto(write_diff=True)
    old = NetParameter()
    for layer in today.layer:
        v1 = old.layers.add(name=layer.name, bottom=layer.bottom, top=layer.top, type=14)
        v1.blobs.extend(layer.blobs)
        for blob in v1.blobs:
            dims = [1, 1, 1, 1, *blob.shape.dim][-4:]
            blob.ClearField("shape")
            blob.num, blob.channels, blob.height, blob.width = dims
    oldest = NetParameter(name="2013")
    inner = oldest.layers.add().layer
    inner.name, inner.type, inner.num_output = "ip", "innerproduct", 4
    inner.blobs.add(num=1, channels=1, height=4, width=3, data=range(12))
    doubles = NetParameter(name="doubles")
    layer = doubles.layer.add(name="ip", type="InnerProduct")
    for size in ((4, 3), (4,)):
        layer.blobs.add(double_data=np.arange(np.prod(size))).shape.dim.extend(size)
    loose = layer.blobs[1].SerializeToString() + b"\x2d\0\0\x80\x3f" * 4
    doubles.layer[0].blobs.append(BlobProto.FromString(loose))
    messages = [today, old, oldest, doubles]
    return [message.SerializeToString() for message in messages]
