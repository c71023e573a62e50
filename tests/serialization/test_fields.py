"""Messages that ask for more than they are, and those that only look like it."""

from __future__ import annotations

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from blobnet import WeightsError
from blobnet.proto import BlobProto, NetParameter, SolverState
from blobnet.proto.own_messages import add_message
from blobnet.serialization.fields import check_fields, parse
from blobnet.serialization.weights import read_weights
from tests.own_layers import protoc_class, registers_as_before

MANY = 300_000  # fields of 4 KiB: more than a GiB


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


BOMBS = {
    "layers": field(100, b"") * MANY,
    "old layers": field(2, b"") * MANY,
    "blobs": field(100, field(7, b"") * MANY),
    "blobs of several layers": field(100, field(7, b"") * (MANY // 30)) * 30,
    "settings": field(100, field(6, b"") * MANY),
    "shapes within a setting": field(100, field(109, field(6, b"") * (MANY * 20))),
    "names": field(100, field(3, b"") * MANY),
    "numbers": field(100, b"\x50\x01" * MANY),
    "unknown fields": field(100, field(1000, b"") * MANY),
    "2013": field(2, field(1, field(50, b"") * MANY)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_message_of_very_many_fields_is_refused(name, tmp_path):
    path = tmp_path / "w.caffemodel"
    path.write_bytes(BOMBS[name])
    with pytest.raises(
        WeightsError, match=r"w\.caffemodel, .*many fields(.*\n)*.*MAX_BYTES=\d+GiB"
    ):
        read_weights(path)


def test_the_user_may_allow_more(tmp_path, monkeypatch):
    path = tmp_path / "w.caffemodel"
    path.write_bytes(field(100, field(1, b"ip") + field(7, b"") * MANY))
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "2GiB")
    assert len(read_weights(path)["ip"]) == MANY


def test_numbers_that_are_not_packed_are_no_fields_of_their_own(tmp_path):
    values = np.arange(MANY, dtype="<f4")
    loose = b"".join(b"\x2d" + value.tobytes() for value in values)
    blob = loose + field(7, field(1, varint(MANY)))
    path = tmp_path / "w.caffemodel"
    path.write_bytes(field(100, field(1, b"ip") + field(7, blob)))
    np.testing.assert_array_equal(read_weights(path)["ip"][0].load(), values)


def test_doubles_that_are_not_packed_are_none_either():
    content = b"".join(b"\x41" + value.tobytes() for value in np.arange(MANY, dtype="<f8"))
    check_fields(content, BlobProto, "it", WeightsError)
    assert BlobProto.FromString(content).double_data[-1] == MANY - 1


@pytest.mark.parametrize("kind", [NetParameter, BlobProto, SolverState])
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 40, b"\x08", b"\x2d\0", b"\x0a\xff\xff\xff\xff\x0f", b"\x0b\x0c", b"\x07"],
)
def test_what_is_broken_is_left_to_protobuf(content, kind):
    check_fields(content, kind, "it", WeightsError)


def test_protobuf_without_memory_is_no_broken_message():
    class Full:
        DESCRIPTOR = BlobProto.DESCRIPTOR

        @staticmethod
        def FromString(data):  # noqa: N802
            raise DecodeError("Error parsing message: Arena alloc failed")

    with pytest.raises(MemoryError):
        parse(b"", Full, "it", WeightsError)
    with pytest.raises(DecodeError):
        parse(b"\xff", BlobProto, "it", WeightsError)


# --- messages of layer types that are no part of the schema ---------------------------------------


def test_an_own_message_of_very_many_fields_is_refused(mine, tmp_path):
    own = field(mine.own_field_.extension.number, field(8, b"") * (MANY * 20))
    path = tmp_path / "w.caffemodel"
    path.write_bytes(field(100, own))
    with pytest.raises(WeightsError, match="many fields"):
        read_weights(path)


def test_a_message_may_hold_others_of_its_kind():
    cls = protoc_class(
        "TreeParameter",
        """
        name: "fields_tree.proto" package: "fields"
        message_type { name: "TreeParameter"
          field { name: "branch" number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED
                  type_name: ".fields.TreeParameter" } }
        """,
    )
    with registers_as_before():
        number = add_message("FieldsTree", cls).extension.number
        small = field(100, field(number, field(1, field(1, field(1, b"")))))
        check_fields(small, NetParameter, "w", WeightsError)
        large = field(100, field(number, field(1, field(1, b"") * MANY)))
        with pytest.raises(WeightsError, match="many fields"):
            check_fields(large, NetParameter, "w", WeightsError)
