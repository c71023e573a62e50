"""Our reading and writing of protobuf's wire format against protobuf's own."""

from __future__ import annotations

import io

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from blobnet import Blob, parse_net
from blobnet.proto import BlobProto, LayerParameter, NetParameter, SolverState
from blobnet.serialization import wire
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.serialization.wire import (
    Allowance,
    Span,
    UnusualMessageError,
    array_pieces,
    message_pieces,
    size_of,
    split_message,
    write_pieces,
)

LAYER = parse_net(
    """layer { name: "ip" type: "InnerProduct" bottom: "x" bottom: "y" top: "z" phase: TEST
         loss_weight: 0.5 loss_weight: 2 param { lr_mult: 3 name: "shared" } param { }
         propagate_down: true propagate_down: false include { phase: TEST stage: "s" }
         inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }"""
).layer[0]


def joined(pieces) -> bytes:
    return b"".join(pieces)


# --- writing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("write_diff", [False, True])
@pytest.mark.parametrize("shape", [(2, 3), (), (1,), (0,), (2, 0, 3), (300, 2), (1, 2, 3, 4, 5)])
def test_an_array_is_written_as_a_blob_message_would_be(shape, write_diff, dtype, rng):
    blob = Blob(shape, dtype=dtype)
    blob.data[...], blob.diff[...] = rng.normal(size=(2, *shape))
    pieces = array_pieces(blob.data, blob.diff if write_diff else None)
    assert joined(pieces) == blob_to_proto(blob, write_diff).SerializeToString()
    assert size_of(pieces) == len(joined(pieces))


def test_the_numbers_are_not_copied():
    array = np.zeros((3, 4), "f4")
    piece = next(piece for piece in array_pieces(array) if isinstance(piece, memoryview))
    array[...] = 1
    assert np.frombuffer(piece, "f4").all()


def test_other_byte_orders_and_arrays_with_gaps_are_written_alike(rng):
    array = rng.normal(size=(4, 6)).astype("f4")
    expected = joined(array_pieces(array[::2, ::3].copy()))
    assert joined(array_pieces(array[::2, ::3])) == expected
    assert joined(array_pieces(array.astype(">f4")[::2, ::3])) == expected


def test_a_layer_keeps_the_order_of_its_fields(rng):
    blobs = [Blob(2, 3), Blob(200)]
    expected = LayerParameter()
    expected.CopyFrom(LAYER)
    for blob in blobs:
        blob.data[...] = rng.normal(size=blob.shape)
        expected.blobs.append(blob_to_proto(blob))
    pieces = message_pieces(LAYER, 7, [array_pieces(blob.data) for blob in blobs])
    assert joined(pieces) == expected.SerializeToString()
    pieces = message_pieces(expected, 7, [array_pieces(blob.data) for blob in blobs])
    assert joined(pieces) == expected.SerializeToString(), "its own blobs are left out"


def test_fields_of_another_program_are_kept():
    strange = LayerParameter.FromString(LAYER.SerializeToString() + b"\xca\x3e\x02hi")
    assert joined(message_pieces(strange, 7, [])) == strange.SerializeToString()


def test_a_state_has_single_numbers_before_and_behind_its_history():
    state = SolverState(iter=300, learned_net="w", current_step=2, blobnet_state=b"{}")
    expected = SolverState()
    expected.CopyFrom(state)
    expected.history.append(blob_to_proto(Blob(2)))
    pieces = message_pieces(state, 3, [array_pieces(np.zeros(2, "f4"))])
    assert joined(pieces) == expected.SerializeToString()


def test_pieces_are_written_one_after_the_other(tmp_path):
    write_pieces(tmp_path / "f", [b"ab", memoryview(b"cd"), b""])
    assert (tmp_path / "f").read_bytes() == b"abcd"


# --- reading --------------------------------------------------------------------------------------


def split(content: bytes, wanted, message, begin=0, end=None):
    span = Span(0, begin, len(content) if end is None else end)
    return split_message(io.BytesIO(content), span, wanted, message, Allowance())


def test_wanted_fields_are_found_and_the_rest_is_parsed():
    blob = BlobProto(num=2, channels=300, data=[1, 2], double_data=[3], height=-1)
    blob.shape.dim.append(7)
    content = blob.SerializeToString()
    rest, spans = split(b"before" + content + b"behind", [5, 8], BlobProto(), 6, 6 + len(content))
    assert [(span.number, span.end - span.begin) for span in spans] == [(5, 8), (8, 8)]
    found = (b"before" + content)[spans[0].begin : spans[0].end]
    np.testing.assert_array_equal(np.frombuffer(found, "<f4"), [1, 2])
    for field in ("data", "double_data"):
        blob.ClearField(field)
    assert rest == blob


def test_nothing_is_the_empty_message():
    assert split(b"", [5], BlobProto()) == (BlobProto(), [])


@pytest.mark.parametrize(
    "content",
    [
        b"\x2a",  # a tag, and nothing behind it
        b"\x2a\x05ab",  # a length that goes past the end
        b"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\x7fab",
        b"\x80" * 20,  # a varint without an end
        b"\x2d\x00\x00\x80\x3f",  # a number that is not packed
        b"\x2d\x00\x00",
        b"\x0b\x0c",  # a group, as nobody has written for long
        b"\x0f\x00",  # a wire type that does not exist
        b"\x08",
        b"\x12\x03abc" * 2 + b"\x0d\x00\x00\x00",
    ],
)
def test_what_is_unusual_or_broken_is_told(content):
    with pytest.raises(UnusualMessageError):
        split(content, [5], BlobProto())


def test_the_rest_is_checked_by_protobuf():
    with pytest.raises(DecodeError):
        split(b"\x00\x00", [5], BlobProto())  # there is no field 0
    with pytest.raises(DecodeError):
        split(b"\xa2\x06\x02\x0a\x09", [7], NetParameter())  # broken further down


def test_a_file_of_very_many_fields_is_left_to_protobuf(monkeypatch):
    monkeypatch.setattr(wire, "MAX_FIELDS", 10)
    with pytest.raises(UnusualMessageError):
        split(b"\x08\x01" * 11, [5], BlobProto())
    assert split(b"\x08\x01" * 10, [5], BlobProto())[0].num == 1
    allowance, message = Allowance(), BlobProto()
    split_message(io.BytesIO(b"\x2a\0" * 6), Span(0, 0, 12), [5], message, allowance)
    with pytest.raises(UnusualMessageError):  # all messages of a file count together
        split_message(io.BytesIO(b"\x2a\0" * 5), Span(0, 0, 10), [5], message, allowance)


def test_a_file_of_much_besides_its_arrays_is_left_to_protobuf(monkeypatch):
    monkeypatch.setattr(wire, "MAX_REST", 10)
    arrays = b"\x2a\x40" + bytes(64)
    assert split(arrays + b"\x08\x01" * 5, [5], BlobProto())[0].num == 1
    with pytest.raises(UnusualMessageError):
        split(arrays + b"\x08\x01" * 6, [5], BlobProto())
