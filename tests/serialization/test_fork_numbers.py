"""Binary messages in the numbers of forks, written byte by byte."""

import struct

import numpy as np
import pytest

import blobnet
from blobnet.blob import Blob
from blobnet.errors import BlobError, WeightsError
from blobnet.proto import BlobProto, LayerParameter, LossParameter, NetParameter
from blobnet.proto.forks import FORKS
from blobnet.serialization.blob_file import read_blob
from blobnet.serialization.blob_proto import blob_from_proto, shape_equals, stored_values
from blobnet.serialization.fork_numbers import fork_of, in_numbers_of, in_our_numbers
from blobnet.serialization.weights import read_caffemodel, read_weights, write_message
from blobnet.serialization.wire import varint


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def inside(field: int, *content: bytes) -> bytes:
    joined = b"".join(content)
    return varint(field << 3 | 2) + varint(len(joined)) + joined


def floats(field: int, *values: float) -> bytes:
    return inside(field, struct.pack(f"<{len(values)}f", *values))


def layer(name: str, layer_type: str, *fields: bytes) -> bytes:
    return inside(100, inside(1, name.encode()), inside(2, layer_type.encode()), *fields)


SHAPE_2 = inside(7, inside(1, varint(2)))
SEGNET = layer("up", "Upsample", inside(137, number(1, 2), number(6, 360))) + layer(
    "bn", "BN", inside(45, number(3, 1)), inside(7, floats(5, 1, 2), SHAPE_2)
)


def named(name: str):
    return next(fork for fork in FORKS if fork.name == name)


# --- whose they are -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SEGNET, "SegNet"),
        (layer("up", "Upsample", inside(137, number(1, 2))), "SegNet"),
        (layer("up", "Upsample", inside(147, number(1, 2))), "ENet"),
        (layer("up", "Upsample", inside(150, number(1, 2))), "MobileNet-YOLO"),
        (layer("c", "CenterLoss", inside(147, number(1, 10))), "caffe-face"),
        (layer("r", "Reorg", inside(147, number(1, 2))), "YOLO v2"),
        (layer("p", "PriorBox", inside(203, floats(1, 30), floats(2, 60))), "SSD"),
        (layer("roi", "ROIPooling", inside(8266711, number(1, 7))), "Faster R-CNN"),
        (layer("roi", "ROIPooling", inside(154, number(1, 7))), "Intel"),
        (layer("roi", "ROIAlign", inside(147, number(1, 7))), "MS-CNN"),
        (layer("b", "BoxOutput", inside(151, number(4, 40))), "MS-CNN"),
        (layer("r", "ScaleRoute", inside(154, floats(1, 112))), "Cascade R-CNN"),
        (layer("c", "Convolution", number(145, 2)), "NVCaffe"),
        (layer("ip", "InnerProduct", inside(7, number(10, 2), inside(12, b"\0<"))), "NVCaffe"),
        (layer("c", "Correlation", inside(150, number(2, 20))), "FlowNet2"),
        (layer("e", "Embed", inside(137, number(1, 2))), None),
        (layer("s", "Swish", inside(147)), None),
        (layer("mine", "OfAUser"), None),
        (b"no message", None),
        (b"", None),
    ],
)
def test_a_file_is_of_the_fork_that_explains_it(content, name):
    fork = fork_of(content, NetParameter)
    assert (fork and fork.name) == name


def test_numbers_become_those_of_the_schema():
    net = NetParameter.FromString(in_our_numbers(SEGNET, NetParameter, named("SegNet")))
    up, bn = net.layer
    assert (up.upsample_param.scale, up.upsample_param.upsample_h) == (2, 360)
    assert not up.HasField("embed_param")
    assert bn.bn_param.bn_mode == 1
    assert list(bn.blobs[0].data) == [1, 2]


def test_numbers_of_values_too():
    pre_fixed, none = (
        layer("l", "SoftmaxWithLossOHEM", inside(101, number(3, value), floats_of_200))
        for value, floats_of_200 in ((3, number(4, 200)), (4, number(4, 200)))
    )
    modes = []
    for content in (pre_fixed, none):
        net = NetParameter.FromString(in_our_numbers(content, NetParameter, named("R-FCN")))
        modes.append(net.layer[0].loss_param.normalization)
    assert modes == [LossParameter.PRE_FIXED, LossParameter.NONE]


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.name)
def test_there_and_back_is_the_same_file(fork):
    """Every field of LayerParameter that the fork has, and a field that nobody knows."""
    numbers = {n for n in fork.numbers.get("LayerParameter", {}).values() if n is not None}
    contents = [layer("l", "T", inside(n), inside(2_000_000, b"?")) for n in sorted(numbers)]
    content = b"".join(contents)
    ours = in_our_numbers(content, NetParameter, fork)
    assert ours == content or numbers
    assert in_numbers_of(fork, ours, NetParameter) == content


def test_a_file_that_is_read_and_written_is_the_same(tmp_path):
    unknown = inside(1_999_999, b"of nobody")
    content = layer("up", "Upsample", inside(137, number(1, 2), unknown), unknown)
    (tmp_path / "in.caffemodel").write_bytes(content)
    net, fork = read_caffemodel(tmp_path / "in.caffemodel")
    assert net.layer[0].upsample_param.scale == 2
    write_message(tmp_path / "out.caffemodel", net, fork)
    assert (tmp_path / "out.caffemodel").read_bytes() == content


def test_a_number_of_two_meanings_does_not_keep_weights_from_being_read(tmp_path):
    """147 is swish_param in Caffe: its first field is no message in SphereFace's."""
    content = layer(
        "ip", "MarginInnerProduct", inside(148, b"\xff\xff"), inside(7, floats(5, 3, 4), SHAPE_2)
    )
    path = tmp_path / "w.caffemodel"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="not a weight file"):
        read_weights(path)
    path.write_bytes(content.replace(inside(148, b"\xff\xff"), inside(147, number(1, 10))))
    assert read_weights(path)["ip"][0].load().tolist() == [3, 4]


# --- blobs ----------------------------------------------------------------------------------------

HALVES = np.array([1.5, -2, 65504, 6e-5], "<f2")
FP16 = inside(7, inside(1, varint(4))) + number(10, 2) + inside(12, HALVES.tobytes())


def test_halves_of_nvcaffe(tmp_path):
    path = tmp_path / "w.caffemodel"
    path.write_bytes(layer("ip", "InnerProduct", inside(7, FP16)))
    stored = read_weights(path)["ip"][0]
    assert (stored.shape, stored.damage, stored.dtype) == ((4,), None, np.float32)
    assert stored.load().tolist() == HALVES.astype(float).tolist()


def test_packed_numbers_of_the_opencl_branch(tmp_path):
    content = inside(7, inside(1, varint(4))) + inside(11, HALVES.tobytes()) + number(13, 1)
    path = tmp_path / "w.caffemodel"
    path.write_bytes(layer("ip", "InnerProduct", inside(7, content)))
    assert read_weights(path)["ip"][0].load().tolist() == HALVES.astype(float).tolist()


def test_a_blob_file_in_the_numbers_of_c3d(tmp_path):
    values = np.arange(12, dtype=np.float32)
    shape = b"".join(number(field, size) for field, size in enumerate((1, 3, 2, 1, 2), start=1))
    path = tmp_path / "mean.binaryproto"
    path.write_bytes(shape + floats(6, *values))
    blob = read_blob(path, "mean_file")
    assert blob.shape == (1, 3, 2, 1, 2)
    assert blob.data.ravel().tolist() == values.tolist()


def test_weights_of_c3d_fit_blobs_of_fewer_axes(tmp_path):
    shape = b"".join(number(field, size) for field, size in enumerate((1, 1, 1, 1, 2), start=1))
    path = tmp_path / "w.caffemodel"
    old = inside(4, b"conv") + number(5, 30) + inside(6, shape, floats(6, 3, 4))
    path.write_bytes(inside(2, old))
    stored = read_weights(path)["conv"][0]
    assert stored.load().ravel().tolist() == [3, 4]
    assert [stored.fits(shape) for shape in ((2,), (1, 2), (1, 1, 1, 1, 2), (2, 1))] == [
        *(True, True, True, False)
    ]
    net, fork = read_caffemodel(path)
    assert fork is named("C3D 1.0")
    assert shape_equals(Blob((2,)), net.layers[0].blobs[0])


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (dict(raw_data_type=BlobProto.BOOL, raw_data=b"\1\0\1\0"), "raw data of type 5"),
        (dict(raw_data_type=BlobProto.FLOAT, raw_data=b"12345"), "5 bytes, raw data"),
        (dict(raw_data_type=BlobProto.FLOAT, raw_data=b"1234"), "1 values"),
    ],
)
def test_bytes_that_are_no_numbers_are_refused(raw, complaint):
    proto = BlobProto(**raw)
    proto.shape.dim.append(2)
    with pytest.raises(BlobError, match=complaint):
        blob_from_proto(Blob(), proto)


def test_gradients_and_doubles_come_as_bytes_too():
    proto = BlobProto(
        raw_data_type=BlobProto.DOUBLE,
        raw_data=struct.pack("<2d", 1, 2),
        raw_diff_type=BlobProto.FLOAT16,
        raw_diff=HALVES[:2].tobytes(),
    )
    proto.shape.dim.append(2)
    blob = Blob()
    blob_from_proto(blob, proto)
    assert (blob.data.tolist(), blob.diff.tolist()) == ([1, 2], [1.5, -2])
    assert stored_values(proto, "data").dtype == np.float64


def test_a_layer_by_itself_can_be_renumbered():
    content = inside(2, b"BN") + inside(45, number(3, 1))
    layer_param = LayerParameter.FromString(
        in_our_numbers(content, LayerParameter, named("SegNet"))
    )
    assert layer_param.bn_param.bn_mode == 1


def test_a_net_is_saved_in_the_numbers_of_a_fork(tmp_path):
    text = """
        layer { name: "x" type: "Input" top: "x"
          input_param { shape { dim: 1 dim: 4 dim: 3 dim: 3 } } }
        layer { name: "n" type: "Normalize" bottom: "x" top: "y" norm_param { eps: 0.5 } }
    """
    net = blobnet.Net(blobnet.parse_net(text), phase="TEST")
    path = tmp_path / "w.caffemodel"
    net.save(path, fork="ssd")
    content = path.read_bytes()
    assert varint(206 << 3 | 2) + varint(5) in content  # norm_param
    assert varint(50004 << 3 | 2) not in content
    stored, fork = read_caffemodel(path)
    assert fork is named("SSD")
    assert stored.layer[1].norm_param.eps == 0.5
    blobnet.Net(blobnet.parse_net(text), phase="TEST", weights=path)
    with pytest.raises(WeightsError, match=r'no fork "sdd"(.*\n)*.*mean SSD'):
        net.save(path, fork="sdd")
    pytest.importorskip("h5py")
    with pytest.raises(WeightsError, match="all forks read"):
        net.save(tmp_path / "w.h5", fork="SSD")
