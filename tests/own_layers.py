"""A layer type with a message of its own, for tests: `mine_param { }`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from google.protobuf import descriptor_pool, text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message

from blobnet import layer_register
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.proto import FillerParameter, own_messages

FIELDS = {
    "alpha": 1.0,
    "size": 3,
    "flag": True,
    "label": str,
    "mode": ("SUM", "MAX"),
    "dims": [int],
    "weight_filler": FillerParameter,
    "fillers": [FillerParameter],
}


class Mine(Layer):
    """y = alpha * w * x, with one w."""

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom, top):
        self.alpha = self.own_param.alpha
        self.init_blob(0, (1,), self.own_param.weight_filler)

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = self.alpha * self.blobs_[0].data[0] * bottom[0].data

    def backward_cpu(self, top, propagate_down, bottom):
        if self.param_propagate_down_[0]:
            self.blobs_[0].diff[0] += self.alpha * (top[0].diff * bottom[0].data).sum()
        if propagate_down[0]:
            bottom[0].diff[...] = self.alpha * self.blobs_[0].data[0] * top[0].diff


@contextmanager
def registers_as_before() -> Iterator[None]:
    """Layer types and messages that are registered meanwhile are forgotten.

    Protobuf itself forgets none: each such message has a name that no other test uses.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
        patch.setattr(layer_register, "_ALIASES", dict(layer_register._ALIASES))
        patch.setattr(own_messages, "_fields", dict(own_messages._fields))
        yield


@contextmanager
def mine_registered() -> Iterator[type[Mine]]:
    """The type "Mine" is registered meanwhile."""
    with registers_as_before():
        if Mine.own_field_ is None:
            register_layer("Mine", param=FIELDS)(Mine)
        else:
            layer_register._LAYER_TYPES["Mine"] = Mine
            own_messages._fields["mine_param"] = Mine.own_field_
        yield Mine


def protoc_class(name: str, text: str) -> type[Message]:
    """The class of message `name`, as a module of protoc has it.

    text  a FileDescriptorProto, which is what such modules hold
    """
    file = text_format.Parse(text, FileDescriptorProto())
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return own_messages.class_of(pool.FindMessageTypeByName(f"{file.package}.{name}".lstrip(".")))
