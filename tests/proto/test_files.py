"""The schema reads what Caffe and its forks write, and lives beside Caffe's own."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format

import blobnet.proto as pb

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT.parent / "shared" / "reference"


def test_packed_and_unpacked_floats_are_both_read():
    one, two = struct.pack("<f", 1.5), struct.pack("<f", -2.0)
    packed = b"\x2a\x08" + one + two  # field 5 as one run of 8 bytes
    unpacked = b"\x2d" + one + b"\x2d" + two  # field 5 twice, 4 bytes each
    assert list(pb.BlobProto.FromString(packed).data) == [1.5, -2.0]
    assert list(pb.BlobProto.FromString(unpacked).data) == [1.5, -2.0]
    assert pb.BlobProto(data=[1.5, -2.0]).SerializeToString() == packed


def test_unknown_fields_survive_a_round_trip():
    of_a_fork = b"\xc2\x0c\x02\x08\x01"  # field 200, a message of two bytes
    layer = pb.LayerParameter(name="it", type="Permute").SerializeToString() + of_a_fork
    net = b"\xa2\x06" + bytes([len(layer)]) + layer  # field 100, `layer`
    parsed = pb.NetParameter.FromString(net)
    assert parsed.layer[0].name == "it"
    assert parsed.SerializeToString() == net


# What a program does that imports Caffe's own caffe_pb2 beside blobnet.
CAFFE_BESIDE_BLOBNET = """
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.internal import builder
import blobnet.proto as pb

proto = descriptor_pb2.FileDescriptorProto()
for message in (pb.NetParameter, pb.PriorBoxParameter, pb.Datum):
    of_file = descriptor_pb2.FileDescriptorProto()
    message.DESCRIPTOR.file.CopyToProto(of_file)
    proto.message_type.extend(of_file.message_type)
    proto.enum_type.extend(of_file.enum_type)
proto.name, proto.package = "caffe.proto", "caffe"
nested = [inner for message in proto.message_type for inner in message.nested_type]
for message in [*proto.message_type, *nested]:
    for field in message.field:
        if field.type_name:
            field.type_name = field.type_name.replace(".blobnet.", ".caffe.")
    if message.name == "SolverState":
        of_blobnet = [field.name for field in message.field].index("blobnet_state")
        del message.field[of_blobnet]  # which Caffe does not have

caffe = {}
file = descriptor_pool.Default().AddSerializedFile(proto.SerializeToString())
builder.BuildMessageAndEnumDescriptors(file, caffe)
builder.BuildTopDescriptorsAndMessages(file, "caffe_pb2", caffe)

net = pb.NetParameter(name="n", layer=[pb.LayerParameter(name="it", phase=pb.TEST)])
twin = caffe["NetParameter"].FromString(net.SerializeToString())
assert twin.DESCRIPTOR.full_name == "caffe.NetParameter"
assert str(twin) == str(net) and twin.SerializeToString() == net.SerializeToString()

state = pb.SolverState(iter=7, blobnet_state=b"x")
twin = caffe["SolverState"].FromString(state.SerializeToString())
assert twin.iter == 7 and not hasattr(twin, "blobnet_state")
assert pb.SolverState.FromString(twin.SerializeToString()) == state
print("both work")
"""


def test_caffe_and_blobnet_fit_into_one_process():
    run = subprocess.run(
        [sys.executable, "-c", CAFFE_BESIDE_BLOBNET],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.stdout, run.returncode) == ("both work\n", 0), run.stderr


def reference(name: str) -> Path:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"a recording of Caffe's own output, not part of the repository: {name}")
    return path


@pytest.mark.parametrize("name", ["lenet_init.caffemodel", "lenet_iter_100.caffemodel"])
def test_caffes_weights_are_read_and_written_back(name):
    content = reference(f"lenet/{name}").read_bytes()
    net = pb.NetParameter.FromString(content)
    shapes = {layer.name: list(layer.blobs[0].shape.dim) for layer in net.layer if layer.blobs}
    assert shapes["conv1"] == [20, 1, 5, 5]
    assert shapes["ip2"] == [10, 500]
    assert net.SerializeToString() == content


def test_caffes_solver_state_is_read_and_written_back():
    content = reference("lenet/lenet_iter_100.solverstate").read_bytes()
    state = pb.SolverState.FromString(content)
    assert (state.iter, len(state.history)) == (100, 8)
    assert state.SerializeToString() == content


@pytest.mark.parametrize(
    ("name", "layer_types"),
    [
        ("lenet/lenet_train.prototxt", "Data Convolution Pooling Convolution Pooling InnerProduct"
         " ReLU InnerProduct SoftmaxWithLoss"),
        ("upgrade/v0_net.prototxt", "padding conv relu pool lrn innerproduct dropout softmax_loss"),
        ("upgrade/v0_net.upgraded.prototxt", "Input Convolution ReLU Pooling LRN InnerProduct"
         " Dropout SoftmaxWithLoss"),
        ("upgrade/v1_net.prototxt", "DATA CONVOLUTION POOLING INNER_PRODUCT ACCURACY SIGMOID"
         " SOFTMAX_LOSS"),
        ("upgrade/v1_net.upgraded.prototxt", "Data Convolution Pooling InnerProduct Accuracy"
         " Sigmoid SoftmaxWithLoss"),
    ],
)  # fmt: skip
def test_net_definitions_of_every_age_are_read(name, layer_types):
    net = text_format.Parse(reference(name).read_text(), pb.NetParameter())
    new = [layer.type for layer in net.layer]
    old = [v1.layer.type or pb.V1LayerParameter.LayerType.Name(v1.type) for v1 in net.layers]
    assert " ".join(new + old) == layer_types


def test_old_and_new_solver_definitions_are_read():
    def read(name: str) -> pb.SolverParameter:
        return text_format.Parse(reference(name).read_text(), pb.SolverParameter())

    old, new = read("upgrade/old_solver.prototxt"), read("upgrade/old_solver.upgraded.prototxt")
    assert old.solver_type == pb.SolverParameter.RMSPROP
    assert (new.type, new.HasField("solver_type")) == ("RMSProp", False)
